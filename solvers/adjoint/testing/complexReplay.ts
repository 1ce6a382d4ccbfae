import type { Solution, Tableau } from '../../ode/index.ts'

/**
 * The oracle of the gradients: the frozen steps of a solution played again in complex arithmetic. It shares nothing
 * with the product code but the tableau; the imaginary part over 1e-30 is the derivative, without cancellation
 * (Squire & Trapp, SIAM Review 40 (1998) 110–112).
 */
export interface Complex {
  readonly re: number
  readonly im: number
}

export const complex = (re: number, im = 0): Complex => ({ re, im })
export const plus = (...terms: Complex[]): Complex =>
  terms.reduce((a, b) => complex(a.re + b.re, a.im + b.im), complex(0))
export const minus = (a: Complex, b: Complex): Complex => complex(a.re - b.re, a.im - b.im)
export const times = (...factors: Complex[]): Complex =>
  factors.reduce((a, b) => complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re))
/** tanh(x + iε) for an ε whose square vanishes beside 1. */
export const tanh = (z: Complex): Complex => complex(Math.tanh(z.re), z.im / Math.cosh(z.re) ** 2)

export type ComplexField = (t: number, y: Complex[], theta: Complex[]) => Complex[]

const epsilon = 1e-30

/** The saved states along the frozen steps, from y0 + iε·δy0 with θ + iε·δθ: their derivative, T×n. */
export function complexStep(
  f: ComplexField,
  { c, a, b, end, dense }: Tableau,
  solution: Solution,
  parameters: ArrayLike<number>,
  y0Tangent: ArrayLike<number>,
  thetaTangent: ArrayLike<number>,
): number[] {
  const { steps, dimension: n } = solution
  const theta = Array.from(parameters, (value, j) => complex(value, epsilon * thetaTangent[j]))
  let y = Array.from({ length: n }, (_, m) => complex(steps.y[m], epsilon * y0Tangent[m]))
  const combination = (h: number, weights: readonly number[], k: Complex[][]) =>
    y.map((value, m) =>
      plus(value, ...weights.map((weight, j) => (weight ? times(complex(h * weight), k[j][m]) : complex(0)))),
    )
  const saved: Complex[][] = [y]
  for (let step = 0; step < steps.count; step++) {
    const t = steps.t[step]
    const h = steps.h[step]
    const k: Complex[][] = []
    for (let i = 0; i < c.length; i++) k.push(f(t + c[i] * h, combination(h, i === end ? b : a[i], k), theta))
    const y1 = combination(h, b, k)
    while (saved.length < solution.t.length) {
      const time = solution.t[saved.length]
      if ((time - steps.t[step + 1]) * h > 0) break
      const s = (time - t) / h
      const weights = dense.map(row => row.reduce((sum, value, p) => sum + value * s ** (p + 1), 0))
      saved.push(time === steps.t[step + 1] ? y1 : combination(h, weights, k))
    }
    y = y1
  }
  return saved.flat().map(value => value.im / epsilon)
}
