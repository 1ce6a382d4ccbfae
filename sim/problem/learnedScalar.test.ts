import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluated } from '../../models/testing/evaluated.ts'
import { type Bounds, learnedScalar } from './learnedScalar.ts'

const number = fc.double({ min: -1e3, max: 1e3, noNaN: true })
const width = fc.double({ min: 1e-2, max: 1e3, noNaN: true })
const fraction = fc.double({ min: 0.01, max: 0.99, noNaN: true })

/** Bounds of every kind, and a start inside. */
const bounded: fc.Arbitrary<{ bounds: Bounds; start: number }> = fc.oneof(
  number.map(start => ({ bounds: {}, start })),
  width.map(start => ({ bounds: { positive: true }, start })),
  fc.tuple(number, width).map(([min, over]) => ({ bounds: { min }, start: min + over })),
  fc.tuple(number, width).map(([max, under]) => ({ bounds: { max }, start: max - under })),
  fc
    .tuple(number, width, fraction)
    .map(([min, w, s]) => ({ bounds: { min, max: min + w }, start: min + s * w })),
  fc.tuple(width, fraction).map(([max, s]) => ({ bounds: { positive: true, max }, start: s * max })),
)

describe('learnedScalar', () => {
  it('begins at its start, and is the same number in the model', () => {
    fc.assert(
      fc.property(bounded, ({ bounds, start }) => {
        const { spec, value, tensor } = learnedScalar('k', start, bounds)
        const [u] = spec.initial
        const scale = Math.max(Math.abs(start), Math.abs(bounds.min ?? 0), Math.abs(bounds.max ?? 0), 1e-2)
        expect(Math.abs(value(u) - start)).toBeLessThan(1e-12 * scale)
        const [traced] = evaluated((x: tf.Tensor) => tensor(tf.squeeze(x)), [u])
        expect(Math.abs(traced - value(u))).toBeLessThan(1e-13 * scale)
      }),
    )
  })

  it('stays within its bounds whatever is learned, and changes with it', () => {
    const learned = fc.double({ min: -30, max: 30, noNaN: true })
    fc.assert(
      fc.property(bounded, learned, ({ bounds, start }, u) => {
        const { value } = learnedScalar('k', start, bounds)
        const { min = bounds.positive ? 0 : -Infinity, max = Infinity } = bounds
        expect(value(u)).toBeGreaterThanOrEqual(min)
        expect(value(u)).toBeLessThanOrEqual(max)
        expect(value(1)).not.toBe(value(0))
      }),
    )
  })

  it.each<[number, Bounds, RegExp]>([
    [0, { positive: true }, /k: the start, 0, must be greater than 0/],
    [1, { min: 1 }, /greater than 1/],
    [2, { max: 1 }, /less than 1/],
    [1, { min: 0, max: 1 }, /between 0 and 1/],
    [-1, { positive: true, max: 5 }, /between 0 and 5/],
    [1, { positive: true, min: 2 }, /greater than 2/],
    [Number.NaN, { min: 0 }, /greater than 0/],
  ])('refuses a start of %d within %j', (start, bounds, message) => {
    expect(() => learnedScalar('k', start, bounds)).toThrow(message)
  })
})
