import type { Rollout } from './evaluate.ts'
import type { Trajectory } from './files/trajectory.ts'
import type { Scene } from './scene/index.ts'
import { simulate, simulateAsFar, solverTimes, trajectoryOf } from './simulate.ts'
import type { TrainedSystem } from './train.ts'
import { estimateStates } from './training/estimates.ts'

/**
 * What the viewer shows of a trained scene. Measured data: the first rollout over the test series, beside the states that
 * were measured. Simulated data: the scene's own start, integrated by the model and by the truth. The model's trajectory
 * ends where it fails.
 */
export function predictionOf(scene: Scene, trained: TrainedSystem, tests: readonly Rollout[]): Trajectory {
  const { system, truth } = trained
  if (scene.data?.simulate || tests.length === 0) {
    const predicted = simulateAsFar(scene, system, truth.model.start, solverTimes(scene))
    const expected = simulate(scene, truth, truth.model.start)
    return trajectoryOf(scene, system, predicted, { system: truth, t: expected.t, y: expected.y })
  }
  const [{ series, y }] = tests
  const start = y.slice(0, system.field.dimension)
  const span: [number, number] = [series.t[0], series.t[series.t.length - 1]]
  const predicted = simulateAsFar(scene, system, start, { span, saveEvery: scene.solver.save_every })
  const measured = estimateStates(series, system.observation, system.field, start)
  return trajectoryOf(scene, system, predicted, { system: truth, t: series.t, y: measured })
}
