import type { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import type { Failure } from './solution.ts'
import type { VectorField } from './vectorField.ts'

const digits = (value: number) => Number(value.toPrecision(6)).toString()

const componentOf = (field: VectorField, index: number) => ({
  index,
  name: field.names?.[index] ?? `y[${index}]`,
})

export function stepTooSmall(field: VectorField, t: number, h: number, index: number): Failure {
  const component = componentOf(field, index)
  return {
    reason: 'step-too-small',
    t,
    component,
    message:
      `step size fell to ${digits(Math.abs(h))} at t = ${digits(t)}; ${component.name} dominates the error. ` +
      'The solution may grow without bound or jump there: look at the model near this time. ' +
      'If it is smooth, loosen rtol or atol, which may ask for more than float64 has.',
  }
}

export function tooManySteps(
  field: VectorField,
  t: number,
  stop: number,
  maxSteps: number,
  index: number,
): Failure {
  const component = componentOf(field, index)
  return {
    reason: 'too-many-steps',
    t,
    component,
    message:
      `${maxSteps} steps reached t = ${digits(t)} of ${digits(stop)}; ${component.name} dominates the error. ` +
      'Raise maxSteps or loosen rtol and atol; steps that stay small where the solution is smooth mean that the problem is stiff.',
  }
}

/** @param derivative whether a derivative was not finite, or (overflow) the state itself. */
export function nonFinite(
  field: VectorField,
  t: number,
  index: number,
  value: number,
  derivative: boolean,
): Failure {
  const component = componentOf(field, index)
  return {
    reason: 'non-finite',
    t,
    component,
    message:
      `${derivative ? `the derivative of ${component.name}` : component.name} is ${value} at t = ${digits(t)}, ` +
      'and smaller steps do not avoid it. The solution may grow without bound or leave the domain of the model ' +
      '(a root or logarithm of a negative number, a division by zero): look at the model near this time.',
  }
}

export function singularMatrix(t: number, error: SingularMatrixError): Failure {
  return {
    reason: 'singular-matrix',
    t,
    pivot: error.pivot,
    message:
      `${error.message}, at t = ${digits(t)}, and smaller steps do not avoid it. Check the matrix of the model near ` +
      'this time; if it is learned, bound it away from singular (a floor on its diagonal or its Cholesky factor).',
  }
}

/** The matrix σ·M − ∂f/∂y of an implicit method's stages, or one that initial values are found with. */
export function singularIteration(t: number, pivot: number, what: string): Failure {
  return {
    reason: 'singular-matrix',
    t,
    pivot,
    message:
      `the matrix ${what} is singular (pivot ${pivot + 1}) at t = ${digits(t)}, and smaller steps do not avoid it. ` +
      'If the mass matrix is singular, each algebraic equation must determine an algebraic component (index 1): ' +
      'differentiate the equations that do not; otherwise look for a Jacobian that is not finite near this time.',
  }
}

export function newtonDiverged(field: VectorField, t: number, index: number): Failure {
  const component = componentOf(field, index)
  return {
    reason: 'newton-diverged',
    t,
    component,
    message:
      `Newton's iteration for a step does not converge at t = ${digits(t)}, ${component.name} least of all, and smaller ` +
      'steps do not mend it. Give field.jacobian or field.jvp if there is none, and check it against differences; ' +
      'a right-hand side that is not smooth near this time (a switch, an absolute value) does this, too.',
  }
}

/** The fixed-point iteration for the stages of a Gauss method. */
export function fixedPointDiverged(field: VectorField, t: number, h: number, index: number): Failure {
  const component = componentOf(field, index)
  return {
    reason: 'newton-diverged',
    t,
    component,
    message:
      `the stages of the step from t = ${digits(t)} by ${digits(h)} are not found by fixed-point iteration; ` +
      `${component.name} moves most. Take a smaller fixedStep; a stiff system needs a method for those ('radau5').`,
  }
}

export function eventsAccumulate(t: number): Failure {
  return {
    reason: 'step-too-small',
    t,
    message:
      `events follow each other without end at t = ${digits(t)}, as of a ball that comes to rest. Make the event ` +
      'terminal, or let it stop what moves once that is slow enough.',
  }
}

/** @param index which of options.events. */
export function eventNotNumber(t: number, index: number): Failure {
  return {
    reason: 'non-finite',
    t,
    message: `events[${index}].when is NaN at t = ${digits(t)}: look at what it computes there`,
  }
}

export function cancelled(t: number): Failure {
  return { reason: 'cancelled', t, message: `cancelled by onProgress at t = ${digits(t)}` }
}
