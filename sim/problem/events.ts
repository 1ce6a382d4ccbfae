import * as tf from '@tensorflow/tfjs-core'
import { jvp } from '../../compiler/trace/derivatives.ts'
import { dependencies, type Formula } from '../scene/formula/index.ts'
import type { Scene } from '../scene/index.ts'
import { type EventPlan, eventFunctions } from '../stateEvents.ts'
import type { ModelFunction } from '../vectorField.ts'
import type { Model } from './model.ts'

/** The events of a scene: how they act, and their formulas as functions to compile with the model. */
export function eventsOf(
  { events = {} }: Scene,
  model: Model,
): { plans: EventPlan[]; functions: Record<string, ModelFunction> } {
  const plans: EventPlan[] = []
  const functions: Record<string, ModelFunction> = {}
  for (const [name, { when, direction, terminal, apply }] of Object.entries(events)) {
    const keys = eventFunctions(name)
    const add = (key: string, rateKey: string, formulas: readonly Formula[]) => {
      functions[key] = model.formulas(formulas)
      if (formulas.some(formula => dependencies(formula).includes('t')))
        functions[rateKey] = timeDerivative(functions[key])
    }
    add(keys.when, keys.whenRate, [when])
    if (apply) {
      const unchanged = (state: string): Formula => ({ kind: 'name', name: state, start: 0 })
      add(
        keys.after,
        keys.afterRate,
        model.names.map(state => apply[state] ?? unchanged(state)),
      )
    }
    plans.push({ name, direction, terminal, jumps: apply !== undefined })
  }
  return { plans, functions }
}

const timeDerivative =
  (f: ModelFunction): ModelFunction =>
  (t, y, theta) =>
    jvp(time => f(time, y, theta))([t], [tf.scalar(1)]).tangent
