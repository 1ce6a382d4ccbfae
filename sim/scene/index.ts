export { formatScene } from './formatScene.ts'
export { loadScene, parseScene, type SceneOptions } from './loadScene.ts'
export { type Mistake, SceneError } from './sceneError.ts'
export type { SceneFormula } from './schema/formula.ts'
export type {
  Criterion,
  DataSection,
  EquationsSystem,
  HamiltonianScene,
  HeatSystem,
  LagrangianScene,
  Learn,
  ModuleSystem,
  NetworkSpec,
  NetworkSystem,
  ParticlesSystem,
  RigidBodiesSystem,
  Scene,
  SolverSection,
  System,
  TrainingPhase,
  TrainingSection,
} from './schema/scene.ts'
export { type ShippedScene, shippedScenes } from './shipped.ts'
