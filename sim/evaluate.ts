import { FileError } from './files/fileError.ts'
import { endError } from './judgeSimulation.ts'
import type { CompiledSystem } from './problem/problem.ts'
import { evaluateFormula, type Formula, numberAlgebra } from './scene/formula/index.ts'
import type { Criterion, Scene } from './scene/index.ts'
import { along, simulateAsFar, solverTimes } from './simulate.ts'
import { statesOf } from './statesOf.ts'
import type { TrainedSystem } from './train.ts'
import { estimateStates } from './training/estimates.ts'
import { meanSquare, scaledDistance } from './training/metrics.ts'
import { estimateStart } from './training/startEstimate.ts'
import type { Series } from './training/windows.ts'

/** A criterion with its value, and whether it is met. */
export interface Verdict {
  readonly metric: string
  readonly value: number
  readonly below?: number
  readonly above?: number
  readonly met: boolean
}

/** A test series and the model's prediction of it: one rollout from the state at the first sample. */
export interface Rollout {
  /** From the last sample on that the prediction was given (`data.given`). */
  readonly series: Series
  /** T × n; NaN from where the trajectory fails. */
  readonly y: Float64Array
  /** T × m, what would be observed. */
  readonly observed: Float64Array
  /** Why the trajectory failed. */
  readonly failure?: string
}

/**
 * That the true system has what the scene's criteria need: to be asked before training. Of systems other than modules, the
 * scene's own check has asked already.
 * @throws FileError
 */
export function checkCriteria(scene: Scene, truth: CompiledSystem): void {
  for (const { metric, energy } of scene.criteria) {
    const needed =
      metric === 'mass_matrix_error'
        ? 'massMatrix'
        : metric === 'energy_drift' || (metric === 'energy_mse' && !energy)
          ? 'energy'
          : undefined
    if (needed && !truth[needed])
      throw new FileError(
        scene.place,
        `the criterion ${metric} needs \`${needed}\`, which the system's module does not give`,
      )
  }
}

/** Rollouts over the test series, or over the training series where there is no test. */
export function rollouts(scene: Scene, trained: TrainedSystem): Rollout[] {
  const { system, data } = trained
  const series = data.test.length > 0 ? data.test : data.train
  return series.map(whole => {
    const { series: one, start } = beginning(scene, system, whole)
    const n = system.field.dimension
    const { y: reached, failure } = simulateAsFar(scene, system, start, one.t)
    const y = new Float64Array(one.t.length * n).fill(Number.NaN)
    y.set(reached)
    return { series: one, y, observed: along(system.observation, one.t, y), failure: failure?.message }
  })
}

/**
 * The samples to predict, the first of which is the last that is given, and the state there: what the given samples tell, or
 * of a single one that does not tell the state, what the series does.
 */
function beginning(
  scene: Scene,
  system: CompiledSystem,
  whole: Series,
): { series: Series; start: Float64Array } {
  const { field, observation } = system
  const [n, m] = [field.dimension, observation.size]
  const part = (from: number, to?: number): Series => ({
    t: whole.t.slice(from, to),
    values: whole.values.slice(from * m, to === undefined ? to : to * m),
  })
  const given = Math.min(scene.data?.given ?? 1, whole.t.length - 1)
  if (given <= 1) {
    const first = part(0, 1)
    const needsMore = first.values.some(Number.isNaN) || m < n
    return { series: whole, start: statesOf(scene, system, needsMore ? whole : first).slice(0, n) }
  }
  const seen = part(0, given)
  const states = statesOf(scene, system, seen)
  const integrate = (from: Float64Array, times: Float64Array) => simulateAsFar(scene, system, from, times)
  const first = estimateStart(field, observation, seen, states.slice(0, n), integrate)
  const start = first ? integrate(first, seen.t).y.slice(-n) : states.slice(-n)
  return { series: part(given - 1), start }
}

/** Every criterion of the scene with its value: NaN, and not met, where it needs a trajectory that fails. */
export function judge(scene: Scene, trained: TrainedSystem, tests: readonly Rollout[]): Verdict[] {
  return scene.criteria.map(criterion => {
    const value = metric(scene, criterion, trained, tests)
    const { metric: name, below, above } = criterion
    const met = (below === undefined || value < below) && (above === undefined || value > above)
    return { metric: name, value, below, above, met }
  })
}

function metric(
  scene: Scene,
  criterion: Criterion,
  trained: TrainedSystem,
  tests: readonly Rollout[],
): number {
  switch (criterion.metric) {
    case 'end_error':
      return endError(
        scene,
        trained.system.field.names,
        simulateAsFar(scene, trained.system, trained.system.model.start, solverTimes(scene)),
      )
    case 'energy_mse':
      return mean(tests.map(test => energyError(criterion.energy, trained, test)))
    case 'energy_drift':
      return energyDrift(scene, trained, tests)
    case 'mass_matrix_error':
      return massMatrixError(trained, tests)
    case 'conductivity_error':
      return conductivityError(trained, tests)
    case 'state_mse':
      return mean(tests.map(({ observed, series }) => meanSquareOf(observed, series.values)))
    case 'parameter_error':
      return parameterError(scene, trained)
    case 'training_loss':
      return Number(trained.metrics.at(-1)?.loss)
    case 'validation_loss':
      return trained.state.best?.loss ?? Number.NaN
    case 'valid_prediction_time':
      return mean(tests.map(test => validPredictionTime(test, criterion.threshold)))
    case 'test_loss':
      return mean(tests.map(({ observed, series }) => 0.5 * meanSquareOf(observed, series.values)))
  }
}

/**
 * How long a prediction holds, s: until the squared errors of all that is observed add up to the threshold at a sample (Lutter &
 * Peters, Combining physics and deep learning, IJRR 2023, "valid prediction time"); to the end, where they never do.
 */
function validPredictionTime({ series, observed }: Rollout, threshold = 0.01): number {
  const { t, values } = series
  const m = values.length / t.length
  for (let k = 0; k < t.length; k++) {
    let sum = 0
    for (let j = 0; j < m; j++) {
      const data = values[k * m + j]
      if (!Number.isNaN(data)) sum += (observed[k * m + j] - data) ** 2
    }
    if (!(sum < threshold)) return t[k] - t[0]
  }
  return t[t.length - 1] - t[0]
}

/** Mean square over the values that were measured. */
function meanSquareOf(predicted: ArrayLike<number>, measured: ArrayLike<number>): number {
  const known = Array.from(measured, (_, k) => k).filter(k => !Number.isNaN(measured[k]))
  return meanSquare(
    known.map(k => predicted[k]),
    known.map(k => measured[k]),
  )
}

/** The states that the observed values of a series tell, T × n; NaN at samples where one is missing. */
function measuredStates({ system }: TrainedSystem, series: Series): Float64Array {
  const { field, model, observation } = system
  const m = observation.size
  const states = estimateStates(series, observation, field, model.start)
  series.t.forEach((_, k) => {
    const missing = series.values.subarray(k * m, (k + 1) * m).some(Number.isNaN)
    if (missing) states.fill(Number.NaN, k * field.dimension, (k + 1) * field.dimension)
  })
  return states
}

/**
 * Mean over time of (E(predicted) − E(measured))². E is a formula over what is observed, or the true energy of the state
 * (Greydanus, Dzamba & Yosinski, Hamiltonian Neural Networks, NeurIPS 2019, "energy MSE").
 */
function energyError(
  energy: Formula | undefined,
  trained: TrainedSystem,
  { series, y, observed }: Rollout,
): number {
  const { truth } = trained
  const { t, values } = series
  if (!energy) {
    return meanSquareOf(along(truth.energy!, t, y), along(truth.energy!, t, measuredStates(trained, series)))
  }
  const names = truth.observationNames
  const energies = (array: Float64Array) =>
    Array.from(t, (_, k) =>
      evaluateFormula(
        energy,
        numberAlgebra,
        new Map(names.map((name, j) => [name, array[k * names.length + j]])),
      ),
    )
  return meanSquareOf(energies(observed), energies(values))
}

/**
 * Mean over the test starts of |E(y(t_end)) − E(y(0))| / ΔV: the true energy along the model's own motion over the scene's
 * span, relative to the range of the true potential energy over the training data (Cranmer et al., Lagrangian Neural
 * Networks, 2020, who divide by the largest potential energy).
 */
function energyDrift(scene: Scene, trained: TrainedSystem, tests: readonly Rollout[]): number {
  const { system, truth, data } = trained
  let [lowest, highest] = [Infinity, -Infinity]
  for (const series of data.train) {
    for (const v of along(truth.potential ?? truth.energy!, series.t, measuredStates(trained, series))) {
      if (v < lowest) lowest = v
      if (v > highest) highest = v
    }
  }
  const [begin, end] = scene.solver.span
  const drifts = tests.map(({ y }) => {
    const start = y.slice(0, system.field.dimension)
    const { t, y: ends } = simulateAsFar(scene, system, start, [begin, end])
    const [first, last = Number.NaN] = along(truth.energy!, t, ends)
    return Math.abs(last - first) / (highest - lowest)
  })
  return mean(drifts)
}

/** min_c ‖c·M_θ − M‖/‖M‖ over the states of the rollouts. */
function massMatrixError({ system, truth }: TrainedSystem, tests: readonly Rollout[]): number {
  const matrices = (part: CompiledSystem) =>
    tests.map(({ series, y }) => along(part.massMatrix!, series.t, y))
  return scaledDistance(matrices(system), matrices(truth))
}

/** ‖k_θ − k‖/‖k‖ over the triangles of a mesh and the states of the rollouts. */
function conductivityError({ system, truth }: TrainedSystem, tests: readonly Rollout[]): number {
  const values = (part: CompiledSystem) =>
    tests.flatMap(({ series, y }) => Array.from(along(part.conductivity!, series.t, y)))
  const [found, wanted] = [values(system), values(truth)]
  return Math.sqrt(meanSquare(found, wanted) / mean(wanted.map(k => k * k)))
}

/** Largest relative error of a learned parameter against the scene's own value. */
function parameterError(scene: Scene, { system }: TrainedSystem): number {
  const truth: Readonly<Record<string, number>> = scene.system.parameters
  const errors = system.model.scalars.map(({ name, value }, k) =>
    name in truth
      ? Math.abs(value(system.field.parameters[system.field.blocks[k].offset]) / truth[name] - 1)
      : 0,
  )
  return Math.max(...errors)
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
