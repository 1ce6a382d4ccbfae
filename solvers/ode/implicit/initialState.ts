import type { StepContext } from '../context.ts'
import * as failures from '../failure.ts'
import { weightedNorm } from '../stepControl.ts'
import { withTimeDerivative } from '../vectorField.ts'
import { inconsistent, singularVariableMass } from './failures.ts'
import { createDenseLu } from './linear/denseLu.ts'
import { positiveRange } from './positiveMass.ts'
import { createRangeOfMass } from './rangeOfMass.ts'
import type { StageSystem } from './stageSystem.ts'

/**
 * What an implicit method starts from: a state y₀ that is consistent and a slope ẏ₀ with M·ẏ₀ = f(t₀, y₀).
 *
 * Where M is singular (and constant), the algebraic equations N·f(t, y) = 0, N·M = 0, are met by moving the algebraic
 * components alone: y = y₀ + Vᵀ·δ, M·Vᵀ = 0, with Newton's iteration for δ. Their slopes are left open by M·ẏ = f; they are
 * set to zero, as no state depends on them.
 */
export interface InitialState {
  /** y ← consistent, slope ← ẏ; false, with the obstacle noted, where there is none. */
  find(t: number, y: Float64Array, slope: Float64Array): boolean
  /**
   * The transpose of the derivative at the state y that `find` gave: lambda (n), ∂L/∂y, becomes that by y₀, given
   * ∂L/∂ẏ in slopeCotangent (or null); adds to gradTheta. Gives ∂L/∂t (0 without `times`).
   */
  vjp(
    t: number,
    y: Float64Array,
    slopeCotangent: Float64Array | null,
    lambda: Float64Array,
    gradTheta: Float64Array,
    times: boolean,
  ): number
  /** dy (n) becomes the tangent of the consistent state; dslope ← that of the slope. */
  jvp(
    t: number,
    y: Float64Array,
    dt: number,
    dy: Float64Array,
    dtheta: Float64Array,
    dslope: Float64Array,
  ): void
}

const mostIterations = 25

export function createInitialState(context: StepContext, system: StageSystem): InitialState {
  const { field } = context
  const { n, mass, layout } = system
  const { kind } = mass
  const range =
    kind === 'constant' ? (positiveRange(layout, mass.values!) ?? createRangeOfMass(n, dense())) : undefined
  const count = range ? n - range.rank : 0
  const small = createDenseLu(count)
  const unknowns = new Float64Array(count)
  const product = new Float64Array(n)
  const zero = new Float64Array(n)
  const byTime = new Float64Array(n)
  const slope = new Float64Array(n)
  const slopeInTime = (t: number, y: Float64Array) => withTimeDerivative(field)(t, y, byTime)

  function dense(): Float64Array {
    const matrix = new Float64Array(n * n)
    for (let i = 0; i < n; i++)
      for (let j = Math.max(0, i - layout.lower); j <= Math.min(n - 1, i + layout.upper); j++)
        matrix[i * n + j] = mass.values![layout.index(i, j)]
    return matrix
  }

  /** Entry k of N·v, or of V·v. */
  function row(rows: Float64Array, k: number, v: Float64Array): number {
    let sum = 0
    for (let i = 0; i < n; i++) sum += rows[k * n + i] * v[i]
    return sum
  }

  /** Factors N·J·Vᵀ; false where the index is not 1. */
  function factorAlgebraic(t: number): boolean {
    const { leftNull, rightNull } = range!
    const { index, lower, upper } = layout
    for (let l = 0; l < count; l++) {
      product.fill(0)
      for (let i = 0; i < n; i++)
        for (let j = Math.max(0, i - lower); j <= Math.min(n - 1, i + upper); j++)
          product[i] += system.jacobian[index(i, j)] * rightNull[l * n + j]
      for (let k = 0; k < count; k++) small.values[k * count + l] = row(leftNull, k, product)
    }
    const pivot = small.factor()
    if (pivot < 0) return true
    context.obstacle = failures.singularIteration(
      t,
      pivot,
      'of the algebraic equations by the algebraic components',
    )
    return false
  }

  /** Newton for the algebraic components; f(t, y) is in `dydt` afterwards. */
  function settle(t: number, y: Float64Array, dydt: Float64Array): boolean {
    const { leftNull, rightNull } = range!
    for (let iteration = 0; ; iteration++) {
      if (!context.evaluate(t, y, dydt)) return false
      if (!system.linearise(t, y, zero) || !factorAlgebraic(t)) return false
      for (let k = 0; k < count; k++) unknowns[k] = -row(leftNull, k, dydt)
      small.solve(unknowns)
      context.statistics.newtonIterations++
      product.fill(0)
      for (let k = 0; k < count; k++)
        for (let i = 0; i < n; i++) product[i] += unknowns[k] * rightNull[k * n + i]
      if (weightedNorm(product, y, context.atol, context.rtol) <= 1e-3) {
        // the state that was given may be as consistent as rounding allows; one more correction does no harm
        for (let i = 0; i < n; i++) y[i] += product[i]
        return context.evaluate(t, y, dydt)
      }
      if (iteration === mostIterations || !product.every(Number.isFinite)) {
        let worst = 0
        for (let i = 0; i < n; i++) if (Math.abs(product[i]) > Math.abs(product[worst])) worst = i
        context.obstacle = inconsistent(field, t, worst)
        return false
      }
      for (let i = 0; i < n; i++) y[i] += product[i]
    }
  }

  /** Factors M(t, y), which was regular, and finds ẏ again. */
  function factorMass(t: number, y: Float64Array): void {
    context.evaluate(t, y, slope)
    mass.evaluate(t, y)
    system.factor(Infinity)
    system.solve(slope)
  }

  return {
    find(t, y, out) {
      if (count > 0) {
        if (!settle(t, y, out)) return false
      } else if (!context.evaluate(t, y, out)) return false
      if (kind === 'identity') return true
      if (range) {
        product.set(out)
        range.solve(product, out)
        return true
      }
      if (!mass.evaluate(t, y)) return false
      if (!system.factor(Infinity)) {
        context.obstacle = singularVariableMass(t, context.obstacle?.pivot ?? 0)
        return false
      }
      system.solve(out)
      return true
    },
    vjp(t, y, slopeCotangent, lambda, gradTheta, times) {
      let timeCotangent = 0
      if (times) slopeInTime(t, y)
      const mu = product
      const feed = () => {
        field.vjp!(t, y, mu, lambda, gradTheta)
        if (times) for (let i = 0; i < n; i++) timeCotangent += mu[i] * byTime[i]
      }
      if (slopeCotangent?.some(value => value !== 0)) {
        mu.set(slopeCotangent)
        if (range) range.solveTransposed(slopeCotangent, mu)
        else if (kind === 'variable') {
          factorMass(t, y)
          system.solveTransposed(mu)
          for (let i = 0; i < n; i++) mu[i] = -mu[i]
          field.massVjp!(t, y, slope, mu, lambda, gradTheta)
          for (let i = 0; i < n; i++) mu[i] = -mu[i]
        }
        feed()
      }
      if (count > 0) {
        system.linearise(t, y, zero)
        factorAlgebraic(t)
        for (let k = 0; k < count; k++) unknowns[k] = -row(range!.rightNull, k, lambda)
        small.solveTransposed(unknowns)
        mu.fill(0)
        for (let k = 0; k < count; k++)
          for (let i = 0; i < n; i++) mu[i] += unknowns[k] * range!.leftNull[k * n + i]
        feed()
      }
      return timeCotangent
    },
    jvp(t, y, dt, dy, dtheta, dslope) {
      if (dt !== 0) slopeInTime(t, y)
      const derivative = () => {
        field.jvp!(t, y, dy, dtheta, dslope)
        if (dt !== 0) for (let i = 0; i < n; i++) dslope[i] += dt * byTime[i]
      }
      derivative()
      if (count > 0) {
        system.linearise(t, y, zero)
        factorAlgebraic(t)
        for (let k = 0; k < count; k++) unknowns[k] = -row(range!.leftNull, k, dslope)
        small.solve(unknowns)
        for (let k = 0; k < count; k++)
          for (let i = 0; i < n; i++) dy[i] += unknowns[k] * range!.rightNull[k * n + i]
        derivative()
      }
      if (range) {
        product.set(dslope)
        range.solve(product, dslope)
      } else if (kind === 'variable') {
        factorMass(t, y)
        field.massJvp!(t, y, slope, dy, dtheta, product)
        for (let i = 0; i < n; i++) dslope[i] -= product[i]
        system.solve(dslope)
      }
    },
  }
}
