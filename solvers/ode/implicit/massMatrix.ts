import { SingularMatrixError } from '../../../kernels/singularMatrix.ts'
import { patternOf } from '../../../kernels/sparsity/index.ts'
import type { StepContext } from '../context.ts'
import * as failures from '../failure.ts'
import { differenceIncrement } from './jacobian.ts'
import { layoutOf, type MatrixLayout, multiplyAdd, multiplyTransposedAdd } from './linear/index.ts'

/** The matrix M of M(t, y)·dy/dt = f(t, y), in the layout of the stage matrices. */
export interface MassMatrix {
  readonly kind: 'identity' | 'constant' | 'variable'
  readonly layout: MatrixLayout
  /** M in its layout; absent for the identity. */
  readonly values: Float64Array | undefined
  /** M ← M(t, y); false, with the obstacle noted, where that is not possible. Nothing to do unless 'variable'. */
  evaluate(t: number, y: Float64Array): boolean
  /** out += factor·M·x. */
  multiplyAdd(x: Float64Array, factor: number, out: Float64Array): void
  /** out += factor·Mᵀ·x. */
  multiplyTransposedAdd(x: Float64Array, factor: number, out: Float64Array): void
  /**
   * matrix −= ∂(M(t, y)·v)/∂y: nothing unless 'variable'; by field.massJvp, else field.massVjp, else finite differences.
   * Leaves M = M(t, y).
   */
  subtractDerivative(t: number, y: Float64Array, v: Float64Array, matrix: Float64Array): boolean
}

const identityMass = (layout: MatrixLayout): MassMatrix => ({
  kind: 'identity',
  layout,
  values: undefined,
  evaluate: () => true,
  multiplyAdd(x, factor, out) {
    for (let m = 0; m < x.length; m++) out[m] += factor * x[m]
  },
  multiplyTransposedAdd(x, factor, out) {
    for (let m = 0; m < x.length; m++) out[m] += factor * x[m]
  },
  subtractDerivative: () => true,
})

/** The layout of the stage matrices of a field, and its mass matrix. */
export function createMassMatrix(context: StepContext): MassMatrix {
  const { field } = context
  const n = field.dimension
  if (!field.mass) return identityMass(layoutOf(n, [field.jacobianPattern]))
  const dense = new Float64Array(n * n)
  if (field.massIsConstant) field.mass(0, new Float64Array(n), dense)
  const layout = layoutOf(n, [field.jacobianPattern, field.massIsConstant ? patternOf(n, dense) : undefined])
  const products = (values: Float64Array) => ({
    layout,
    values,
    multiplyAdd: (x: Float64Array, factor: number, out: Float64Array) =>
      multiplyAdd(layout, values, x, factor, out),
    multiplyTransposedAdd: (x: Float64Array, factor: number, out: Float64Array) =>
      multiplyTransposedAdd(layout, values, x, factor, out),
  })
  if (field.massIsConstant) {
    const values = new Float64Array(layout.length)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) if (dense[i * n + j] !== 0) values[layout.index(i, j)] = dense[i * n + j]
    return { kind: 'constant', ...products(values), evaluate: () => true, subtractDerivative: () => true }
  }

  const evaluate = (t: number, y: Float64Array) => {
    try {
      field.mass!(t, y, dense)
      return true
    } catch (error) {
      if (!(error instanceof SingularMatrixError)) throw error
      context.obstacle = failures.singularMatrix(t, error)
      return false
    }
  }
  const unit = new Float64Array(n)
  const line = new Float64Array(n)
  const moved = new Float64Array(n)
  const product = new Float64Array(n)
  const theta = new Float64Array(field.parameterCount)

  /** line ← column j of ∂(M·v)/∂y. */
  function column(t: number, y: Float64Array, v: Float64Array, j: number): boolean {
    if (field.massJvp) {
      unit[j] = 1
      field.massJvp(t, y, v, unit, theta, line)
      unit[j] = 0
      return true
    }
    moved.set(y)
    moved[j] += differenceIncrement(y[j])
    if (!evaluate(t, moved)) return false
    multiplyAdd(layout, dense, v, 1, line.fill(0))
    for (let i = 0; i < n; i++) line[i] = (line[i] - product[i]) / (moved[j] - y[j])
    return true
  }

  return {
    kind: 'variable',
    ...products(dense),
    evaluate,
    subtractDerivative(t, y, v, matrix) {
      if (!field.massJvp && field.massVjp) {
        for (let i = 0; i < n; i++) {
          unit[i] = 1
          field.massVjp(t, y, v, unit, line.fill(0), theta)
          unit[i] = 0
          for (let j = 0; j < n; j++) matrix[i * n + j] -= line[j]
        }
        theta.fill(0)
        return evaluate(t, y)
      }
      if (!evaluate(t, y)) return false
      multiplyAdd(layout, dense, v, 1, product.fill(0))
      for (let j = 0; j < n; j++) {
        if (!column(t, y, v, j)) return false
        for (let i = 0; i < n; i++) matrix[i * n + j] -= line[i]
      }
      return evaluate(t, y)
    },
  }
}
