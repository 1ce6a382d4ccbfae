import { describe, expect, it } from 'vitest'
import type { PlotRequest } from '../sim/files/viewerSeries.ts'
import { axisRange, plotsOf } from './plotModel.ts'
import { doublePendulum } from './testing/doublePendulum.ts'
import { trajectoryView } from './trajectoryView.ts'

const pendulum = doublePendulum({ samples: 11 })
const plots = (requests?: PlotRequest[]) =>
  plotsOf(
    trajectoryView({ ...pendulum, meta: { ...pendulum.meta, viewer: { plots: requests } } }, 'file.npz'),
  )

describe('plotsOf', () => {
  it('shows the coordinates and the energy, each with its unit', () => {
    const [state, energy] = plots()
    expect(state).toMatchObject({ kind: 'time', title: 'state', unit: 'rad' })
    expect(state.kind === 'time' && state.curves.map(curve => curve.name)).toEqual(['a', 'b'])
    expect(energy).toMatchObject({ title: 'energy', unit: 'J' })
  })

  it('gives one quantity the same colour in every plot, and two quantities two', () => {
    const [state, phase] = plots(['state', { phase: 'b' }])
    if (state.kind !== 'time' || phase.kind !== 'phase') throw new Error('plots in the wrong order')
    expect(phase.x.colour).toBe(state.curves[1].colour)
    expect(phase.title).toBe('ḃ over b')
    expect(new Set([...state.curves, phase.y].map(curve => curve.colour)).size).toBe(3)
  })

  it('leaves out what the file does not hold', () => {
    expect(plots(['momentum', { phase: 'c' }, { phase: ['a', 'b'] }])).toHaveLength(1)
  })
})

describe('axisRange', () => {
  it('holds the data with a margin', () => {
    const [low, high] = axisRange(-3, 5)
    expect(low).toBeLessThan(-3)
    expect(high).toBeGreaterThan(5)
  })

  it('shows a conserved quantity as flat', () => {
    const [low, high] = axisRange(-20.0001, -20)
    expect(high - low).toBeGreaterThan(0.5)
  })

  it('has a width for constants, zero and nothing', () => {
    for (const [low, high] of [axisRange(2, 2), axisRange(0, 0), axisRange(Infinity, -Infinity)])
      expect(high).toBeGreaterThan(low)
  })
})
