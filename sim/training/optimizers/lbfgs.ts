import { strongWolfe } from './lineSearch.ts'
import type { Objective } from './objective.ts'

/**
 * Limited-memory BFGS with a strong Wolfe line search (Nocedal & Wright, Numerical Optimization, 2nd ed.,
 * algorithms 7.4 and 7.5). One call of `lbfgsStep` is one iteration, so that a caller can save the state in between.
 */
export interface LbfgsState {
  /** Steps s and gradient changes y of the last iterations, oldest first. */
  readonly pairs: { readonly step: Float64Array; readonly change: Float64Array }[]
  value: number
  readonly gradient: Float64Array
}

const memory = 20

/** Evaluates at x and begins with no history. */
export function lbfgsState(objective: Objective, x: Float64Array): LbfgsState {
  const gradient = new Float64Array(objective.size)
  return { pairs: [], value: objective.evaluate(x, gradient), gradient }
}

/**
 * One iteration: x, the value and the gradient move to a lower point.
 * @returns false if no descent was found even along the negative gradient: x is a minimum to working precision.
 */
export function lbfgsStep(objective: Objective, x: Float64Array, state: LbfgsState): boolean {
  if (norm(state.gradient) === 0) return false
  if (iterate(objective, x, state)) return true
  if (state.pairs.length === 0) return false
  state.pairs.length = 0
  return iterate(objective, x, state)
}

function iterate(objective: Objective, x: Float64Array, state: LbfgsState): boolean {
  const direction = twoLoop(state)
  let slope = dot(direction, state.gradient)
  if (!(slope < 0)) {
    direction.set(state.gradient.map(g => -g))
    slope = -dot(state.gradient, state.gradient)
    state.pairs.length = 0
  }
  const trial = new Float64Array(x.length)
  const gradient = new Float64Array(x.length)
  const phi = (step: number) => {
    for (let i = 0; i < x.length; i++) trial[i] = x[i] + step * direction[i]
    const value = objective.evaluate(trial, gradient)
    return { step, value: Number.isNaN(value) ? Infinity : value, slope: dot(gradient, direction) }
  }
  const firstStep = state.pairs.length > 0 ? 1 : Math.min(1, 1 / norm(state.gradient))
  const found = strongWolfe(phi, { step: 0, value: state.value, slope }, firstStep)
  if (!found || !(found.value < state.value)) return false

  for (let i = 0; i < x.length; i++) trial[i] = x[i] + found.step * direction[i]
  state.value = objective.evaluate(trial, gradient)
  const step = trial.map((value, i) => value - x[i])
  const change = gradient.map((g, i) => g - state.gradient[i])
  if (dot(step, change) > 1e-12 * norm(step) * norm(change)) {
    state.pairs.push({ step, change })
    if (state.pairs.length > memory) state.pairs.shift()
  }
  x.set(trial)
  state.gradient.set(gradient)
  return true
}

/** −H·g by the two-loop recursion, H₀ = (sᵀy/yᵀy)·I. */
function twoLoop({ pairs, gradient }: LbfgsState): Float64Array {
  const direction = gradient.map(g => -g)
  const alphas = new Array<number>(pairs.length)
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change } = pairs[k]
    alphas[k] = dot(step, direction) / dot(step, change)
    addScaled(direction, -alphas[k], change)
  }
  const last = pairs.at(-1)
  if (last) {
    const scale = dot(last.step, last.change) / dot(last.change, last.change)
    for (let i = 0; i < direction.length; i++) direction[i] *= scale
  }
  for (let k = 0; k < pairs.length; k++) {
    const { step, change } = pairs[k]
    addScaled(direction, alphas[k] - dot(change, direction) / dot(step, change), step)
  }
  return direction
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a))

function addScaled(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += factor * b[i]
}
