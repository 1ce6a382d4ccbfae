import type { Arithmetic } from './arithmetic.ts'

/**
 * erf over either field, without its derivative: by Maclaurin's series near 0, and farther out as 1 − erfc, with erfc by
 * Laplace's continued fraction (Abramowitz and Stegun 7.1.5 and 7.1.14), evaluated from its tail.
 */
export function erf<T>(field: Arithmetic<T>, z: T): T {
  const { of, re, add, subtract, multiply, divide, negate, exp } = field
  const x = re(z)
  if (Number.isNaN(x)) return z
  if (x < 0 || Object.is(x, -0)) return negate(erf(field, negate(z)))
  if (x > 27) return of(1) // erfc(27) < 1e-318
  const square = multiply(z, z)
  if (x < 1.5) {
    let term = z // (−1)ⁿ z²ⁿ⁺¹/n!
    let series = z
    for (let n = 1; n < 40; n++) {
      term = negate(divide(multiply(term, square), of(n)))
      series = add(series, divide(term, of(2 * n + 1)))
    }
    return multiply(of(2 / Math.sqrt(Math.PI)), series)
  }
  let fraction = z // √π·e^{z²}·erfc z = 1/(z + ½/(z + 1/(z + ³⁄₂/(z + …))))
  for (let k = 120; k > 0; k--) fraction = add(z, divide(of(k / 2), fraction))
  const erfc = divide(exp(negate(square)), multiply(of(Math.sqrt(Math.PI)), fraction))
  return subtract(of(1), erfc)
}
