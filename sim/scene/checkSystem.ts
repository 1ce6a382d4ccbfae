import { rectangleSides } from '../../models/triangleMesh.ts'
import { bodiesOf } from './bodies.ts'
import { checkRigidBodies } from './checkRigidBodies.ts'
import { at } from './explain.ts'
import { checkFormula, checkKeys, keysOf, rateName, type SceneNames, unknown } from './names.ts'
import type { Finding, Path } from './source.ts'

/** Kinds of systems that are written in formulas. */
const formulaTypes = [
  'equations',
  'lagrangian',
  'hamiltonian',
  'particles',
  'network',
  'heat',
  'rigid-bodies',
] as const
export type FormulaType = (typeof formulaTypes)[number]
export const isFormulaType = (type: unknown): type is FormulaType =>
  formulaTypes.includes(type as FormulaType)

/** That the formulas of a system use names that exist, and that nothing is missing. */
export function* checkSystem(scene: unknown, names: SceneNames, type: FormulaType): Generator<Finding> {
  if (type === 'equations') yield* checkEquations(scene, names)
  if (type === 'lagrangian') yield* checkLagrangian(scene, names)
  if (type === 'hamiltonian') yield* checkHamiltonian(scene, names)
  if (type === 'particles') yield* checkParticles(scene, names)
  if (type === 'network') yield* checkNetwork(scene, names)
  if (type === 'heat') yield* checkHeat(scene, names)
  if (type === 'rigid-bodies') yield* checkRigidBodies(scene, names)
  yield* checkPoints(scene, names)
}

function* checkEquations(
  scene: unknown,
  { parameters, coordinates, definitions, time }: SceneNames,
): Generator<Finding> {
  const scope = [...coordinates, ...parameters, ...time]
  for (const name of definitions) {
    yield* checkFormula(scene, ['system', 'definitions', name], scope)
    scope.push(name)
  }
  const derivatives = keysOf(scene, 'system', 'derivatives')
  for (const name of coordinates) {
    if (!derivatives.includes(name) && derivatives.length > 0)
      yield { path: ['system', 'derivatives'], message: `the derivative of "${name}" is missing`, key: true }
  }
  yield* checkKeys(scene, ['system', 'derivatives'], coordinates, 'state')
  for (const name of derivatives) yield* checkFormula(scene, ['system', 'derivatives', name], scope)
  yield* checkKeys(scene, ['system', 'mass'], coordinates, 'state')
  for (const row of keysOf(scene, 'system', 'mass')) {
    yield* checkKeys(scene, ['system', 'mass', row], coordinates, 'state')
    for (const column of keysOf(scene, 'system', 'mass', row))
      yield* checkFormula(scene, ['system', 'mass', row, column], scope)
  }
  yield* checkFormula(scene, ['system', 'energy'], scope)
}

function* checkLagrangian(
  scene: unknown,
  { parameters, coordinates, rates, time }: SceneNames,
): Generator<Finding> {
  const moving = [...coordinates, ...rates, ...parameters]
  yield* checkFormula(scene, ['system', 'kinetic'], moving, ['t'])
  yield* checkFormula(scene, ['system', 'potential'], [...coordinates, ...parameters, 't'], rates)
  yield* checkFormula(scene, ['system', 'dissipation'], [...moving, ...time])
  yield* checkKeys(scene, ['system', 'forces'], coordinates, 'coordinate')
  for (const name of keysOf(scene, 'system', 'forces'))
    yield* checkFormula(scene, ['system', 'forces', name], [...moving, ...time])
  const constraints = keysOf(scene, 'system', 'constraints')
  for (const name of constraints)
    yield* checkFormula(
      scene,
      ['system', 'constraints', name],
      [...coordinates, ...parameters],
      [...rates, 't'],
    )
  if (constraints.length >= coordinates.length && constraints.length > 0)
    yield {
      path: ['system', 'constraints'],
      message: `${constraints.length} constraints leave nothing to move of ${coordinates.length} coordinates`,
      key: true,
    }
  if (keysOf(scene, 'system').includes('coordinates') && coordinates.length === 0)
    yield { path: ['system', 'coordinates'], message: 'at least one coordinate is needed' }
}

function* checkHamiltonian(
  scene: unknown,
  { parameters, coordinates, rates: momenta, time }: SceneNames,
): Generator<Finding> {
  const moving = [...coordinates, ...coordinates.map(rateName), ...parameters]
  yield* checkFormula(scene, ['system', 'hamiltonian'], [...coordinates, ...momenta, ...parameters, 't'])
  yield* checkFormula(scene, ['system', 'dissipation'], moving, [...momenta, 't'])
  yield* checkKeys(scene, ['system', 'forces'], coordinates, 'coordinate')
  for (const name of keysOf(scene, 'system', 'forces'))
    yield* checkFormula(scene, ['system', 'forces', name], [...moving, ...time], momenta)
  if (keysOf(scene, 'system').includes('coordinates') && coordinates.length === 0)
    yield { path: ['system', 'coordinates'], message: 'at least one coordinate is needed' }
}

function* checkParticles(scene: unknown, { parameters }: SceneNames): Generator<Finding> {
  const { names: bodies } = bodiesOf(scene)
  const system = (...path: Path) => ['system', ...path]
  if (bodies.length === 0) yield { path: ['system'], message: 'at least one body is needed', key: true }
  const written = keysOf(scene, 'system', 'bodies')
  const lengths = written.map(name => at(scene, ['system', 'bodies', name, 'position'])).filter(Array.isArray)
  for (const name of written) {
    yield* checkFormula(scene, system('bodies', name, 'mass'), parameters)
    for (const vector of ['position', 'velocity']) {
      const value = at(scene, ['system', 'bodies', name, vector])
      if (Array.isArray(value) && lengths.length > 0 && value.length !== lengths[0].length) {
        const message = `expected ${lengths[0].length} numbers, as the other bodies have, got ${value.length}`
        yield { path: system('bodies', name, vector), message }
      }
    }
  }
  for (const name of keysOf(scene, 'system', 'lattices'))
    for (const term of ['mass', 'stiffness', 'shear', 'bend'])
      yield* checkFormula(scene, system('lattices', name, term), parameters)
  yield* checkFormula(scene, system('pair'), ['r', 'm_i', 'm_j', ...parameters])
  yield* checkFormula(scene, system('potential'), ['x', 'y', 'z', 'm', 't', ...parameters])
  yield* checkFormula(scene, system('drag'), parameters)
  for (const name of keysOf(scene, 'system', 'springs')) {
    yield* checkFormula(scene, system('springs', name, 'stiffness'), parameters)
    yield* checkFormula(scene, system('springs', name, 'rest'), parameters)
    yield* checkEnds(scene, system('springs', name, 'between'), bodies, 'body')
  }
}

function* checkNetwork(
  scene: unknown,
  { parameters, coordinates: nodes, time }: SceneNames,
): Generator<Finding> {
  const boundary = keysOf(scene, 'system', 'boundary')
  const scope = [...nodes, ...parameters, ...time]
  for (const name of nodes) {
    yield* checkFormula(scene, ['system', 'nodes', name, 'capacity'], parameters)
    yield* checkFormula(scene, ['system', 'nodes', name, 'source'], scope)
  }
  for (const name of boundary) {
    yield* checkFormula(scene, ['system', 'boundary', name], [...parameters, ...time])
    if (nodes.includes(name))
      yield {
        path: ['system', 'boundary', name],
        message: `"${name}" is a node already: choose another name`,
        key: true,
      }
  }
  for (const name of keysOf(scene, 'system', 'edges')) {
    yield* checkFormula(scene, ['system', 'edges', name, 'conductance'], scope)
    yield* checkEnds(scene, ['system', 'edges', name, 'between'], [...nodes, ...boundary], 'node')
  }
}

function* checkHeat(scene: unknown, { parameters, time }: SceneNames): Generator<Finding> {
  const system = (...path: Path) => ['system', ...path]
  const place = ['x', 'y', ...parameters]
  const isLumped = at(scene, system('mass')) !== 'consistent'
  yield* checkFormula(scene, system('conductivity'), ['T', ...place], time)
  yield* checkFormula(scene, system('capacity'), isLumped ? ['T', ...place] : place, ['T', ...time])
  yield* checkFormula(scene, system('source'), ['T', ...place, ...time])
  yield* checkFormula(scene, system('initial'), place, ['T', ...time])
  if (at(scene, system('mesh', 'rectangle')) !== undefined)
    yield* checkKeys(scene, system('boundary'), rectangleSides, 'boundary')
  for (const name of keysOf(scene, 'system', 'boundary')) {
    const given = keysOf(scene, 'system', 'boundary', name)
    if (given.includes('temperature') === given.includes('flux'))
      yield { path: system('boundary', name), message: 'expected either temperature or flux', key: true }
    yield* checkFormula(scene, system('boundary', name, 'temperature'), [...place, ...time], ['T'])
    yield* checkFormula(scene, system('boundary', name, 'flux'), ['T', ...place, ...time])
  }
  for (const name of ['x', 'y', 'T'])
    for (const section of ['parameters', 'probes'])
      if (keysOf(scene, 'system', section).includes(name)) {
        const meaning = name === 'T' ? 'the temperature' : 'a coordinate'
        yield {
          path: system(section, name),
          message: `"${name}" is ${meaning} already: choose another name`,
          key: true,
        }
      }
}

/** Both ends of a spring or an edge. */
function* checkEnds(scene: unknown, path: Path, known: readonly string[], kind: string): Generator<Finding> {
  const ends = at(scene, path)
  if (!Array.isArray(ends)) return
  for (const [index, end] of ends.entries())
    if (typeof end === 'string' && !known.includes(end))
      yield { path: [...path, index], message: unknown(kind, end, known.slice(0, 20)) }
  if (ends[0] === ends[1]) yield { path, message: `both ends are the same ${kind}` }
}

function* checkPoints(
  scene: unknown,
  { parameters, coordinates, rates, points }: SceneNames,
): Generator<Finding> {
  const scope = [...coordinates, ...rates, ...parameters, 't']
  const elsewhere = points.flatMap(coordinatesOf)
  for (const point of points) {
    for (const axis of [0, 1, 2])
      yield* checkFormula(scene, ['system', 'points', point, axis], scope, elsewhere)
    scope.push(...coordinatesOf(point))
  }
}

const coordinatesOf = (point: string): string[] => ['x', 'y', 'z'].map(axis => `${point}.${axis}`)
