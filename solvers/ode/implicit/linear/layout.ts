import type { SparsityPattern } from '../../../../kernels/sparsity/index.ts'

/**
 * Where the entries of the n×n matrices M, J and σ·M − J of a stage system lie: row-major, each row with the columns
 * i − lower … i + upper where banded (LAPACK's band, by rows), with all columns where dense.
 */
export interface MatrixLayout {
  readonly n: number
  readonly kind: 'dense' | 'banded'
  /** Bandwidths below and above the diagonal; n − 1 where dense. */
  readonly lower: number
  readonly upper: number
  /** Numbers of one matrix. */
  readonly length: number
  /** Entries in a row. */
  readonly width: number
  /** Where entry (i, j), which must be inside the band, lies. */
  index(i: number, j: number): number
}

export const denseLayout = (n: number): MatrixLayout => ({
  n,
  kind: 'dense',
  lower: n - 1,
  upper: n - 1,
  length: n * n,
  width: n,
  index: (i, j) => i * n + j,
})

export function bandedLayout(n: number, lower: number, upper: number): MatrixLayout {
  const width = lower + upper + 1
  return {
    n,
    kind: 'banded',
    lower,
    upper,
    length: n * width,
    width,
    index: (i, j) => i * width + j - i + lower,
  }
}

/** The band that holds both patterns where it is narrow enough to pay, else dense. */
export function layoutOf(n: number, patterns: readonly (SparsityPattern | undefined)[]): MatrixLayout {
  let lower = 0
  let upper = 0
  for (const pattern of patterns) {
    if (!pattern) return denseLayout(n)
    for (let i = 0; i < n; i++) {
      const from = pattern.rowPointers[i]
      const to = pattern.rowPointers[i + 1]
      if (from === to) continue
      lower = Math.max(lower, i - pattern.columnIndices[from])
      upper = Math.max(upper, pattern.columnIndices[to - 1] - i)
    }
  }
  // an LU of the band takes about 2·lower·(lower + upper)·n operations, a dense one 2/3·n³ at several times the speed
  return 4 * (2 * lower + upper + 1) < n ? bandedLayout(n, lower, upper) : denseLayout(n)
}

/** out += factor·A·x. */
export function multiplyAdd(
  layout: MatrixLayout,
  a: Float64Array,
  x: Float64Array,
  factor: number,
  out: Float64Array,
): void {
  const { n, lower, upper, width, kind } = layout
  if (kind === 'dense') {
    for (let i = 0, at = 0; i < n; i++) {
      let sum = 0
      for (let j = 0; j < n; j++) sum += a[at++] * x[j]
      out[i] += factor * sum
    }
    return
  }
  for (let i = 0; i < n; i++) {
    const last = Math.min(n - 1, i + upper)
    const row = i * width - i + lower
    let sum = 0
    for (let j = Math.max(0, i - lower); j <= last; j++) sum += a[row + j] * x[j]
    out[i] += factor * sum
  }
}

/** out += factor·Aᵀ·x. */
export function multiplyTransposedAdd(
  layout: MatrixLayout,
  a: Float64Array,
  x: Float64Array,
  factor: number,
  out: Float64Array,
): void {
  const { n, lower, upper, width, kind } = layout
  const banded = kind === 'banded'
  for (let i = 0; i < n; i++) {
    const weight = factor * x[i]
    if (weight === 0) continue
    const first = banded ? Math.max(0, i - lower) : 0
    const last = banded ? Math.min(n - 1, i + upper) : n - 1
    const row = banded ? i * width - i + lower : i * n
    for (let j = first; j <= last; j++) out[j] += weight * a[row + j]
  }
}
