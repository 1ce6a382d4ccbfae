import type { Solution, StateEvent, StepDerivative } from '../ode/index.ts'
import type { StepRecord } from '../ode/steps.ts'

/** The recorded steps of a solution, and their derivatives. */
export interface DifferentiableSteps {
  readonly steps: StepRecord
  /** Number of steps in all. */
  readonly count: number
  /** Visits them last to first: step number `step` is then number `local` of `steps`. */
  backward(visit: (local: number, step: number) => void): void
  /** Each has cotangents and tangents of its own. */
  derivative(times: boolean): StepDerivative
  /** The event at the end of step j, if it acted there: its number in solution.events, and itself. */
  eventAt(step: number): { readonly index: number; readonly event: StateEvent } | undefined
  /** Whether any event acted, so that times depend on the state. */
  readonly hasCuts: boolean
}

/** @throws Error where the method of `solution` has no derivative, or its steps are gone. */
export function differentiableSteps(solution: Solution): DifferentiableSteps {
  const steps = solution.steps as StepRecord
  const { stepper, events = [] } = steps
  if (!stepper?.derivative)
    throw new Error(
      `there is no derivative of a solution by '${solution.method}': integrate with another method, such as 'tsit5'`,
    )
  const cuts = new Map<number, { index: number; event: StateEvent }>()
  solution.events.forEach(({ event: which, step, kind }, index) => {
    const event = events[which]
    if (kind === 'crossing' && (event.terminal || event.apply)) cuts.set(step, { index, event })
  })
  const { checkpoints, count } = steps
  return {
    steps: checkpoints?.window ?? steps,
    count: checkpoints?.count ?? count,
    backward(visit) {
      if (checkpoints) checkpoints.backward(solution.events, visit)
      else for (let step = count - 1; step >= 0; step--) visit(step, step)
    },
    derivative: times => stepper.derivative!(checkpoints?.window ?? steps, times),
    eventAt: step => cuts.get(step),
    hasCuts: cuts.size > 0,
  }
}

/** g's derivatives at an event: ∂g/∂t, ∂g/∂y (n), ∂g/∂θ (p). */
export function eventGradient(
  event: StateEvent,
  t: number,
  y: Float64Array,
  p: number,
): { t: number; y: Float64Array; theta: Float64Array } {
  if (!event.whenVjp)
    throw new Error('derivatives through an event need its whenVjp (the derivatives of `when`)')
  const gradient = { t: 0, y: new Float64Array(y.length), theta: new Float64Array(p) }
  gradient.t = event.whenVjp(t, y, 1, gradient.y, gradient.theta)
  return gradient
}

/** The event's applyVjp. */
export function jumpVjp(event: StateEvent): NonNullable<StateEvent['applyVjp']> {
  if (event.applyVjp)
    return (t, y, cotangent, gradY, gradTheta) => event.applyVjp!(t, y, cotangent, gradY, gradTheta)
  throw new Error('derivatives through a jump need its applyVjp (the derivatives of `apply`)')
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let m = 0; m < a.length; m++) sum += a[m] * b[m]
  return sum
}
