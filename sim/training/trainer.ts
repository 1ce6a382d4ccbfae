import type { RandomStream } from '../data/random.ts'
import { createTeam, type Team } from '../parallel/team.ts'
import { adamState, adamStep, clipNorm } from './optimizers/adam.ts'
import { lbfgsState, lbfgsStep } from './optimizers/lbfgs.ts'
import { levenbergMarquardtState, levenbergMarquardtStep } from './optimizers/levenbergMarquardt.ts'
import { rateAt, type Stage } from './plan.ts'
import { createShooting, type ShootingProblem } from './shooting.ts'
import { restoreOptimizer, type TrainerState } from './state.ts'
import { cutWindows, type Series, type Window } from './windows.ts'
import { createWindowTeam, type WindowTeam } from './windowTeam.ts'

/** What one epoch did. */
export interface EpochReport {
  /** Epochs so far, over all phases, and in all. */
  readonly epoch: number
  readonly epochs: number
  readonly phase: number
  readonly optimizer: string
  /** Window length, seconds. */
  readonly window: number
  /** Mean of ½r² over the measured values, continuity included. */
  readonly loss: number
  /** The same without continuity on series kept apart, from their measured initial states; NaN where there are none. */
  readonly validation: number
  /** Windows whose trajectory failed. */
  readonly failed: number
  /** Set where the optimizer could not go on or training was rolled back. */
  readonly note?: string
}

export interface TrainerHooks {
  /** After each epoch, with a state that may be saved; return false to stop. */
  onEpoch?(report: EpochReport, state: TrainerState): boolean | undefined
}

/** Training could not go on: it diverged again and again, or no trajectory exists at the start. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError'
}

const mostRollbacks = 5

/** Series kept apart, to judge θ by. */
export interface Validation {
  readonly series: readonly Series[]
  /** The states of a series' samples (T × n) that explain what was observed best, under the field's θ. */
  estimate(series: Series): Float64Array
}

/**
 * Trains θ (in place, in `problem.field.parameters`) through all stages, from where `state` stands. The result depends on
 * the problem, the stages and the state alone: a run that stops and goes on from a saved state gives the same bits.
 *
 * @param validation judged after each epoch; the θ with the least loss over the longest windows is kept in `state.best`,
 *   and is the result
 * @throws TrainingError
 */
export function train(
  problem: ShootingProblem,
  stages: readonly Stage[],
  state: TrainerState,
  random: RandomStream,
  validation: Validation,
  hooks: TrainerHooks = {},
  team: Team = createTeam({ threads: 1 }),
): void {
  const { field } = problem
  const [n, p] = [field.dimension, field.parameterCount]
  const shooting = createShooting(problem)
  const validationProblem = { ...problem, series: validation.series, continuity: 0 }
  const validationShooting = createShooting(validationProblem)
  const total = stages.reduce((sum, stage) => sum + stage.epochs, 0)
  let done = stages.slice(0, state.stage).reduce((sum, stage) => sum + stage.epochs, 0) + state.epoch

  for (; state.stage < stages.length; state.stage++, state.epoch = 0) {
    const stage = stages[state.stage]
    const windows = cutWindows(problem.series, stage.length)
    if (state.epoch === 0) {
      state.initialStates = startOf(windows, state.estimates, n)
      state.optimizer = null
    }
    const x = new Float64Array(p + windows.length * n)
    const windowTeam = createWindowTeam(problem, shooting, windows, team)
    const validationWindows = cutWindows(validation.series, stage.length)
    const validationTeam = createWindowTeam(validationProblem, validationShooting, validationWindows, team)
    const epochOf = { adam: adamEpoch, lbfgs: lbfgsEpoch, 'levenberg-marquardt': marquardtEpoch }[
      stage.phase.optimizer
    ]
    const runEpoch = epochOf(stage, windows, windowTeam, x)
    while (state.epoch < stage.epochs) {
      x.set(state.theta)
      x.set(state.initialStates, p)
      const { loss, failed, note, converged } = runEpoch()
      state.theta = x.slice(0, p)
      state.initialStates = x.slice(p)
      field.parameters.set(state.theta)
      state.epoch = converged ? stage.epochs : state.epoch + 1
      done = stages.slice(0, state.stage).reduce((sum, s) => sum + s.epochs, 0) + state.epoch
      const judged = validationLoss(validationWindows, validationTeam)
      if (validationWindows.length > 0) {
        const { best } = state
        if (!best || stage.length > best.window || (stage.length === best.window && !(judged >= best.loss)))
          state.best = { theta: state.theta, loss: judged, window: stage.length }
      }
      state.random = random.state()
      if (state.epoch === stage.epochs) updateEstimates(windows)
      const report = {
        epoch: done,
        epochs: total,
        phase: stage.phaseIndex,
        optimizer: stage.phase.optimizer,
        window: stage.length,
        loss,
        validation: judged,
        failed,
        note,
      }
      if (hooks.onEpoch?.(report, state) === false) return
    }
  }
  if (state.best) state.theta = state.best.theta.slice()
  field.parameters.set(state.theta)

  interface EpochResult {
    loss: number
    failed: number
    note?: string
    converged?: boolean
  }

  function adamEpoch(
    stage: Stage,
    windows: readonly Window[],
    windowTeam: WindowTeam,
    x: Float64Array,
  ): () => EpochResult {
    const optimizer = restoreOptimizer(state, 'adam', () => adamState(x.length))
    const gradient = new Float64Array(x.length)
    const order = Int32Array.from(windows, (_, k) => k)
    const thetaGradient = gradient.subarray(0, p)
    const stateGradient = (k: number) => gradient.subarray(p + k * n, p + (k + 1) * n)

    return () => {
      const before = { x: x.slice(), mean: optimizer.mean.slice(), square: optimizer.square.slice() }
      const updates = optimizer.updates.slice()
      order.forEach((_, k) => {
        order[k] = k
      })
      random.shuffle(order)
      let [loss, counted, failed] = [0, 0, 0]
      let firstFailure: string | undefined
      for (let first = 0; first < order.length; first += stage.phase.batch) {
        const batch = order.subarray(first, first + stage.phase.batch)
        const touched = new Set<number>()
        let values = 0
        const losses = windowTeam.gradient(x, batch, gradient)
        for (const k of batch) {
          const window = windows[k]
          if (losses[k] === Infinity) {
            failed++
            firstFailure ??= whyFails(window, x, k)
            continue
          }
          touched.add(k)
          if (window.next >= 0) touched.add(window.next)
          loss += losses[k]
          values += shooting.measuredValues([window])
        }
        if (values === 0) continue
        counted += values
        for (let i = 0; i < p; i++) thetaGradient[i] /= values
        for (const k of touched) {
          const part = stateGradient(k)
          for (let i = 0; i < n; i++) part[i] /= values
        }
        clipNorm(thetaGradient, stage.phase.clip)
        const progress = state.epoch + stage.offset + first / order.length
        const rate = rateAt(stage.phase, progress) * state.rateFactor
        adamStep(x, gradient, optimizer, { rate, decay: stage.phase.decay }, 0, p)
        for (const k of [...touched].sort((a, b) => a - b)) {
          adamStep(x, gradient, optimizer, { rate: 0.1 * rate }, p + k * n, p + (k + 1) * n)
        }
      }
      if (failed > windows.length / 2 || !Number.isFinite(loss) || !x.every(Number.isFinite)) {
        x.set(before.x)
        optimizer.mean.set(before.mean)
        optimizer.square.set(before.square)
        optimizer.updates.set(updates)
        state.rateFactor /= 2
        if (++state.rollbacks > mostRollbacks) {
          throw new TrainingError(
            `training diverged ${state.rollbacks} times: ${failed} of ${windows.length} windows fail` +
              `${firstFailure ? ` (${firstFailure})` : ''}. Lower training.optimizer.lr or start with shorter windows.`,
          )
        }
        const note = `diverged (${firstFailure ?? 'parameters not finite'}): rolled back, step size halved`
        return { loss: Number.NaN, failed, note }
      }
      return { loss: loss / counted, failed }
    }
  }

  function lbfgsEpoch(
    _stage: Stage,
    windows: readonly Window[],
    { objective }: WindowTeam,
    x: Float64Array,
  ): () => EpochResult {
    return () => {
      const optimizer = restoreOptimizer(state, 'lbfgs', () => lbfgsState(objective, x))
      if (optimizer.value === Infinity) throw startFailure(windows)
      const converged = !lbfgsStep(objective, x, optimizer)
      return { loss: optimizer.value, failed: 0, converged, note: converged ? 'converged' : undefined }
    }
  }

  function marquardtEpoch(
    _stage: Stage,
    windows: readonly Window[],
    { leastSquares: residuals }: WindowTeam,
    x: Float64Array,
  ): () => EpochResult {
    return () => {
      const optimizer = restoreOptimizer(state, 'levenberg-marquardt', () => {
        const start = levenbergMarquardtState(residuals, x)
        if (!start) throw startFailure(windows)
        return start
      })
      const converged = !levenbergMarquardtStep(residuals, x, optimizer)
      return { loss: optimizer.value, failed: 0, converged, note: converged ? 'converged' : undefined }
    }
  }

  function startFailure(windows: readonly Window[]): TrainingError {
    const x = new Float64Array(p + windows.length * n)
    x.set(state.theta)
    x.set(state.initialStates, p)
    for (const [k, window] of windows.entries()) {
      const reason = whyFails(window, x, k)
      if (reason !== undefined) {
        const t = problem.series[window.series].t[window.begin]
        return new TrainingError(
          `no trajectory from t = ${t} at the start of training: ${reason.replace(/\.$/, '')}. ` +
            'Start with shorter windows (training.window.from) or other initial parameters.',
        )
      }
    }
    return new TrainingError('the loss is not finite at the start of training')
  }

  /** Why there is no loss of window k at x, if so. */
  function whyFails(window: Window, x: Float64Array, k: number): string | undefined {
    field.parameters.set(x.subarray(0, p))
    const z = x.slice(p + k * n, p + (k + 1) * n)
    return shooting.gradient(window, z, null, new Float64Array(n), null, new Float64Array(p)).failure
  }

  /** The states that the current windows' trajectories pass through: where the next stage's windows begin. */
  function updateEstimates(windows: readonly Window[]): void {
    field.parameters.set(state.theta)
    for (const [k, window] of windows.entries()) {
      const y = shooting.states(window, state.initialStates.slice(k * n, (k + 1) * n))
      if (!y) continue
      const samples = window.end - window.begin + (window.next < 0 ? 1 : 0)
      state.estimates[window.series].set(y.subarray(0, samples * n), window.begin * n)
    }
  }

  function validationLoss(windows: readonly Window[], windowTeam: WindowTeam): number {
    if (windows.length === 0) return Number.NaN
    const x = new Float64Array(p + windows.length * n)
    x.set(state.theta)
    x.set(startOf(windows, validation.series.map(validation.estimate), n), p)
    const loss = windowTeam.losses(x).reduce((sum, value) => sum + value, 0)
    return loss / validationShooting.measuredValues(windows)
  }
}

/** The estimated states at the first samples of the windows: [z₀, z₁, …]. */
function startOf(windows: readonly Window[], estimates: readonly Float64Array[], n: number): Float64Array {
  const z = new Float64Array(windows.length * n)
  windows.forEach(({ series, begin }, k) => {
    z.set(estimates[series].subarray(begin * n, (begin + 1) * n), k * n)
  })
  return z
}
