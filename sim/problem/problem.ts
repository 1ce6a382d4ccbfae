import { implicitMethods } from '../../solvers/ode/implicit/methods.ts'
import type { StateEvent } from '../../solvers/ode/index.ts'
import { inputTable } from '../data/dataOf.ts'
import { randomStream } from '../data/random.ts'
import { FileError } from '../files/fileError.ts'
import type { Formula } from '../scene/formula/index.ts'
import type { Scene } from '../scene/index.ts'
import { type EventPlan, stateEvents } from '../stateEvents.ts'
import {
  type CompiledField,
  type CompiledFunction,
  compileModel,
  type ModelFunction,
} from '../vectorField.ts'
import { equationsModel } from './equations.ts'
import { eventsOf } from './events.ts'
import { hamiltonianModel } from './hamiltonian.ts'
import { heatModel } from './heat.ts'
import { learnedTerms } from './learnedTerms.ts'
import { measuredInputs } from './measuredInputs.ts'
import { mechanicsModel } from './mechanics.ts'
import type { Model } from './model.ts'
import { moduleModel } from './module.ts'
import { networkModel } from './network.ts'
import { particlesModel } from './particles.ts'
import { rigidBodiesModel } from './rigidBodies.ts'

/** A scene's system, compiled: its vector field, and what else is asked of a state; all share θ. */
export interface CompiledSystem {
  readonly model: Model
  readonly field: CompiledField
  readonly energy?: CompiledFunction
  readonly potential?: CompiledFunction
  readonly massMatrix?: CompiledFunction
  readonly constraints?: CompiledFunction
  readonly conductivity?: CompiledFunction
  readonly probes?: CompiledFunction
  readonly meshField?: CompiledFunction
  readonly frames?: CompiledFunction
  /** The observed values, under the names of `observationNames`. */
  readonly observation: CompiledFunction
  readonly observationNames: readonly string[]
  readonly eventPlans: readonly EventPlan[]
  /** For the integrator. */
  readonly events: readonly StateEvent[]
}

/**
 * Compiles the system of a scene: with `learn`, its model, whose networks begin from the seed; without, the ground truth.
 */
export async function compileSystem(scene: Scene, learn: boolean, seed = 0): Promise<CompiledSystem> {
  const model = await modelOf(scene, learn, seed)
  const observe = observationOf(scene, model.probes?.names ?? model.names)
  const others: Record<string, ModelFunction> = { observation: model.formulas(observe.formulas) }
  if (model.energy) others.energy = model.energy
  if (model.potential) others.potential = model.potential
  if (model.massMatrix) others.massMatrix = model.massMatrix
  if (model.constraints) others.constraints = model.constraints
  if (model.conductivity) others.conductivity = model.conductivity
  if (model.probes) others.probes = model.probes.values
  if (model.meshField) others.meshField = model.meshField.values
  if (model.frames) others.frames = model.frames.values
  const events = eventsOf(scene, model)
  Object.assign(others, events.functions)
  const { field, functions } = compileModel(model.derivative, others, {
    state: [model.names.length],
    names: model.names,
    parameters: model.parameters,
    mass: model.mass,
  })
  if (functions.constraints) checkStart(scene, model, functions.constraints)
  return {
    model,
    field,
    energy: functions.energy,
    potential: functions.potential,
    massMatrix: functions.massMatrix,
    constraints: functions.constraints,
    conductivity: functions.conductivity,
    probes: functions.probes,
    meshField: functions.meshField,
    frames: functions.frames,
    observation: functions.observation,
    observationNames: observe.names,
    eventPlans: events.plans,
    events: stateEvents(events.plans, functions, model.names.length),
  }
}

/** @throws FileError where the start is off a constraint by more than rounding of what is written. */
function checkStart(scene: Scene, model: Model, constraints: CompiledFunction): void {
  const g = new Float64Array(constraints.size)
  constraints.evaluate(scene.solver.span[0], model.start, g)
  const names = 'constraints' in scene.system ? Object.keys(scene.system.constraints ?? {}) : []
  const off = g.findIndex(value => !(Math.abs(value) < 1e-6))
  if (off >= 0)
    throw new FileError(
      scene.place,
      `the start does not obey the constraint \`${names[off]}\`: it is ${Number(g[off].toPrecision(4))}, not 0`,
    )
}

/** The scene's system in TensorFlow.js, not yet compiled. */
export async function modelOf(scene: Scene, learn: boolean, seed = 0): Promise<Model> {
  const { system } = scene
  const coordinates = system.type === 'lagrangian' ? Object.keys(system.coordinates).length : 0
  const random = randomStream(seed)
  const learned = learnedTerms(
    physicalParameters(scene),
    learn ? scene.learn : undefined,
    coordinates,
    random.uniform,
    scene.data?.inputs && measuredInputs(inputTable(scene)),
  )
  switch (system.type) {
    case 'equations':
      return equationsModel(system, learned, scene.solver.method in implicitMethods)
    case 'lagrangian':
      return mechanicsModel(system, learned)
    case 'hamiltonian':
      return hamiltonianModel(system, learned)
    case 'particles':
      return particlesModel(system, learned)
    case 'network':
      return networkModel(system, learned)
    case 'heat':
      return heatModel(scene, system, learned)
    case 'rigid-bodies':
      return rigidBodiesModel(system, learned)
    case 'module':
      return moduleModel(scene, system, learned, learn, random.uniform)
  }
}

/** The system's parameters, and those that only the model has (the scale of a sensor) at their start. */
function physicalParameters({ system, learn }: Scene): Record<string, number> {
  const starts = Object.entries(learn?.parameters ?? {}).map(([name, { start }]) => [
    name,
    start ?? Number.NaN,
  ])
  return { ...Object.fromEntries(starts), ...system.parameters }
}

/** What the data hold of a state: the formulas of `data.observe`, or the state itself, or probes of it. */
function observationOf(scene: Scene, names: readonly string[]): { names: string[]; formulas: Formula[] } {
  const observe = scene.data?.observe
  if (observe) return { names: Object.keys(observe), formulas: Object.values(observe) }
  return { names: [...names], formulas: names.map(name => ({ kind: 'name', name, start: 0 })) }
}
