/**
 * Scenes as the command line runs them: read, simulated, trained, judged, written.
 *
 *     const scene = loadScene('pendulum.yaml', { set: ['solver.rtol=1e-9'] })
 *     const trained = await trainScene(scene, { text: formatScene(scene), out: 'runs/pendulum' })
 *     const tests = rollouts(scene, trained)
 *     judge(scene, trained, tests) // [{ metric: 'energy_mse', value: 3.8e-4, below: 5e-4, met: true }]
 *     learnedScalars(trained) // { k: 1.355, c: 0.0122 }
 */
export { type RandomStream, randomStream } from './data/random.ts'
export type { DataSplit } from './data/series.ts'
export { judge, type Rollout, rollouts, type Verdict } from './evaluate.ts'
export { FileError } from './files/fileError.ts'
export { readTrajectory, type Trajectory, writeTrajectory } from './files/trajectory.ts'
export { predictionOf } from './predict.ts'
export { type CompiledSystem, compileSystem } from './problem/problem.ts'
export type {
  ModelDefinition,
  SystemDefinition,
  SystemFunction,
  SystemModule,
  Toolkit,
} from './problem/systemModule.ts'
export { loadParameters } from './run/checkpoint.ts'
export { learnedScalars } from './run/result.ts'
export {
  formatScene,
  loadScene,
  parseScene,
  type Scene,
  SceneError,
  type SceneOptions,
  shippedScenes,
} from './scene/index.ts'
export { SimulationError, simulate, trajectoryOf } from './simulate.ts'
export { type TrainedSystem, type TrainOptions, trainScene } from './train.ts'
export { type LbfgsState, lbfgsState, lbfgsStep } from './training/optimizers/lbfgs.ts'
export type { Series } from './training/windows.ts'
export {
  type CompiledField,
  type CompiledFunction,
  compileModel,
  type ModelFunction,
  type VectorFieldOptions,
  vectorField,
} from './vectorField.ts'
export { version } from './version.ts'
