import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import * as failures from './failure.ts'
import type { IntegratorOptions } from './options.ts'
import type { Failure, Statistics } from './solution.ts'
import { newStatistics } from './solutionOf.ts'
import { spreadTolerance } from './stepControl.ts'
import type { VectorField } from './vectorField.ts'

/** What a stepper and its driver share: the field, the tolerances, what has been counted and what went wrong. */
export interface StepContext {
  readonly field: VectorField
  readonly rtol: number
  /** n, never 0. */
  readonly atol: Float64Array
  /** κ of Newton's iteration in implicit methods, if it is not left to them; 0: to rounding. */
  readonly newtonTolerance: number | undefined
  statistics: Statistics
  /** The component that dominated the last error norm. */
  dominant: number
  /** What the last trial step ran into, if it did not get as far as an error estimate. */
  obstacle: Failure | undefined
  /** out ← f(t, y), counted; false, with the obstacle noted, where that is not possible. */
  evaluate: (t: number, y: Float64Array, out: Float64Array) => boolean
  /** Notes as the obstacle that the state y at time t is not finite. */
  overflow(t: number, y: Float64Array): void
  /** Forgets the last integration. */
  reset(): void
}

/** Whether all entries are finite: 0·v is 0 exactly where v is. */
function allFinite(v: Float64Array): boolean {
  let sum = 0
  for (let m = 0; m < v.length; m++) sum += 0 * v[m]
  return sum === 0
}

/** The evaluation of a field for a context: counted, and what goes wrong noted there. */
function evaluationOf(field: VectorField, context: Pick<StepContext, 'statistics' | 'obstacle'>) {
  return (t: number, y: Float64Array, out: Float64Array): boolean => {
    context.statistics.evaluations++
    try {
      field.evaluate(t, y, out)
    } catch (error) {
      if (!(error instanceof SingularMatrixError)) throw error
      context.obstacle = failures.singularMatrix(t, error)
      return false
    }
    if (allFinite(out)) return true
    context.obstacle = nonFinite(field, t, out, true)
    return false
  }
}

function nonFinite(field: VectorField, t: number, values: Float64Array, derivative: boolean): Failure {
  const index = values.findIndex(value => !Number.isFinite(value))
  return failures.nonFinite(field, t, index, values[index], derivative)
}

export function createStepContext(field: VectorField, options: IntegratorOptions): StepContext {
  const context: StepContext = {
    field,
    rtol: options.rtol ?? 1e-6,
    atol: spreadTolerance(options.atol ?? 1e-8, field.dimension),
    newtonTolerance: options.newtonTolerance,
    statistics: newStatistics(),
    dominant: 0,
    obstacle: undefined,
    evaluate: () => false, // until there is the context that it counts in
    overflow(t, y) {
      context.obstacle = nonFinite(field, t, y, false)
    },
    reset() {
      context.statistics = newStatistics()
      context.dominant = 0
      context.obstacle = undefined
    },
  }
  context.evaluate = evaluationOf(field, context)
  return context
}

/** The context of a part of the field: what is counted and noted there is so in the whole's. */
export function contextOfPart(context: StepContext, part: VectorField): StepContext {
  return {
    ...context,
    field: part,
    get statistics() {
      return context.statistics
    },
    set statistics(statistics) {
      context.statistics = statistics
    },
    get dominant() {
      return context.dominant
    },
    set dominant(index) {
      context.dominant = index
    },
    get obstacle() {
      return context.obstacle
    },
    set obstacle(failure) {
      context.obstacle = failure
    },
    evaluate: evaluationOf(part, context),
  }
}
