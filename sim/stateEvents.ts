import type { StateEvent } from '../solvers/ode/index.ts'
import type { ModelInstanceFunction } from './modelImage.ts'

/** An event of a scene as data, which travels to other threads; its formulas are functions of the compiled model. */
export interface EventPlan {
  readonly name: string
  readonly direction?: 'rising' | 'falling'
  readonly terminal: boolean
  /** Whether the state jumps. */
  readonly jumps: boolean
}

/** What an event's functions are called among the model's: g and the state after it, and their derivatives by time where they have one. */
export const eventFunctions = (name: string) => ({
  when: `events.${name}.when`,
  whenRate: `events.${name}.whenRate`,
  after: `events.${name}.after`,
  afterRate: `events.${name}.afterRate`,
})

/** Events for the integrator, with exact derivatives, in the memory that the functions live in. */
export function stateEvents(
  plans: readonly EventPlan[],
  functions: Readonly<Record<string, ModelInstanceFunction>>,
  dimension: number,
): StateEvent[] {
  return plans.map(({ name, direction, terminal, jumps }): StateEvent => {
    const names = eventFunctions(name)
    const g = functions[names.when]
    const value = new Float64Array(1)
    const one = new Float64Array(1)
    const after = functions[names.after]
    const state = new Float64Array(dimension)
    return {
      direction,
      terminal,
      when(t, y) {
        g.evaluate(t, y, value)
        return value[0]
      },
      whenVjp(t, y, cotangent, gradY, gradTheta) {
        one[0] = cotangent
        g.vjp(t, y, one, gradY, gradTheta)
        return rate(functions[names.whenRate], t, y, one)
      },
      ...(jumps && {
        apply(t: number, y: Float64Array) {
          after.evaluate(t, y, state)
          y.set(state)
        },
        applyVjp(
          t: number,
          y: Float64Array,
          cotangent: Float64Array,
          gradY: Float64Array,
          gradTheta: Float64Array,
        ) {
          after.vjp(t, y, cotangent, gradY, gradTheta)
          return rate(functions[names.afterRate], t, y, cotangent)
        },
      }),
    }
  })
}

/** cotangentᵀ·∂f/∂t; 0 where the function does not depend on time. */
function rate(
  derivative: ModelInstanceFunction | undefined,
  t: number,
  y: Float64Array,
  cotangent: Float64Array,
): number {
  if (!derivative) return 0
  const out = new Float64Array(derivative.size)
  derivative.evaluate(t, y, out)
  return out.reduce((sum, value, i) => sum + value * cotangent[i], 0)
}
