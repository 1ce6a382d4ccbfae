import { reshape, slice, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core'
import { vjp } from '../compiler/differentiate/index.ts'
import type { Graph, Node } from '../compiler/graph.ts'
import { input } from '../compiler/primitives.ts'
import { compile } from '../compiler/program.ts'
import { trace } from '../compiler/trace/index.ts'
import { symplectic, tableaus } from '../solvers/ode/methods/index.ts'
import type { LiveRun } from './files/liveRun.ts'
import type { Trajectory } from './files/trajectory.ts'
import { fieldSeries, massMatrixSeries, pointSeries, quaternionSeries } from './files/viewerSeries.ts'
import type { Points } from './problem/points.ts'
import { type CompiledSystem, modelOf } from './problem/problem.ts'
import { type Formula, substitute } from './scene/formula/index.ts'
import type { Scene } from './scene/index.ts'
import { parametersOf } from './simulate.ts'
import type { ModelFunction } from './vectorField.ts'

/** A larger system would not follow the hand. */
const mostComponents = 256
const mostBytes = 1e6

/** What a page needs to integrate a system itself. */
export interface LiveModel {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly run: LiveRun
}

/**
 * The model behind a trajectory as a WebAssembly module with all physical parameters as inputs, for the viewer's page.
 * Undefined where a page cannot follow it: events, mass matrices and implicit methods, measured inputs, large systems.
 *
 * @param learn whether `system` is what was learned, not the ground truth
 */
export async function liveModel(
  scene: Scene,
  system: CompiledSystem,
  learn: boolean,
): Promise<LiveModel | undefined> {
  const { method, rtol, atol, fixed_step } = scene.solver
  const n = system.field.dimension
  const explicit = method in tableaus || method in symplectic
  if (!explicit || n > mostComponents || scene.system.type === 'module') return undefined
  if (system.eventPlans.length > 0 || system.model.mass || system.model.constraints || scene.data?.inputs)
    return undefined

  const known: Readonly<Record<string, number>> = scene.system.parameters
  const values = parametersOf(scene, system)
  const parameters = Object.fromEntries(Object.keys(known).map(name => [name, { start: values[name] }]))
  const free = { ...scene, learn: { ...(learn ? scene.learn : undefined), parameters } } as Scene
  const model = await modelOf(free, true)
  const points = Object.entries(inlined(scene.system.points ?? {}))
  const shown: [string, ModelFunction][] = points.map(([name, formulas]) => [
    pointSeries(name),
    model.formulas(formulas),
  ])
  if (model.energy) shown.push(['energy', model.energy])
  if (model.massMatrix) shown.push([massMatrixSeries, model.massMatrix])
  if (model.meshField) shown.push([fieldSeries(model.meshField.name), model.meshField.values])
  /** Numbers from `begin` on of a function's vector. */
  const part =
    (f: ModelFunction, begin: number, count: number): ModelFunction =>
    (t, y, theta) =>
      slice(f(t, y, theta), [begin], [count])
  const { probes, frames } = model
  probes?.names.forEach((name, k) => {
    shown.push([name, part(probes.values, k, 1)])
  })
  frames?.names.forEach((name, k) => {
    shown.push([pointSeries(name), part(frames.values, 7 * k, 3)])
    shown.push([quaternionSeries(name), part(frames.values, 7 * k + 3, 4)])
  })

  const graph = trace(
    (t: Tensor, y: Tensor, ...theta: Tensor[]) => [
      reshape(model.derivative(t, y as Tensor1D, theta), [n]),
      ...shown.map(([, f]) => f(t, y as Tensor1D, theta)),
    ],
    [{ name: 't', shape: [] }, { name: 'y', shape: [n] }, ...model.parameters],
  )
  const [derivative, ...others] = graph.outputs
  const graphs: Record<string, Graph> = { derivative: { inputs: graph.inputs, outputs: [derivative] } }
  if (others.length > 0) graphs.shown = { inputs: graph.inputs, outputs: others }
  const program = compile(graphs)
  const theta = program.derivative.inputs.slice(2)
  const trained = new Map(
    system.field.blocks.map(({ name, offset, size }) => [
      name,
      system.field.parameters.subarray(offset, offset + size),
    ]),
  )
  model.parameters.forEach(({ name, initial }, k) => {
    const isScalar = k < model.scalars.length
    theta[k].set(isScalar ? initial : (trained.get(name) ?? initial))
  })
  const { bytes, layout } = program.toModule({ shown: shown.map(([name]) => name) })
  if (bytes.length > mostBytes) return undefined
  const used = model.scalars
    .map(({ name }, k) => ({ name, input: k + 2, value: values[name] }))
    .filter(parameter => dependsOn(graph.outputs, graph.inputs[parameter.input]))
  const { derivative: entry, shown: shownEntry } = layout.entries
  return {
    bytes,
    run: {
      derivative: entry,
      ...(shownEntry && { shown: shownEntry }),
      parameters: used,
      method,
      rtol,
      atol,
      ...(fixed_step !== undefined && { fixedStep: fixed_step }),
    },
  }
}

/** Whether some output changes with an input. */
const dependsOn = (outputs: readonly Node[], of: Node): boolean =>
  outputs.some(output => vjp([output], [input('cotangent', output.shape)], [of])[0] !== null)

/** Points whose formulas name no other points. */
function inlined(points: Points): Points {
  const values = new Map<string, Formula>()
  return Object.fromEntries(
    Object.entries(points).map(([name, formulas]) => {
      const [x, y, z] = formulas.map(formula => substitute(formula, values))
      for (const [axis, formula] of Object.entries({ x, y, z })) values.set(`${name}.${axis}`, formula)
      return [name, [x, y, z] as const]
    }),
  )
}

/** Series that are drawn: a page that could not compute them again would show bodies that stand still. */
const drawn = /^(point|quaternion|particles|field|force|reaction):/

/** The trajectory with the model behind it, where a page can run it. */
export async function withLiveModel(
  trajectory: Trajectory,
  scene: Scene,
  system: CompiledSystem,
  learn: boolean,
): Promise<Trajectory> {
  const live = await liveModel(scene, system, learn)
  const told = new Set(live?.run.shown?.outputs.map(({ name }) => name))
  if (!live || Object.keys(trajectory.series).some(name => drawn.test(name) && !told.has(name)))
    return trajectory
  return { ...trajectory, model: live.bytes, meta: { ...trajectory.meta, run: live.run } }
}
