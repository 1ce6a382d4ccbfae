import type { StepContext } from '../context.ts'
import * as failures from '../failure.ts'
import { createJacobian } from './jacobian.ts'
import { createComplexLu, createLu, type MatrixLayout } from './linear/index.ts'
import { createMassMatrix, type MassMatrix } from './massMatrix.ts'

/**
 * The equations r(t, y, ẏ) = f(t, y) − M(t, y)·ẏ = 0 of one vector field as the stages of all implicit methods see
 * them, and the matrices W(σ) = σ·M − J that Newton's iteration for them needs, where ẏ moves σ times as much as y and
 *
 *     J = ∂r/∂y = ∂f/∂y − ∂(M·ẏ)/∂y
 *
 * at the place of the last `linearise`. Sparse or Krylov solvers are another implementation of this interface. Where a
 * function gives false, the obstacle is noted in the context.
 */
export interface StageSystem {
  readonly n: number
  readonly mass: MassMatrix
  readonly layout: MatrixLayout
  /** t of the last `linearise`. */
  readonly time: number
  /** J of the last `linearise`, in the layout. */
  readonly jacobian: Float64Array
  /** out ← f(t, y) − M(t, y)·slope. */
  residual(t: number, y: Float64Array, slope: Float64Array, out: Float64Array): boolean
  /** J and M at (t, y) with ẏ = slope; a factorisation that is there stays. */
  linearise(t: number, y: Float64Array, slope: Float64Array): boolean
  /** Factors W(σ); σ = ∞ stands for M itself. */
  factor(sigma: number): boolean
  /** b ← W⁻¹·b. */
  solve(b: Float64Array): void
  /** b ← W⁻ᵀ·b. */
  solveTransposed(b: Float64Array): void
}

/** W(σ) for a complex σ. */
export interface ComplexStageSystem {
  factor(real: number, imaginary: number): boolean
  solve(real: Float64Array, imaginary: Float64Array): void
  solveTransposed(real: Float64Array, imaginary: Float64Array): void
}

export function createStageSystem(context: StepContext): StageSystem {
  const n = context.field.dimension
  const mass = createMassMatrix(context)
  const { layout } = mass
  const writeJacobian = createJacobian(context, layout)
  const jacobian = new Float64Array(layout.length)
  const lu = createLu(layout)
  const diagonal = Int32Array.from({ length: n }, (_, i) => layout.index(i, i))
  let time = 0
  return {
    n,
    mass,
    layout,
    get time() {
      return time
    },
    jacobian,
    residual(t, y, slope, out) {
      if (!context.evaluate(t, y, out) || !mass.evaluate(t, y)) return false
      mass.multiplyAdd(slope, -1, out)
      return true
    },
    linearise(t, y, slope) {
      time = t
      return writeJacobian(t, y, jacobian) && mass.subtractDerivative(t, y, slope, jacobian)
    },
    factor(sigma) {
      const w = lu.values
      const ofMass = sigma === Infinity
      if (ofMass) w.fill(0)
      else for (let i = 0; i < w.length; i++) w[i] = -jacobian[i]
      const scale = ofMass ? 1 : sigma
      if (mass.values) for (let i = 0; i < w.length; i++) w[i] += scale * mass.values[i]
      else for (let i = 0; i < n; i++) w[diagonal[i]] += scale
      context.statistics.factorisations++
      const pivot = lu.factor()
      if (pivot < 0) return true
      context.obstacle = failures.singularIteration(time, pivot, ofMass ? 'M' : 'M/(γh) − ∂f/∂y of a stage')
      return false
    },
    solve(b) {
      context.statistics.linearSolves++
      lu.solve(b)
    },
    solveTransposed(b) {
      lu.solveTransposed(b)
    },
  }
}

/** W(σ) for complex σ, with the M and J of a stage system. */
export function createComplexStageSystem(context: StepContext, system: StageSystem): ComplexStageSystem {
  const { n, layout, mass, jacobian } = system
  const lu = createComplexLu(layout)
  const { real, imaginary } = lu
  const diagonal = Int32Array.from({ length: n }, (_, i) => layout.index(i, i))
  return {
    factor(re, im) {
      imaginary.fill(0)
      for (let i = 0; i < real.length; i++) real[i] = -jacobian[i]
      if (mass.values) {
        for (let i = 0; i < real.length; i++) {
          real[i] += re * mass.values[i]
          imaginary[i] = im * mass.values[i]
        }
      } else
        for (let i = 0; i < n; i++) {
          real[diagonal[i]] += re
          imaginary[diagonal[i]] = im
        }
      context.statistics.factorisations++
      const pivot = lu.factor()
      if (pivot < 0) return true
      context.obstacle = failures.singularIteration(system.time, pivot, 'M/(γh) − ∂f/∂y of a stage')
      return false
    },
    solve(re, im) {
      context.statistics.linearSolves++
      lu.solve(re, im)
    },
    solveTransposed(re, im) {
      lu.solveTransposed(re, im)
    },
  }
}
