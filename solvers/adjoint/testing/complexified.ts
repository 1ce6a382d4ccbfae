import { addFields, type VectorField } from '../../ode/index.ts'
import { type Complex, complex } from './complexReplay.ts'

/** A right-hand side and its Jacobian ∂f/∂y (n×n) over complex numbers. */
export interface ComplexProblem {
  readonly f: (t: number, y: Complex[], theta: Complex[]) => Complex[]
  readonly jacobian: (t: number, y: Complex[], theta: Complex[]) => Complex[][]
}

const epsilon = 1e-30

/**
 * A field over the complex numbers u + iε·w as one over the real ones, [u₁, w₁, u₂, w₂ …]: a step of any method on it is the step of
 * the method in complex arithmetic, and w at its end the derivative in the direction that w and δθ had at its beginning, exact
 * to rounding (Squire & Trapp, *SIAM Review* 40 (1998) 110–112). It shares nothing with the method's own derivatives.
 */
export function complexified(
  field: VectorField,
  { f, jacobian }: ComplexProblem,
  dtheta: ArrayLike<number>,
): VectorField {
  const n = field.dimension
  const theta = () => Array.from(field.parameters, (value, j) => complex(value, epsilon * dtheta[j]))
  const states = (y: Float64Array) =>
    Array.from({ length: n }, (_, m) => complex(y[2 * m], epsilon * y[2 * m + 1]))
  const dense = new Float64Array(n * n)
  /** Each entry a + iε·b of a matrix as the block [a, 0; b, a]. */
  const blocks = (entry: (i: number, j: number) => Complex, out: Float64Array) => {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const { re, im } = entry(i, j)
        out.set([re, 0], 4 * n * i + 2 * j)
        out.set([im / epsilon, re], 4 * n * i + 2 * n + 2 * j)
      }
  }
  const { mass, massIsConstant } = field
  return {
    dimension: 2 * n,
    parameterCount: 0,
    parameters: new Float64Array(0),
    evaluate(t, y, out) {
      f(t, states(y), theta()).forEach(({ re, im }, m) => {
        out.set([re, im / epsilon], 2 * m)
      })
    },
    jacobian(t, y, out) {
      const rows = jacobian(t, states(y), theta())
      blocks((i, j) => rows[i][j], out)
    },
    timeDerivative: (_t, _y, out) => out.fill(0),
    massIsConstant,
    mass:
      mass &&
      ((t, y, out) => {
        mass.call(field, t, y, dense)
        blocks((i, j) => complex(dense[i * n + j]), out)
      }),
  }
}

/** The same of a field with parts. */
export const complexifiedParts = (
  { parts }: VectorField,
  stiff: ComplexProblem,
  nonstiff: ComplexProblem,
  dtheta: ArrayLike<number>,
): VectorField => {
  const first = complexified(parts!.stiff, stiff, dtheta)
  const second = complexified(parts!.nonstiff, nonstiff, dtheta)
  return addFields(first, { ...second, parameters: first.parameters })
}
