import { z } from 'zod'
import type { AdamState } from './optimizers/adam.ts'
import type { LbfgsState } from './optimizers/lbfgs.ts'
import type { LevenbergMarquardtState } from './optimizers/levenbergMarquardt.ts'
import type { Stage } from './plan.ts'
import { cutWindows, type Series } from './windows.ts'

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

const count = z.int().nonnegative()
const packedJson = z.object({
  stage: count,
  epoch: count,
  rollbacks: count,
  random: z
    .array(
      z
        .number()
        .nullable()
        .transform(value => value ?? Number.NaN),
    )
    .length(5),
  optimizer: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('adam') }),
      z.object({ kind: z.literal('lbfgs'), pairs: count }),
      z.object({ kind: z.literal('levenberg-marquardt') }),
    ])
    .nullable(),
  series: count,
})

/**
 * The inverse of `packTrainerState`.
 * @throws Error that says, in a line, what is missing or wrong
 */
export function unpackTrainerState(arrays: Record<string, Float64Array>, json: object): TrainerState {
  const parsed = packedJson.safeParse(json)
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues
    throw new Error(`${path.join('.')}: ${message}`)
  }
  const array = (name: string): Float64Array => {
    if (!(arrays[name] instanceof Float64Array)) throw new Error(`there is no array '${name}'`)
    return arrays[name]
  }
  const { stage, epoch, rollbacks, random, optimizer, series } = parsed.data
  const [rateFactor, loss, window] = array('scalars')
  return {
    stage,
    epoch,
    theta: array('theta'),
    initialStates: array('initial_states'),
    estimates: Array.from({ length: series }, (_, k) => array(`estimate.${k}`)),
    optimizer: optimizer && unpackOptimizer(optimizer, array),
    rateFactor,
    rollbacks,
    random,
    best: arrays.best ? { theta: arrays.best, loss, window } : null,
  }
}

function unpackOptimizer(
  saved: NonNullable<z.output<typeof packedJson>['optimizer']>,
  array: (name: string) => Float64Array,
): OptimizerState {
  if (saved.kind === 'adam') {
    const state = { mean: array('adam.mean'), square: array('adam.square'), updates: array('adam.updates') }
    return { kind: 'adam', state }
  }
  if (saved.kind === 'lbfgs') {
    const pairs = Array.from({ length: saved.pairs }, (_, k) => ({
      step: array(`lbfgs.step.${k}`),
      change: array(`lbfgs.change.${k}`),
    }))
    const [value] = array('lbfgs.value')
    return { kind: 'lbfgs', state: { pairs, value, gradient: array('lbfgs.gradient') } }
  }
  const [damping, growth, value] = array('levenberg-marquardt')
  return { kind: 'levenberg-marquardt', state: { damping, growth, value } }
}

/** Why a saved state cannot go on with a model of p parameters and n states, these series and stages; null if it can. */
export function misfit(
  state: TrainerState,
  p: number,
  n: number,
  series: readonly Series[],
  stages: readonly Stage[],
): string | null {
  if (state.theta.length !== p) {
    return `it has ${state.theta.length} learned numbers, but the model of the scene has ${p}`
  }
  const sameData =
    state.estimates.length === series.length &&
    state.estimates.every((estimate, k) => estimate.length === series[k].t.length * n)
  if (!sameData) return 'it was trained on other data than the scene has'
  const stage = stages[state.stage]
  if (!stage || state.epoch === 0) return null
  const windows = cutWindows(series, stage.length).length
  if (state.epoch > stage.epochs || state.initialStates.length !== windows * n) {
    return 'it was trained with other windows or epochs than the scene has'
  }
  return null
}
