/** A family of systems to learn from: −∇·(k∇u) = f on an m×m grid, k a random smooth field with a jump in it. */

import { type CsrMatrix, csrFromTriplets } from '../solvers/linear/krylov/index.ts'

export interface DiffusionSystem {
  /** Scaled to a unit diagonal (so that the Jacobi preconditioner is no more to be had); the pattern is the same for all. */
  readonly A: CsrMatrix
  /** The unknown of the scaled system is u divided by this. */
  readonly scale: Float64Array
}

/**
 * @param contrast k lies between 1 and about this
 * @param random uniform in [0, 1)
 */
export function diffusionSystem(m: number, contrast: number, random: () => number): DiffusionSystem {
  const waves = Array.from({ length: 6 }, () => ({
    x: Math.floor(1 + 3 * random()),
    y: Math.floor(1 + 3 * random()),
    phase: 2 * Math.PI * random(),
    size: random() - 0.5,
  }))
  const edge = random() * m
  const k = Float64Array.from({ length: m * m }, (_, p) => {
    const [i, j] = [Math.floor(p / m), p % m]
    const field = waves.reduce(
      (sum, { x, y, phase, size }) => sum + size * Math.sin((Math.PI * (x * i + y * j)) / m + phase),
      j > edge ? 0.5 : 0,
    )
    return Math.exp(Math.log(contrast) * Math.min(1, Math.max(0, 0.25 + 0.5 * field)))
  })
  const between = (p: number, q: number) => (2 * k[p] * k[q]) / (k[p] + k[q])
  const neighbours = (p: number) => {
    const [i, j] = [Math.floor(p / m), p % m]
    return [i > 0 ? p - m : -1, i < m - 1 ? p + m : -1, j > 0 ? p - 1 : -1, j < m - 1 ? p + 1 : -1]
  }
  const diagonal = k.map((own, p) => neighbours(p).reduce((sum, q) => sum + (q < 0 ? own : between(p, q)), 0))
  const scale = diagonal.map(value => 1 / Math.sqrt(value))
  const entries = Array.from(k.keys()).flatMap(p => [
    [p, p, 1] as const,
    ...neighbours(p)
      .filter(q => q >= 0)
      .map(q => [p, q, -between(p, q) * scale[p] * scale[q]] as const),
  ])
  return { A: csrFromTriplets(m * m, m * m, entries), scale }
}

/** The plain system behind a scaled one: what conjugate gradients without a preconditioner would meet. */
export function unscaled({ A, scale }: DiffusionSystem): CsrMatrix {
  const values = A.values.slice()
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++)
      values[p] /= scale[i] * scale[A.columnIndices[p]]
  }
  return { ...A, values }
}

/** [n], uniform in [−1, 1). */
export const randomVector = (n: number, random: () => number): Float64Array =>
  Float64Array.from({ length: n }, () => 2 * random() - 1)

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Rows of a Markdown table, numbers to three digits. */
export function printTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const text = (cell: string | number) => {
    if (typeof cell === 'string' || Number.isInteger(cell)) return String(cell)
    return Math.abs(cell) < 1e-3 ? cell.toExponential(1) : String(Number(cell.toPrecision(3)))
  }
  const lines = [header, header.map(() => '---'), ...rows].map(row => `| ${row.map(text).join(' | ')} |`)
  console.log(lines.join('\n'))
}
