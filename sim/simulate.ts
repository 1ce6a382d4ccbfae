import type { Failure, IntegratorOptions, Solution, Times } from '../solvers/ode/index.ts'
import { odeint } from '../solvers/ode/index.ts'
import type { Trajectory } from './files/trajectory.ts'
import {
  fieldSeries,
  massMatrixSeries,
  meshArray,
  particleSeries,
  pointSeries,
  quaternionSeries,
  truthSeries,
} from './files/viewerSeries.ts'
import type { Model } from './problem/model.ts'
import { pointPositions } from './problem/points.ts'
import type { CompiledSystem } from './problem/problem.ts'
import type { Scene } from './scene/index.ts'
import { rateName } from './scene/names.ts'
import type { CompiledFunction } from './vectorField.ts'
import { version } from './version.ts'

/** A scene's trajectory could not be computed to its end. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError'
  readonly failure: Failure

  constructor(scene: string, failure: Failure) {
    super(`${scene}: ${failure.message}`)
    this.failure = failure
  }
}

/** The integrator's options of a scene. */
export function solverOptions(scene: Scene): IntegratorOptions {
  const { method, rtol, atol, max_steps, fixed_step } = scene.solver
  return {
    method,
    rtol,
    atol,
    ...(max_steps === undefined ? {} : { maxSteps: max_steps }),
    ...(fixed_step === undefined ? {} : { fixedStep: fixed_step }),
  }
}

/** Times from the scene's span, every `save_every` seconds, or a thousandth of it. */
export function solverTimes(scene: Scene): Times {
  const { span, save_every } = scene.solver
  return { span: [span[0], span[1]], saveEvery: save_every ?? (span[1] - span[0]) / 1000 }
}

/**
 * Integrates a compiled system from y0.
 * @throws SimulationError where it cannot be done to the end
 */
export function simulate(
  scene: Scene,
  system: CompiledSystem,
  y0: Float64Array = system.model.start,
  times: Times = solverTimes(scene),
  onProgress?: IntegratorOptions['onProgress'],
): Solution {
  const solution = simulateAsFar(scene, system, y0, times, onProgress)
  if (!solution.success) throw new SimulationError(scene.name, solution.failure!)
  return solution
}

/** Integrates a compiled system from y0 as far as it goes: `solution.failure` says why not to the end. */
export function simulateAsFar(
  scene: Scene,
  system: CompiledSystem,
  y0: Float64Array,
  times: Times,
  onProgress?: IntegratorOptions['onProgress'],
): Solution {
  return odeint(system.field, y0, times, { ...solverOptions(scene), events: system.events, onProgress })
}

/** The values of a function along a trajectory: T × size. */
export function along(f: CompiledFunction, t: Float64Array, y: Float64Array): Float64Array {
  const n = y.length / t.length
  const out = new Float64Array(t.length * f.size)
  const value = new Float64Array(f.size)
  for (let k = 0; k < t.length; k++) {
    f.evaluate(t[k], y.subarray(k * n, (k + 1) * n), value)
    out.set(value, k * f.size)
  }
  return out
}

/** Mass matrices go into a trajectory's file up to this many numbers. */
const mostMatrixEntries = 1e6

/**
 * A solution with all that the viewer shows of it: points, energy and, where given, the truth to compare with.
 */
export function trajectoryOf(
  scene: Scene,
  system: CompiledSystem,
  solution: Pick<Solution, 't' | 'y' | 'statistics' | 'events'>,
  truth?: { readonly system: CompiledSystem; readonly t: Float64Array; readonly y: Float64Array },
): Trajectory {
  const { t, y } = solution
  const series: Record<string, { shape: number[]; data: Float64Array }> = {}
  const add = (
    part: CompiledSystem,
    times: Float64Array,
    states: Float64Array,
    name: (s: string) => string,
  ) => {
    const positions = pointPositions(
      scene.system.points ?? {},
      parametersOf(scene, part),
      part.field.names,
      times,
      states,
    )
    for (const [point, data] of Object.entries(positions)) {
      series[name(pointSeries(point))] = { shape: [times.length, 3], data }
    }
    for (const [lattice, { begin, count }] of Object.entries(latticesOf(scene)))
      series[name(particleSeries(lattice))] = {
        shape: [times.length, count, 3],
        data: columnsOf(states, part.field.dimension, begin, 3 * count),
      }
    const { probes, meshField, frames, model } = part
    if (probes) {
      const values = along(probes, times, states)
      model.probes!.names.forEach((probe, k) => {
        series[name(probe)] = { shape: [times.length], data: columnsOf(values, probes.size, k, 1) }
      })
    }
    if (frames) {
      const values = along(frames, times, states)
      model.frames!.names.forEach((frame, k) => {
        const columns = (begin: number, count: number) => ({
          shape: [times.length, count],
          data: columnsOf(values, frames.size, 7 * k + begin, count),
        })
        series[name(pointSeries(frame))] = columns(0, 3)
        series[name(quaternionSeries(frame))] = columns(3, 4)
      })
    }
    if (meshField) {
      const data = along(meshField, times, states)
      series[name(fieldSeries(model.meshField!.name))] = { shape: [times.length, meshField.size], data }
    }
    const energy = (truth?.system ?? system).energy ?? part.energy
    if (energy) series[name('energy')] = { shape: [times.length], data: along(energy, times, states) }
    const M = part.massMatrix
    if (M && times.length * M.size <= mostMatrixEntries) {
      const n = Math.sqrt(M.size)
      series[name(massMatrixSeries)] = { shape: [times.length, n, n], data: along(M, times, states) }
    }
  }
  add(system, t, y, name => name)
  if (system.model.meshField) Object.assign(series, meshArrays(system.model.meshField))
  if (truth) {
    add(truth.system, truth.t, truth.y, truthSeries)
    const sameTimes = truth.t.length === t.length && truth.t.every((time, k) => time === t[k])
    if (!sameTimes) series[truthSeries('t')] = { shape: [truth.t.length], data: truth.t }
    series[truthSeries('y')] = { shape: [truth.t.length, system.field.dimension], data: truth.y }
  }
  const { method, rtol, atol } = scene.solver
  return {
    t,
    y,
    names: system.field.names,
    series,
    meta: {
      name: scene.name,
      viewer: scene.viewer,
      units: unitsOf(scene),
      noise: scene.data?.simulate?.noise,
      method,
      rtol,
      atol,
      statistics: { ...solution.statistics },
      ...(solution.events.length > 0 && {
        events: solution.events.map(({ event, t: time, kind }) => ({
          name: system.eventPlans[event].name,
          t: time,
          ...(kind === 'grazing' && { grazing: true }),
        })),
      }),
      versions: { neurode: version },
    },
  }
}

/** A mesh of the plane as a surface in space, at z = 0. */
function meshArrays({ name, mesh: { nodes, triangles } }: NonNullable<Model['meshField']>) {
  const [vertices, faces] = [nodes.length / 2, triangles.length / 3]
  const data = new Float64Array(3 * vertices)
  for (let k = 0; k < vertices; k++) data.set(nodes.subarray(2 * k, 2 * k + 2), 3 * k)
  return {
    [meshArray(name, 'vertices')]: { shape: [vertices, 3], data },
    [meshArray(name, 'triangles')]: { shape: [faces, 3], data: Float64Array.from(triangles) },
  }
}

/** Where the nodes of each lattice lie among the positions of a scene's particles. */
function latticesOf({ system }: Scene): Record<string, { begin: number; count: number }> {
  if (system.type !== 'particles') return {}
  let begin = 3 * Object.keys(system.bodies).length
  return Object.fromEntries(
    Object.entries(system.lattices).map(([name, { size }]) => {
      const count = size[0] * size[1]
      begin += 3 * count
      return [name, { begin: begin - 3 * count, count }]
    }),
  )
}

/** Components begin … begin + count of states with n components each. */
function columnsOf(states: Float64Array, n: number, begin: number, count: number): Float64Array {
  const out = new Float64Array((states.length / n) * count)
  for (let k = 0; k * n < states.length; k++)
    out.set(states.subarray(k * n + begin, k * n + begin + count), k * count)
  return out
}

/** The system's parameters, those learned at their learned values. */
export function parametersOf(scene: Scene, system: CompiledSystem): Record<string, number> {
  const values: Record<string, number> = 'parameters' in scene.system ? { ...scene.system.parameters } : {}
  system.model.scalars.forEach((scalar, k) => {
    values[scalar.name] = scalar.value(system.field.parameters[system.field.blocks[k].offset])
  })
  return values
}

function unitsOf({ system }: Scene): Record<string, string> {
  const units: Record<string, string> = { energy: 'J' }
  if (system.type === 'rigid-bodies')
    for (const { joints } of Object.values(system.bodies))
      for (const [name, { type }] of Object.entries(joints)) {
        const unit = type === 'hinge' ? 'rad' : 'm'
        units[name] = unit
        units[rateName(name)] = `${unit}/s`
      }
  if (system.type !== 'lagrangian') return units
  for (const [name, { unit }] of Object.entries(system.coordinates)) {
    units[name] = unit
    units[rateName(name)] = `${unit}/s`
  }
  return units
}
