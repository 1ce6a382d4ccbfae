import { expect, it } from 'vitest'
import { against } from './against.ts'
import { valueAt } from './motion.ts'
import { doublePendulum } from './testing/doublePendulum.ts'
import { isMeasured, trajectoryView } from './trajectoryView.ts'

const one = doublePendulum({ samples: 101 })

it('puts another run in the place of the truth, on its own times', () => {
  const other = doublePendulum({ samples: 41, interval: 0.025, start: [1, 0, 0, 0] })
  const view = trajectoryView(against(one, other, 'second'), 'one')
  expect(view.truthName).toBe('second')
  expect(isMeasured(view)).toBe(false)
  expect([...view.truth!.t]).toEqual([...other.t])
  expect(valueAt(view.truth!, 'a', 0)).toBe(1)
  expect(view.truth!.points.get('p2')).toEqual(other.series['point:p2'].data)
  expect(view.main.points.get('p2')).toEqual(one.series['point:p2'].data)
})

it('has no distance from itself', () => {
  const view = trajectoryView(against(one, one, 'itself'), 'one')
  expect(view.truth!.t).toBe(view.main.t)
  expect(view.main.series.get('error')!.every(value => value === 0)).toBe(true)
})
