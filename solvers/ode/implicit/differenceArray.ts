/**
 * The past of a multistep method with constant step size h as backward differences ∇^m y, m = 0 … k, in the rows of an
 * array (Shampine & Reichelt, *The MATLAB ODE Suite*, SIAM J. Sci. Comput. 18 (1997) 1–22, section 2).
 */
export const mostOrder = 5

/** ∇^m at equal steps of f·h from those at steps of h: matrix[m·(k + 1) + l] is the weight of row l in the new row m. */
export function rescaling(order: number, f: number, matrix: Float64Array): void {
  const size = order + 1
  // R_ij(f) = Π_{l ≤ i} (l − 1 − f·j)/l; the map is (R(f)·R(1))ᵀ
  for (let j = 0; j < size; j++)
    for (let m = 0; m < size; m++) {
      let sum = 0
      for (let l = 0; l < size; l++) sum += product(j, l, f) * product(l, m, 1)
      matrix[m * size + j] = sum
    }
}

/** The derivative of that by f. */
export function rescalingSlope(order: number, f: number, matrix: Float64Array): void {
  const size = order + 1
  for (let j = 0; j < size; j++)
    for (let m = 0; m < size; m++) {
      let sum = 0
      for (let l = 0; l < size; l++) sum += productSlope(j, l, f) * product(l, m, 1)
      matrix[m * size + j] = sum
    }
}

/** R_ij(f). */
function product(i: number, j: number, f: number): number {
  let result = 1
  for (let l = 1; l <= i; l++) result *= (l - 1 - f * j) / l
  return result
}

/** ∂R_ij/∂f. */
function productSlope(i: number, j: number, f: number): number {
  let [result, slope] = [1, 0]
  for (let l = 1; l <= i; l++) {
    const factor = (l - 1 - f * j) / l
    slope = slope * factor - (result * j) / l
    result *= factor
  }
  return slope
}

/** weights ← those of the rows in the polynomial through the past at t₁ + s·h: Π_{l < m} (s + l)/(1 + l). */
export function newtonBasis(order: number, s: number, weights: Float64Array): void {
  weights[0] = 1
  for (let m = 1; m <= order; m++) weights[m] = (weights[m - 1] * (s + m - 1)) / m
}

/** weights ← their derivatives by s. */
export function newtonBasisSlope(order: number, s: number, weights: Float64Array): void {
  let weight = 1
  weights[0] = 0
  for (let m = 1; m <= order; m++) {
    weights[m] = (weights[m - 1] * (s + m - 1) + weight) / m
    weight = (weight * (s + m - 1)) / m
  }
}
