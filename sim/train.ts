import { isProfileRequested } from '../compiler/profile.ts'
import { dataOf } from './data/dataOf.ts'
import { randomStream } from './data/random.ts'
import type { DataSplit } from './data/series.ts'
import { checkCriteria } from './evaluate.ts'
import { FileError } from './files/fileError.ts'
import { furtherFor } from './furtherDerivatives.ts'
import { createTeam } from './parallel/team.ts'
import { type CompiledSystem, compileSystem } from './problem/problem.ts'
import { beginRun, isUnbegun, type MetricsLine, readCheckpoint, writeCheckpoint } from './run/checkpoint.ts'
import { sceneDifference } from './run/sceneDifference.ts'
import type { Scene } from './scene/index.ts'
import { solverOptions } from './simulate.ts'
import { statesOf } from './statesOf.ts'
import { type Phase, stagesOf } from './training/plan.ts'
import type { ShootingProblem } from './training/shooting.ts'
import { initialTrainerState, misfit, type TrainerState } from './training/state.ts'
import { type EpochReport, type TrainerHooks, train, type Validation } from './training/trainer.ts'
import type { Series } from './training/windows.ts'

export interface TrainOptions {
  /** The scene as resolved, for the checkpoint. */
  readonly text: string
  /** Folder of the run. */
  readonly out: string
  readonly resume?: boolean
  /** Of the networks' first weights and the order of the windows; a resumed run has its own. */
  readonly seed?: number
  /** Replaces the epochs of every phase, in proportion; a resumed run has its own. */
  readonly epochs?: number
  /** Threads that evaluate windows; default: one for each core. The result is the same, to the bit, for any number. */
  readonly threads?: number
  /** @param current the system as it is now, to look at; its arrays go on changing */
  onEpoch?(report: EpochReport, current: () => TrainedSystem): void
}

/** A trained system, and what it was trained on. */
export interface TrainedSystem {
  readonly truth: CompiledSystem
  readonly system: CompiledSystem
  readonly data: DataSplit
  readonly state: TrainerState
  readonly metrics: readonly MetricsLine[]
  readonly seconds: number
}

/** At most this fraction of the time goes into checkpoints. */
const checkpointShare = 0.02

/** Training alone for so long comes before other threads are started, in milliseconds: short training needs none. */
const patience = 300

/**
 * Trains a scene's model through all phases of its `training`, with checkpoints; resumed, it goes on from the last one to
 * the same bits as a run that was never stopped.
 *
 * @throws FileError, SceneError, SimulationError (data), TrainingError
 */
export async function trainScene(scene: Scene, options: TrainOptions): Promise<TrainedSystem> {
  const start = performance.now()
  const saved = options.resume && !isUnbegun(options.out) ? readCheckpoint(options.out) : null
  beginRun(options.out)
  const seed = saved?.seed ?? options.seed ?? scene.training!.seed
  const epochs = saved ? saved.epochs : options.epochs
  const change = saved && sceneDifference(saved.scene, options.text)
  if (change) {
    throw new FileError(
      options.out,
      `the run was begun with another \`${change}\` than ${scene.place} has: a run goes on as it began`,
    )
  }
  const truth = await compileSystem(scene, false)
  checkCriteria(scene, truth)
  const system = await compileSystem(scene, true, seed)
  const data = dataOf(scene, truth)
  const { field } = system
  if (field.parameterCount === 0)
    throw new FileError(scene.place, '`learn` names nothing that can be learned')
  const problem = shootingProblem(scene, system, data.train)
  const stages = stagesOf(phasesOf(scene, data.train, epochs))
  const reason = saved && misfit(saved.state, field.parameterCount, field.dimension, data.train, stages)
  if (reason) throw new FileError(options.out, `the checkpoint does not belong to ${scene.place}: ${reason}`)

  const estimate = (series: Series) => statesOf(scene, system, series)
  const state =
    saved?.state ??
    initialTrainerState(field.parameters, data.train.map(estimate), randomStream(seed + 1).state())
  field.parameters.set(state.theta)
  const validation: Validation = {
    series: data.validation,
    estimate: system.observation.usesParameters ? estimate : onceEach(estimate),
  }

  const metrics: MetricsLine[] = [...(saved?.metrics ?? [])]
  const secondsBefore = Number(metrics.at(-1)?.seconds ?? 0)
  const seconds = () => secondsBefore + (performance.now() - start) / 1e3
  let nextSave = 0
  const save = () => {
    const begun = performance.now()
    writeCheckpoint(options.out, { scene: options.text, seed, epochs, blocks: field.blocks, state, metrics })
    const end = performance.now()
    nextSave = end + (end - begun) / checkpointShare
  }
  if (!saved) save()
  const current = () => ({ truth, system, data, state, metrics, seconds: seconds() })
  const hooks: TrainerHooks = {
    onEpoch(report) {
      metrics.push({ ...report, seconds: Number(seconds().toFixed(3)) })
      options.onEpoch?.(report, current)
      if (performance.now() > nextSave) save()
      return undefined
    },
  }
  // a profile is of one thread
  const threads = isProfileRequested() ? 1 : options.threads
  const team = createTeam({ threads, startAfter: patience })
  try {
    train(problem, stages, state, randomStream(state.random), validation, hooks, team)
  } finally {
    team.close()
  }
  save()
  return current()
}

/** The function, evaluated once for each argument. */
function onceEach<Argument extends object, Result>(f: (x: Argument) => Result): (x: Argument) => Result {
  const results = new Map<Argument, Result>()
  return x => {
    if (!results.has(x)) results.set(x, f(x))
    return results.get(x)!
  }
}

/** The scene's data and model as a problem of multiple shooting. */
export function shootingProblem(
  scene: Scene,
  system: CompiledSystem,
  series: readonly Series[],
): ShootingProblem {
  const { field, observation, observationNames } = system
  const { shooting, weights, rtol, atol } = scene.training!
  const m = observationNames.length
  const variances = varianceOf(series, m)
  const scales = observationNames.map((name, j) => {
    const weight = weights[name]
    return weight === undefined ? Math.sqrt(variances[j]) : weight > 0 ? 1 / Math.sqrt(weight) : Infinity
  })
  const stateScales = field.names.map(name => {
    const k = observationNames.indexOf(name)
    return k >= 0 && Number.isFinite(scales[k]) ? scales[k] : 1
  })
  return {
    field,
    observation,
    eventPlans: system.eventPlans,
    huber: scene.training!.loss?.huber,
    startIsKnown: scene.training!.start === 'known',
    events: system.events,
    model: field.image(furtherFor(scene.solver.method, field)),
    series,
    ode: { ...solverOptions(scene), ...(rtol && { rtol }), ...(atol && { atol }) },
    scales: Float64Array.from(scales),
    continuity: shooting.continuity,
    stateScales: Float64Array.from(stateScales),
  }
}

/** Variance of each observed value over all series; 1 where it does not vary. */
function varianceOf(series: readonly Series[], m: number): number[] {
  return Array.from({ length: m }, (_, j) => {
    const values = series.flatMap(({ values }) =>
      [...values].filter((v, k) => k % m === j && !Number.isNaN(v)),
    )
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    return values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / values.length || 1
  })
}

/** The phases of a scene's training; without a window, whole series. */
function phasesOf(scene: Scene, series: readonly Series[], epochs?: number): Phase[] {
  const { phases } = scene.training!
  const longest = Math.max(...series.map(({ t }) => t[t.length - 1] - t[0]))
  const total = phases.reduce((sum, phase) => sum + phase.epochs, 0)
  /** Of the scene's epochs up to some point, those that are run: shares are rounded so that they add up. */
  const share = (until: number) => (epochs === undefined ? until : Math.round((until * epochs) / total))
  let before = 0
  return phases.map(({ optimizer, window, batch, epochs: own }) => {
    const count = share(before + own) - share(before)
    before += own
    const adam = optimizer.type === 'adam' ? optimizer : null
    return {
      optimizer: optimizer.type,
      epochs: count,
      window: {
        from: Math.min(window?.from ?? longest, longest),
        to: Math.min(window?.to ?? longest, longest),
      },
      rate: adam?.lr ?? 0,
      schedule: adam?.schedule ?? 'constant',
      batch,
      decay: adam?.decay ?? 0,
      clip: adam?.clip ?? Infinity,
    }
  })
}
