import { describe, expect, test } from 'vitest'
import { type Complex, complex } from './complex.ts'
import { erf } from './erf.ts'
import { real } from './real.ts'

const pair = (re: number, im: number): Complex => ({ re, im })
const points = [-2.3, -0.9, -0.4, 0.3, 0.8, 1.7].flatMap(re => [-1.1, -0.2, 0.5, 2.1].map(im => pair(re, im)))

function expectClose(actual: Complex, expected: Complex): void {
  const scale = Math.max(1, Math.hypot(expected.re, expected.im))
  expect(Math.hypot(actual.re - expected.re, actual.im - expected.im) / scale).toBeLessThan(2e-14)
}

describe('identities off the real line', () => {
  const { add, subtract, multiply, divide, of, negate } = complex
  const identities: [string, (z: Complex) => Complex, (z: Complex) => Complex][] = [
    ['z/w·w = z', z => multiply(divide(z, pair(0.3, -2)), pair(0.3, -2)), z => z],
    ['exp log z = z', z => complex.exp(complex.log(z)), z => z],
    ['√z·√z = z', z => multiply(complex.squareRoot(z), complex.squareRoot(z)), z => z],
    ['expm1 z = exp z − 1', complex.expm1, z => subtract(complex.exp(z), of(1))],
    ['log1p z = log(1 + z)', complex.log1p, z => complex.log(add(of(1), z))],
    ['logistic z + logistic −z = 1', z => add(complex.logistic(z), complex.logistic(negate(z))), () => of(1)],
    ['exp softplus z = 1 + exp z', z => complex.exp(complex.softplus(z)), z => add(of(1), complex.exp(z))],
    [
      'sin² z + cos² z = 1',
      z => add(multiply(complex.sin(z), complex.sin(z)), multiply(complex.cos(z), complex.cos(z))),
      () => of(1),
    ],
    ['tanh z·cosh z = sinh z', z => multiply(complex.tanh(z), complex.cosh(z)), complex.sinh],
    ['tan z·cos z = sin z', z => multiply(complex.tan(z), complex.cos(z)), complex.sin],
    ['sin asin z = z', z => complex.sin(complex.asin(z)), z => z],
    ['cos acos z = z', z => complex.cos(complex.acos(z)), z => z],
    ['tan atan z = z', z => complex.tan(complex.atan(z)), z => z],
    ['sinh asinh z = z', z => complex.sinh(complex.asinh(z)), z => z],
    ['cosh acosh z = z', z => complex.cosh(complex.acosh(z)), z => z],
    ['tanh atanh z = z', z => complex.tanh(complex.atanh(z)), z => z],
    ['z³ = z·z·z', z => complex.power(z, of(3)), z => multiply(z, multiply(z, z))],
    [
      'z^w = exp(w·log z)',
      z => complex.power(z, pair(0.7, 0.2)),
      z => complex.exp(multiply(pair(0.7, 0.2), complex.log(z))),
    ],
  ]
  test.each(identities)('%s', (_, left, right) => {
    for (const z of points) expectClose(left(z), right(z))
  })
})

test('on the real line, the complex functions are the real ones, with no imaginary part', () => {
  const names = (Object.keys(real) as (keyof typeof real)[]).filter(name => real[name].length === 1)
  for (const name of names) {
    for (const x of [-0.83, -0.2, 0.1, 0.77, 1.6, 3.2]) {
      const expected = (real[name] as (x: number) => number)(x)
      if (name === 're' || name === 'of' || Number.isNaN(expected)) continue
      expectClose((complex[name] as (z: Complex) => Complex)(complex.of(x)), complex.of(expected))
    }
  }
})

describe('erf', () => {
  test('is the integral of 2/√π·exp(−t²) (Simpson, 4000 panels)', () => {
    const density = (t: number): number => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t)
    for (const x of [0.1, 0.7, 1.4999, 1.5, 2.2, 3.9, 6]) {
      const h = x / 4000
      let integral = 0
      for (let i = 0; i < 4000; i++) {
        integral += (h / 6) * (density(i * h) + 4 * density((i + 0.5) * h) + density((i + 1) * h))
      }
      expect(Math.abs(erf(real, x) - integral)).toBeLessThan(6e-15)
      expect(erf(real, -x)).toBe(-erf(real, x))
    }
  })

  test('is 0 at 0, keeps relative accuracy near it, and is 1 far out', () => {
    expect(erf(real, 0)).toBe(0)
    expect(erf(real, 1e-20) / 1e-20).toBeCloseTo(2 / Math.sqrt(Math.PI), 15)
    expect(erf(real, 30)).toBe(1)
    expect(erf(real, -Infinity)).toBe(-1)
    expect(erf(real, NaN)).toBeNaN()
  })

  test('both formulas agree where they meet, off the real line', () => {
    const h = 1e-9
    const slope = complex.multiply(
      complex.of((2 / Math.sqrt(Math.PI)) * 2 * h),
      complex.exp(complex.negate(complex.multiply(pair(1.5, 0.4), pair(1.5, 0.4)))),
    )
    const left = erf(complex, pair(1.5 - h, 0.4))
    const right = erf(complex, pair(1.5 + h, 0.4))
    expectClose(complex.subtract(right, left), slope)
  })
})
