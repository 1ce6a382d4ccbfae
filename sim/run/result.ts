import { join } from 'node:path'
import type { Solution } from '../../solvers/ode/index.ts'
import type { Verdict } from '../evaluate.ts'
import { writeAtomically } from '../files/atomic.ts'
import type { ParameterEstimate } from '../parameterEstimates.ts'
import type { Scene } from '../scene/index.ts'
import type { TrainedSystem } from '../train.ts'
import { version } from '../version.ts'

/** Writes `RUN/result.json`: the criteria, what was learned of the physics, losses, seconds, versions. */
export function writeResult(
  run: string,
  scene: string,
  trained: TrainedSystem,
  verdicts: readonly Verdict[],
  estimates: readonly ParameterEstimate[] = [],
): void {
  const last = trained.metrics.at(-1)
  const result = {
    scene,
    met: verdicts.every(({ met }) => met),
    criteria: verdicts,
    parameters: learnedScalars(trained),
    estimates: Object.fromEntries(
      estimates.map(({ name, standardError, interval }) => [name, { standardError, interval }]),
    ),
    loss: last?.loss,
    validation: trained.state.best?.loss,
    epochs: last?.epoch,
    seconds: Number(trained.seconds.toFixed(3)),
    versions: { neurode: version, node: process.version },
  }
  writeAtomically(join(run, 'result.json'), `${JSON.stringify(result, null, 2)}\n`)
}

/** Writes what a simulation did: the criteria that it can meet, statistics, seconds, versions. */
export function writeSimulationResult(
  file: string,
  scene: Scene,
  { statistics }: Solution,
  verdicts: readonly Verdict[],
  milliseconds: number,
): void {
  const { method, rtol, atol } = scene.solver
  const result = {
    scene: scene.name,
    met: verdicts.every(({ met }) => met),
    criteria: verdicts,
    solver: { method, rtol, atol },
    statistics,
    seconds: Number((milliseconds / 1e3).toFixed(6)),
    versions: { neurode: version, node: process.version },
  }
  writeAtomically(file, `${JSON.stringify(result, null, 2)}\n`)
}

/** The learned physical parameters by name, in the scene's units. */
export function learnedScalars({ system }: Pick<TrainedSystem, 'system'>): Record<string, number> {
  const { field, model } = system
  return Object.fromEntries(
    model.scalars.map(({ name, value }, k) => [name, value(field.parameters[field.blocks[k].offset])]),
  )
}
