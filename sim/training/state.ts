import type { AdamState } from './optimizers/adam.ts'
import type { LbfgsState } from './optimizers/lbfgs.ts'
import type { LevenbergMarquardtState } from './optimizers/levenbergMarquardt.ts'

export type OptimizerState =
  | { readonly kind: 'adam'; readonly state: AdamState }
  | { readonly kind: 'lbfgs'; readonly state: LbfgsState }
  | { readonly kind: 'levenberg-marquardt'; readonly state: LevenbergMarquardtState }

/** Everything that decides how training goes on: saved whole, it continues to the same bits. */
export interface TrainerState {
  stage: number
  /** Epochs done in this stage. */
  epoch: number
  theta: Float64Array
  /** z of the current stage's windows. */
  initialStates: Float64Array
  /** The state at each sample of each series (T × n), as last estimated. */
  readonly estimates: Float64Array[]
  optimizer: OptimizerState | null
  /** Halved at each rollback. */
  rateFactor: number
  rollbacks: number
  /** The random stream's state. */
  random: readonly number[]
  /** θ with the least validation loss at the longest windows so far. */
  best: { readonly theta: Float64Array; readonly loss: number; readonly window: number } | null
}

export function initialTrainerState(
  theta: Float64Array,
  estimates: readonly Float64Array[],
  random: readonly number[],
): TrainerState {
  return {
    stage: 0,
    epoch: 0,
    theta: theta.slice(),
    initialStates: new Float64Array(0),
    estimates: estimates.map(estimate => estimate.slice()),
    optimizer: null,
    rateFactor: 1,
    rollbacks: 0,
    random,
    best: null,
  }
}

type StateOf<K extends OptimizerState['kind']> = Extract<OptimizerState, { kind: K }>['state']

/** The optimizer's state as it stands, or a new one where there is none. */
export function restoreOptimizer<K extends OptimizerState['kind']>(
  state: TrainerState,
  kind: K,
  begin: () => StateOf<K>,
): StateOf<K> {
  if (state.optimizer?.kind !== kind) state.optimizer = { kind, state: begin() } as OptimizerState
  return state.optimizer.state as StateOf<K>
}

/** The state as named arrays and a small JSON object, for a checkpoint. */
export function packTrainerState(state: TrainerState): {
  arrays: Record<string, Float64Array>
  json: object
} {
  const arrays: Record<string, Float64Array> = { theta: state.theta, initial_states: state.initialStates }
  state.estimates.forEach((estimate, k) => {
    arrays[`estimate.${k}`] = estimate
  })
  if (state.best) arrays.best = state.best.theta
  let optimizer: object | null = null
  if (state.optimizer?.kind === 'adam') {
    const { mean, square, updates } = state.optimizer.state
    Object.assign(arrays, { 'adam.mean': mean, 'adam.square': square, 'adam.updates': updates })
    optimizer = { kind: 'adam' }
  } else if (state.optimizer?.kind === 'lbfgs') {
    const { pairs, value, gradient } = state.optimizer.state
    arrays['lbfgs.gradient'] = gradient
    arrays['lbfgs.value'] = Float64Array.of(value)
    pairs.forEach(({ step, change }, k) => {
      Object.assign(arrays, { [`lbfgs.step.${k}`]: step, [`lbfgs.change.${k}`]: change })
    })
    optimizer = { kind: 'lbfgs', pairs: pairs.length }
  } else if (state.optimizer?.kind === 'levenberg-marquardt') {
    const { damping, growth, value } = state.optimizer.state
    arrays['levenberg-marquardt'] = Float64Array.of(damping, growth, value)
    optimizer = { kind: 'levenberg-marquardt' }
  }
  arrays.scalars = Float64Array.of(
    state.rateFactor,
    state.best?.loss ?? Number.NaN,
    state.best?.window ?? Number.NaN,
  )
  const { stage, epoch, rollbacks, random } = state
  const json = { stage, epoch, rollbacks, random, optimizer, series: state.estimates.length }
  return { arrays, json }
}

interface PackedJson {
  stage: number
  epoch: number
  rollbacks: number
  random: number[]
  optimizer: { kind: OptimizerState['kind']; pairs?: number } | null
  series: number
}

/** The inverse of `packTrainerState`. */
export function unpackTrainerState(arrays: Record<string, Float64Array>, json: object): TrainerState {
  const { stage, epoch, rollbacks, random, optimizer: saved, series } = json as PackedJson
  const [rateFactor, loss, window] = arrays.scalars
  let optimizer: OptimizerState | null = null
  if (saved?.kind === 'adam') {
    const state = {
      mean: arrays['adam.mean'],
      square: arrays['adam.square'],
      updates: arrays['adam.updates'],
    }
    optimizer = { kind: 'adam', state }
  } else if (saved?.kind === 'lbfgs') {
    const pairs = Array.from({ length: saved.pairs ?? 0 }, (_, k) => ({
      step: arrays[`lbfgs.step.${k}`],
      change: arrays[`lbfgs.change.${k}`],
    }))
    const state = { pairs, value: arrays['lbfgs.value'][0], gradient: arrays['lbfgs.gradient'] }
    optimizer = { kind: 'lbfgs', state }
  } else if (saved?.kind === 'levenberg-marquardt') {
    const [damping, growth, value] = arrays['levenberg-marquardt']
    optimizer = { kind: 'levenberg-marquardt', state: { damping, growth, value } }
  }
  return {
    stage,
    epoch,
    theta: arrays.theta,
    initialStates: arrays.initial_states,
    estimates: Array.from({ length: series }, (_, k) => arrays[`estimate.${k}`]),
    optimizer,
    rateFactor,
    rollbacks,
    random,
    best: arrays.best ? { theta: arrays.best, loss, window } : null,
  }
}
