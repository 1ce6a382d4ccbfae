/** What Krylov methods do to vectors. Sums run from the first component to the last: the same bits everywhere. */

/** u·v. */
export function dot(u: Float64Array, v: Float64Array): number {
  let sum = 0
  for (let i = 0; i < u.length; i++) sum += u[i] * v[i]
  return sum
}

/** ‖u‖₂; no square overflows or vanishes. */
export function norm(u: Float64Array): number {
  const sum = dot(u, u)
  if (sum > 1e-280 && sum < 1e280) return Math.sqrt(sum)
  const largest = maximumNorm(u)
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return largest
  let scaled = 0
  for (let i = 0; i < u.length; i++) scaled += (u[i] / largest) * (u[i] / largest)
  return largest * Math.sqrt(scaled)
}

/** max |u_i|; NaN where any is. */
export function maximumNorm(u: Float64Array): number {
  let largest = 0
  for (let i = 0; i < u.length; i++) largest = Math.max(largest, Math.abs(u[i]))
  return largest
}

/** u ← u + a·v. */
export function addScaled(u: Float64Array, a: number, v: Float64Array): void {
  for (let i = 0; i < u.length; i++) u[i] += a * v[i]
}

/** u ← v + a·u. */
export function scaleAndAdd(u: Float64Array, a: number, v: Float64Array): void {
  for (let i = 0; i < u.length; i++) u[i] = v[i] + a * u[i]
}

/** u ← a·v. */
export function setScaled(u: Float64Array, a: number, v: Float64Array): void {
  for (let i = 0; i < u.length; i++) u[i] = a * v[i]
}
