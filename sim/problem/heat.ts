import * as tf from '@tensorflow/tfjs-core'
import { type HeatConduction, type HeatElements, type HeatFunction, heatElements } from '../../models/heat.ts'
import { locate } from '../../models/triangleMesh.ts'
import { implicitMethods } from '../../solvers/ode/implicit/methods.ts'
import { FileError } from '../files/fileError.ts'
import { evaluateFormula, type Formula, numberAlgebra } from '../scene/formula/index.ts'
import type { HeatSystem, Scene } from '../scene/index.ts'
import { meshOf } from './heatMesh.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

/**
 * Finite elements of a scene's heat conduction; the state is the temperature of the free nodes. A consistent mass matrix is left to
 * implicit methods, which solve with it once for each step.
 *
 * @throws FileError where the mesh cannot be had, or a boundary or a probe is not on it
 */
export function heatModel(scene: Scene, system: HeatSystem, learned: LearnedTerms): Model {
  const mesh = meshOf(system, scene.place)
  const isImplicit = system.mass === 'consistent' && scene.solver.method in implicitMethods
  const boundary = Object.entries(system.boundary)

  /** The elements under θ, in a trace. */
  function under(theta: readonly tf.Tensor[]): HeatElements {
    const scope = (t: tf.Tensor, places: Record<string, tf.Tensor>): Scope =>
      new Map([...learned.scalarsOf(theta, t), ['t', t], ...Object.entries(places)])
    const of =
      (formula: Formula): HeatFunction =>
      (t, x, y, T) =>
        formulaValue(formula, scope(t, { x, y, T }))
    const conduction: HeatConduction = {
      mesh,
      mass: system.mass,
      conductivity: learned.has('conductivity')
        ? (t, x, y, T) => learned.term('conductivity', scope(t, { x, y, T }), theta)!
        : of(system.conductivity),
      capacity: of(system.capacity),
      source: system.source && of(system.source),
      temperatures: Object.fromEntries(
        boundary.flatMap(([name, { temperature }]) =>
          temperature ? [[name, (t, x, y) => formulaValue(temperature, scope(t, { x, y }))]] : [],
        ),
      ),
      fluxes: Object.fromEntries(boundary.flatMap(([name, { flux }]) => (flux ? [[name, of(flux)]] : []))),
    }
    return heatElements(conduction)
  }
  const { free } = located(scene.place, 'boundary', () => under([]))
  const probes = Object.entries(system.probes).map(([name, [x, y]]) =>
    located(scene.place, `probes.${name}`, () => locate(mesh, x, y)),
  )
  const probeNames = Object.keys(system.probes)
  const probeValues = (t: tf.Tensor, y: tf.Tensor1D, theta: readonly tf.Tensor[]): tf.Tensor1D => {
    const corners = tf.gather(
      under(theta).temperatures(t, y),
      tf.tensor1d(
        probes.flatMap(({ nodes }) => nodes),
        'int32',
      ),
    )
    const weights = tf.tensor1d(probes.flatMap(probe => probe.weights))
    return tf.sum(tf.reshape(tf.mul(corners, weights), [probes.length, 3]), 1)
  }
  return {
    names: free.map(node => `T_${node}`),
    start: startTemperatures(system, mesh.nodes, free),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative: (t, y, theta) => (isImplicit ? under(theta).flow(t, y) : under(theta).derivative(t, y)),
    mass: isImplicit ? (t, y, theta) => under(theta).mass(t, y) : undefined,
    energy: (t, y, theta) => under(theta).energy(t, y),
    conductivity: (t, y, theta) => under(theta).conductivity(t, y),
    probes: probes.length > 0 ? { names: probeNames, values: probeValues } : undefined,
    meshField: { name: 'temperature', mesh, values: (t, y, theta) => under(theta).temperatures(t, y) },
    formulas: formulas => (t, y, theta) =>
      formulaVector(
        formulas,
        new Map([
          ['t', t],
          ...(probes.length > 0
            ? named(probeNames, probeValues(t, y, theta))
            : named(
                free.map(node => `T_${node}`),
                y,
              )),
          ...learned.scalarsOf(theta, t),
        ]),
      ),
  }
}

/** T(x, y) at the start, at the free nodes. */
function startTemperatures(
  { initial, parameters }: HeatSystem,
  nodes: Float64Array,
  free: readonly number[],
): Float64Array {
  const scope = new Map(Object.entries(parameters))
  return Float64Array.from(free, node => {
    scope.set('x', nodes[2 * node]).set('y', nodes[2 * node + 1])
    return evaluateFormula(initial, numberAlgebra, scope)
  })
}

/** A RangeError of the mesh as a mistake of the scene. */
function located<T>(place: string, part: string, find: () => T): T {
  try {
    return find()
  } catch (error) {
    if (error instanceof RangeError) throw new FileError(place, `system.${part}: ${error.message}`)
    throw error
  }
}
