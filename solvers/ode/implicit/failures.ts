import type { Failure } from '../solution.ts'
import type { VectorField } from '../vectorField.ts'

/** Newton's iteration for consistent initial values did not converge. */
export function inconsistent(field: VectorField, t: number, index: number): Failure {
  const name = field.names?.[index] ?? `y[${index}]`
  return {
    reason: 'newton-diverged',
    t,
    component: { index, name },
    message:
      `no consistent initial values are found at t = ${Number(t.toPrecision(6))}: the algebraic equations (rows of the mass ` +
      `matrix that are zero, or combinations of rows) do not come to hold, and ${name} moves most. ` +
      'Give a y0 that is closer to meeting them.',
  }
}

/** A mass matrix that is not constant turned out to be singular. */
export function singularVariableMass(t: number, pivot: number): Failure {
  return {
    reason: 'singular-matrix',
    t,
    pivot,
    message:
      `the mass matrix is singular (pivot ${pivot + 1}) at t = ${Number(t.toPrecision(6))}. A singular mass matrix must be ` +
      'constant: set field.massIsConstant if it is, else make the product M(t, y)·dy/dt a variable of its own.',
  }
}
