import { createStepContext, type StepContext } from '../context.ts'
import { createExplicitRungeKutta } from '../explicitRungeKutta.ts'
import { explicitRungeKuttaDerivative } from '../explicitRungeKuttaDerivative.ts'
import type { StepDerivative, Stepper } from '../stepper.ts'
import { createStepRecord, type StepRecord } from '../steps.ts'
import { type FlatTableau, flatten, type Tableau } from '../tableau.ts'
import { extrapolationTableau, mostColumns } from './extrapolationTableau.ts'

const tableaus: Tableau[] = []
const tableauOf = (columns: number): Tableau => (tableaus[columns] ??= extrapolationTableau(columns))

/** The columns that a step was taken with: the first number of its slot. */
const columnsOf = (record: StepRecord, step: number) => record.dense[(step + 1) * record.width]

/**
 * Steps of the extrapolation method, each with a number of columns of its own, which `follow` sets: odex chooses them, and the
 * step sizes. Here they are taken again, for events, replays and derivatives.
 */
export function createExtrapolation(context: StepContext): Stepper {
  const n = context.field.dimension
  const made: Stepper[] = []
  const stepperOf = (columns: number) =>
    (made[columns] ??= createExplicitRungeKutta(tableauOf(columns), context))
  let columns = mostColumns
  let current = stepperOf(2)
  const [y, y1] = [new Float64Array(n), new Float64Array(n)]

  return {
    name: 'odex',
    control: current.control,
    width: 1,
    start: (t, from) => stepperOf(2).start(t, from),
    firstStep: (t, from, direction, most) => stepperOf(2).firstStep(t, from, direction, most),
    attempt(t, h, from, to) {
      current = stepperOf(columns)
      return current.start(t, from) ? current.attempt(t, h, from, to) : Number.NaN
    },
    complete: dense => current.complete(dense),
    interpolate: (theta, out) => current.interpolate(theta, out),
    record(target, offset) {
      target[offset] = columns
    },
    follow(record, step) {
      columns = columnsOf(record, step)
    },
    load(record, step) {
      columns = columnsOf(record, step)
      y.set(record.y.subarray(step * n, (step + 1) * n))
      this.attempt(record.t[step], record.h[step], y, y1)
      current.complete(true)
    },
    resume() {}, // a step starts from its state alone
    advance() {},
    derivative: (record, times) => extrapolationDerivative(context, record, times),
  }
}

/**
 * The derivatives of steps with differing numbers of columns: those of their Runge–Kutta methods. The first stage belongs to the
 * step that begins with it, so that steps share nothing.
 */
function extrapolationDerivative({ field }: StepContext, record: StepRecord, times: boolean): StepDerivative {
  const n = field.dimension
  const context = createStepContext(field, {}) // what is evaluated here is not counted as the solution's
  const y1 = new Float64Array(n)
  /** What takes one step of so many columns again, and differentiates it. */
  function oneStep(columns: number) {
    const stepper = createExplicitRungeKutta(tableauOf(columns), context)
    const flat: FlatTableau = flatten(tableauOf(columns))
    const single = createStepRecord(n, stepper.width, undefined, undefined, 1)
    return { stepper, single, derivative: explicitRungeKuttaDerivative(field, flat, single, times) }
  }
  const made: ReturnType<typeof oneStep>[] = []
  const methodOf = (columns: number) => (made[columns] ??= oneStep(columns))
  let current = methodOf(2)
  let t = 0
  const y = new Float64Array(n)

  return {
    get timeCotangent() {
      return current.derivative.timeCotangent
    },
    load(step) {
      current = methodOf(columnsOf(record, step))
      const { stepper, single, derivative } = current
      t = record.t[step]
      const h = record.h[step]
      single.t[0] = t
      single.h[0] = h
      y.set(record.y.subarray(step * n, (step + 1) * n))
      single.y.set(y)
      stepper.start(t, y)
      stepper.record(single.dense, 0)
      stepper.attempt(t, h, y, y1)
      stepper.complete(true)
      stepper.record(single.dense, stepper.width)
      derivative.load(0)
      derivative.beginVjp()
      derivative.timeCotangent.t = 0
      derivative.timeCotangent.h = 0
    },
    beginVjp() {},
    interpolateVjp: (theta, cotangent, lambda) => current.derivative.interpolateVjp(theta, cotangent, lambda),
    stepVjp(lambda1, lambda, gradTheta) {
      current.derivative.stepVjp(lambda1, lambda, gradTheta)
      current.derivative.startVjp(t, y, lambda, gradTheta)
    },
    startVjp() {},
    startJvp() {},
    stepJvp(dt, dh, dy, dtheta, dy1) {
      current.derivative.startJvp(t, y, dt, dy, dtheta)
      current.derivative.stepJvp(dt, dh, dy, dtheta, dy1)
    },
    interpolateJvp: (theta, dfraction, out) => current.derivative.interpolateJvp(theta, dfraction, out),
  }
}
