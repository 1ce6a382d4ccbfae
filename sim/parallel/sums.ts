/** Sums over many items by several threads, with the same bits on any number of them. */

/** Numbers that partial sums may take together. */
const mostNumbers = 2 ** 25

/** How many partial sums of `size` numbers are kept: at most 64, fewer where they are large. */
export const mostSums = (size: number): number =>
  Math.max(4, Math.min(64, Math.floor(mostNumbers / Math.max(size, 1))))

/**
 * How many items, one after the other, make a partial sum. It depends on the number of items and the size of their terms
 * alone, so the order of the whole sum is fixed.
 */
export const chunkSize = (items: number, size: number): number =>
  Math.max(1, Math.ceil(items / mostSums(size)))

/** out += the first `rows` rows of `sums`, in their order. */
export function addRows(sums: Float64Array, rows: number, out: Float64Array): void {
  const size = out.length
  for (let at = 0; at < rows * size; at += size) for (let i = 0; i < size; i++) out[i] += sums[at + i]
}

/** Row k of a matrix with rows of `size` numbers. */
export const rowOf = (matrix: Float64Array, k: number, size: number): Float64Array =>
  matrix.subarray(k * size, (k + 1) * size)

/** Zeros that all threads see. */
export const sharedZeros = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(8 * length))
