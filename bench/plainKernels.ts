/** The dense kernels in plain JavaScript, as one would write them without a compiler: a reference for bench/kernels.ts. */

/** C = A·B: row by row of B, or by dot products where B is a vector. */
export function matmul(
  m: number,
  k: number,
  n: number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
): void {
  if (n === 1) {
    for (let i = 0; i < m; i++) {
      let sum = 0
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p]
      c[i] = sum
    }
    return
  }
  c.fill(0)
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = a[i * k + p]
      for (let j = 0; j < n; j++) c[i * n + j] += factor * b[p * n + j]
    }
  }
}

/** P·A = L·U in place, pivots after the matrix. */
export function lu(n: number, a: Float64Array): void {
  for (let k = 0; k < n; k++) {
    let best = k
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[best * n + k])) best = i
    a[n * n + k] = best
    if (best !== k) {
      for (let j = 0; j < n; j++) {
        const entry = a[k * n + j]
        a[k * n + j] = a[best * n + j]
        a[best * n + j] = entry
      }
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / a[k * n + k]
      a[i * n + k] = factor
      for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j]
    }
  }
}

/** A·x = b with the factors of `lu`, in place. */
export function luSolve(n: number, a: Float64Array, b: Float64Array): void {
  for (let k = 0; k < n; k++) {
    const p = a[n * n + k]
    const entry = b[k]
    b[k] = b[p]
    b[p] = entry
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) b[i] -= a[i * n + j] * b[j]
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i] -= a[i * n + j] * b[j]
    b[i] /= a[i * n + i]
  }
}

/** A = L·Lᵀ in place, lower triangle. */
export function cholesky(n: number, a: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]
      for (let p = 0; p < j; p++) sum -= a[i * n + p] * a[j * n + p]
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]
    }
  }
}
