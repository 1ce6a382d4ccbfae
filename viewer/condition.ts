/**
 * The condition number σ_max / σ_min of a square matrix in the 2-norm: singular values by one-sided Jacobi rotations
 * (Hestenes 1958), which make the columns orthogonal. Infinity for a singular matrix, NaN where an entry is.
 *
 * @param matrix n², row-major
 */
export function conditionNumber(matrix: ArrayLike<number>, n: number): number {
  const a = Float64Array.from(matrix)
  if (a.some(Number.isNaN)) return Number.NaN
  // Scaled to entries of at most 1, so that no square over- or underflows.
  const size = a.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  if (size > 0) for (let i = 0; i < a.length; i++) a[i] /= size
  let rotated = true
  for (let sweep = 0; rotated && sweep < 40; sweep++) {
    rotated = false
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        let alpha = 0
        let beta = 0
        let gamma = 0
        for (let row = 0; row < n; row++) {
          const [x, y] = [a[row * n + p], a[row * n + q]]
          alpha += x * x
          beta += y * y
          gamma += x * y
        }
        if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta)) continue
        rotated = true
        const zeta = (beta - alpha) / (2 * gamma)
        const tangent = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
        const cosine = 1 / Math.sqrt(1 + tangent * tangent)
        const sine = cosine * tangent
        for (let row = 0; row < n; row++) {
          const [x, y] = [a[row * n + p], a[row * n + q]]
          a[row * n + p] = cosine * x - sine * y
          a[row * n + q] = sine * x + cosine * y
        }
      }
  }
  let least = Number.POSITIVE_INFINITY
  let greatest = 0
  for (let column = 0; column < n; column++) {
    let square = 0
    for (let row = 0; row < n; row++) square += a[row * n + column] ** 2
    least = Math.min(least, Math.sqrt(square))
    greatest = Math.max(greatest, Math.sqrt(square))
  }
  return least > 1e-15 * greatest ? greatest / least : Number.POSITIVE_INFINITY
}
