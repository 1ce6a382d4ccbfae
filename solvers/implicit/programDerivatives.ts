import type { Factors } from '../linear/direct/index.ts'
import {
  checkedProgram,
  equalityResidual,
  gradientOf,
  type Program,
  type QuadraticProgram,
  slacks,
} from './conditions.ts'
import { checkLength } from './differentiableMap.ts'

export interface QuadraticProgramDerivatives {
  /** The gradient of a loss by all data, from its gradient by x. @throws Error where the status is not 'converged' */
  vjp(g: Float64Array): Required<QuadraticProgram>
  /** dx/dε for data that change by ε·`change`. @throws Error where the status is not 'converged' */
  jvp(change: Partial<QuadraticProgram>): Float64Array
}

/** The factors of the conditions' matrix with the active constraints as equalities. */
export interface ActiveSystem {
  readonly factors: Factors
  readonly active: readonly number[]
}

/** Derivatives by K·u = −(g, 0, 0) on the active set: K is symmetric, so that one factorisation serves both directions. */
export function derivativesOf(
  data: Program,
  x: Float64Array,
  nu: Float64Array,
  lambda: Float64Array,
  last: ActiveSystem | undefined,
  message: string,
): QuadraticProgramDerivatives {
  const { n, p, m } = data
  const solved = (name: string) => {
    if (!last) throw new Error(`quadraticProgram: ${name}: there is no derivative, since ${message}`)
    return last
  }
  const outer = (out: Float64Array, left: ArrayLike<number>, right: ArrayLike<number>, factor = 1) => {
    for (let i = 0; i < left.length; i++)
      for (let j = 0; j < right.length; j++) out[i * right.length + j] += factor * left[i] * right[j]
    return out
  }
  return {
    vjp(g) {
      const { factors, active } = solved('vjp')
      checkLength('vjp', 'the cotangent', g, n)
      const right = new Float64Array(n + p + active.length)
      for (let i = 0; i < n; i++) right[i] = -g[i]
      const u = factors.solve(right)
      const ux = u.slice(0, n)
      const unu = u.slice(n, n + p)
      const ulambda = new Float64Array(m)
      active.forEach((i, k) => {
        ulambda[i] = u[n + p + k]
      })
      return {
        Q: outer(outer(new Float64Array(n * n), ux, x, 0.5), x, ux, 0.5),
        q: ux,
        A: outer(outer(new Float64Array(p * n), nu, ux), unu, x),
        b: unu.map(value => -value),
        G: outer(outer(new Float64Array(m * n), lambda, ux), ulambda, x),
        h: ulambda.map(value => -value),
      }
    },
    jvp(change) {
      const { factors, active } = solved('jvp')
      const d = checkedProgram({
        Q: change.Q ?? new Float64Array(n * n),
        q: change.q ?? new Float64Array(n),
        A: change.A ?? new Float64Array(p * n),
        b: change.b ?? new Float64Array(p),
        G: change.G ?? new Float64Array(m * n),
        h: change.h ?? new Float64Array(m),
      })
      const dual = gradientOf(d, x, nu, lambda)
      const slack = slacks(d, x)
      const right = Float64Array.of(
        ...dual.map(value => -value),
        ...equalityResidual(d, x).map(value => -value),
        ...active.map(i => slack[i]),
      )
      return factors.solve(right).slice(0, n)
    },
  }
}
