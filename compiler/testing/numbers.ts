/** Small helpers of the tests: reproducible numbers, inner products, distances. */

import { type Node, sizeOf } from '../graph.ts'

/** A generator of uniform numbers in [−1, 1): mulberry32, the same sequence for the same seed. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}

/** One array of uniform numbers in [−1, 1) per node, of its size. */
export const uniformFor = (nodes: readonly Node[], random: () => number): Float64Array[] =>
  nodes.map(node => Float64Array.from({ length: sizeOf(node.shape) }, random))

/** Σᵢ ⟨aᵢ, bᵢ⟩. */
export const innerProduct = (a: readonly Float64Array[], b: readonly Float64Array[]): number =>
  a.reduce((total, array, i) => total + array.reduce((sum, x, k) => sum + x * b[i][k], 0), 0)

/**
 * The largest |actual − expected|, relative to the largest |expected| (or to 1, where that is larger). Two NaNs, and
 * two equal infinities, do not differ; one of them against anything else differs by Infinity.
 */
export function distance(actual: readonly Float64Array[], expected: readonly Float64Array[]): number {
  if (actual.length !== expected.length) return Infinity
  let scale = 1
  let largest = 0
  expected.forEach((array, i) => {
    if (actual[i].length !== array.length) largest = Infinity
    array.forEach((x, k) => {
      if (Object.is(x, actual[i][k]) || x === actual[i][k]) return
      const difference = Math.abs(x - actual[i][k])
      largest = Math.max(largest, Number.isFinite(difference) ? difference : Infinity)
    })
    for (const x of array) if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x))
  })
  return largest / scale
}
