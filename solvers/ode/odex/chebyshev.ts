import { cos } from '../../../kernels/elementary/numbers.ts'

/** Nodes of a polynomial of degree 19, the highest that odex' dense output has: 4 + μ, μ ≤ 2·9 − 3. */
export const nodeCount = 20
/** Chebyshev's points of the second kind on [0, 1]; both ends belong to them. */
export const nodes = Float64Array.from(
  { length: nodeCount },
  (_, i) => (1 - cos((Math.PI * i) / (nodeCount - 1))) / 2,
)

/**
 * out (n) ← the polynomial with these values (n at each node, from `offset` on) at θ in [0, 1], by the barycentric formula
 * (Berrut & Trefethen, SIAM Review 46 (2004)).
 */
export function barycentric(source: Float64Array, offset: number, theta: number, out: Float64Array): void {
  const n = out.length
  out.fill(0)
  let sum = 0
  for (let i = 0; i < nodeCount; i++) {
    const distance = theta - nodes[i]
    const end = i === 0 || i === nodeCount - 1
    // at a node, the value there
    const weight = distance === 0 ? 1 : ((i % 2 === 0 ? 1 : -1) * (end ? 0.5 : 1)) / distance
    if (distance === 0) {
      out.fill(0)
      sum = 0
    }
    for (let m = 0; m < n; m++) out[m] += weight * source[offset + i * n + m]
    sum += weight
    if (distance === 0) break
  }
  for (let m = 0; m < n; m++) out[m] /= sum
}
