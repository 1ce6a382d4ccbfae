import { expect, it } from 'vitest'
import { epochSeriesOf, listedOffers } from './epochs.ts'

const offers = [
  'a/rollouts/epoch-00100.npz',
  'a/rollouts/epoch-00002.npz',
  'a/trajectory.npz',
  'b/trajectory.npz',
  'epoch-1.npz',
  'x.npz',
].map((name, index) => ({ index, name, version: '' }))

it('orders the epochs of each run, its result last, and lists a run once', () => {
  const series = epochSeriesOf(offers)
  expect(series.map(({ run, stops }) => [run, stops.map(({ epoch }) => epoch)])).toEqual([
    ['a/', [2, 100, null]],
    ['', [1]],
  ])
  expect(listedOffers(offers).map(({ name }) => name)).toEqual([
    'a/trajectory.npz',
    'b/trajectory.npz',
    'epoch-1.npz',
    'x.npz',
  ])
})
