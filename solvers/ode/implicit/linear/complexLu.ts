import type { MatrixLayout } from './layout.ts'
import type { ComplexLuFactors } from './luFactors.ts'

/**
 * LU of a complex matrix, dense or banded, with partial pivoting by |Re| + |Im| (as LAPACK's izamax). Rows are kept with
 * `lower` columns more than the band, for what pivoting fills in; multipliers lie apart.
 */
export function createComplexLu(layout: MatrixLayout): ComplexLuFactors {
  const { n, kind, lower, upper, length, width: inputWidth } = layout
  const banded = kind === 'banded'
  /** Row i holds the columns from `start(i)` = i − lower (0 where dense). */
  const width = banded ? 2 * lower + upper + 1 : n
  const reach = banded ? lower + upper : n - 1
  const real = new Float64Array(length)
  const imaginary = new Float64Array(length)
  const re = new Float64Array(n * width)
  const im = new Float64Array(n * width)
  const factorRe = new Float64Array(n * lower)
  const factorIm = new Float64Array(n * lower)
  const inverseRe = new Float64Array(n)
  const inverseIm = new Float64Array(n)
  const pivots = new Int32Array(n)
  /** Where column 0 of row i would lie. */
  const origin = (i: number) => (banded ? i * width - i + lower : i * n)

  function exchange(values: Float64Array, p: number, q: number): void {
    const value = values[p]
    values[p] = values[q]
    values[q] = value
  }

  function load(): void {
    if (!banded) {
      re.set(real)
      im.set(imaginary)
      return
    }
    re.fill(0)
    im.fill(0)
    for (let i = 0; i < n; i++)
      for (let d = 0; d < inputWidth; d++) {
        re[i * width + d] = real[i * inputWidth + d]
        im[i * width + d] = imaginary[i * inputWidth + d]
      }
  }

  function factor(): number {
    load()
    for (let k = 0; k < n; k++) {
      const lastRow = Math.min(n - 1, k + lower)
      const lastColumn = Math.min(n - 1, k + reach)
      const rowK = origin(k)
      let pivot = k
      let largest = -1
      for (let i = k; i <= lastRow; i++) {
        const at = origin(i) + k
        const size = Math.abs(re[at]) + Math.abs(im[at])
        if (size > largest) {
          largest = size
          pivot = i
        }
      }
      if (!(largest > 0 && largest < Infinity)) return k
      pivots[k] = pivot
      if (pivot !== k) {
        const rowP = origin(pivot)
        for (let j = k; j <= lastColumn; j++) {
          exchange(re, rowK + j, rowP + j)
          exchange(im, rowK + j, rowP + j)
        }
      }
      const pr = re[rowK + k]
      const pi = im[rowK + k]
      const square = pr * pr + pi * pi
      const qr = pr / square
      const qi = -pi / square
      inverseRe[k] = qr
      inverseIm[k] = qi
      for (let i = k + 1; i <= lastRow; i++) {
        const row = origin(i)
        const ar = re[row + k]
        const ai = im[row + k]
        const lr = ar * qr - ai * qi
        const li = ar * qi + ai * qr
        factorRe[k * lower + i - k - 1] = lr
        factorIm[k * lower + i - k - 1] = li
        if (lr === 0 && li === 0) continue
        for (let j = k + 1; j <= lastColumn; j++) {
          const ur = re[rowK + j]
          const ui = im[rowK + j]
          re[row + j] -= lr * ur - li * ui
          im[row + j] -= lr * ui + li * ur
        }
      }
    }
    return -1
  }

  function solve(br: Float64Array, bi: Float64Array): void {
    for (let k = 0; k < n; k++) {
      if (pivots[k] !== k) {
        exchange(br, k, pivots[k])
        exchange(bi, k, pivots[k])
      }
      const xr = br[k]
      const xi = bi[k]
      const lastRow = Math.min(n - 1, k + lower)
      for (let i = k + 1, at = k * lower; i <= lastRow; i++, at++) {
        br[i] -= factorRe[at] * xr - factorIm[at] * xi
        bi[i] -= factorRe[at] * xi + factorIm[at] * xr
      }
    }
    for (let k = n - 1; k >= 0; k--) {
      const row = origin(k)
      const lastColumn = Math.min(n - 1, k + reach)
      let sr = br[k]
      let si = bi[k]
      for (let j = k + 1; j <= lastColumn; j++) {
        sr -= re[row + j] * br[j] - im[row + j] * bi[j]
        si -= re[row + j] * bi[j] + im[row + j] * br[j]
      }
      br[k] = sr * inverseRe[k] - si * inverseIm[k]
      bi[k] = sr * inverseIm[k] + si * inverseRe[k]
    }
  }

  function solveTransposed(br: Float64Array, bi: Float64Array): void {
    for (let k = 0; k < n; k++) {
      const sr = br[k]
      const si = bi[k]
      const xr = sr * inverseRe[k] - si * inverseIm[k]
      const xi = sr * inverseIm[k] + si * inverseRe[k]
      br[k] = xr
      bi[k] = xi
      const row = origin(k)
      const lastColumn = Math.min(n - 1, k + reach)
      for (let j = k + 1; j <= lastColumn; j++) {
        br[j] -= re[row + j] * xr - im[row + j] * xi
        bi[j] -= re[row + j] * xi + im[row + j] * xr
      }
    }
    for (let k = n - 1; k >= 0; k--) {
      const lastRow = Math.min(n - 1, k + lower)
      for (let i = k + 1, at = k * lower; i <= lastRow; i++, at++) {
        br[k] -= factorRe[at] * br[i] - factorIm[at] * bi[i]
        bi[k] -= factorRe[at] * bi[i] + factorIm[at] * br[i]
      }
      if (pivots[k] !== k) {
        exchange(br, k, pivots[k])
        exchange(bi, k, pivots[k])
      }
    }
  }

  return { real, imaginary, factor, solve, solveTransposed }
}
