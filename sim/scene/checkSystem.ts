import { checkFormula, checkKeys, keysOf, rateName, type SceneNames } from './names.ts'
import type { Finding } from './source.ts'

/** That the formulas of a system use names that exist, and that nothing is missing. */
export function* checkSystem(
  scene: unknown,
  names: SceneNames,
  type: 'equations' | 'lagrangian' | 'hamiltonian',
): Generator<Finding> {
  if (type === 'equations') yield* checkEquations(scene, names)
  if (type === 'lagrangian') yield* checkLagrangian(scene, names)
  if (type === 'hamiltonian') yield* checkHamiltonian(scene, names)
  yield* checkPoints(scene, names)
}

function* checkEquations(
  scene: unknown,
  { parameters, coordinates, definitions }: SceneNames,
): Generator<Finding> {
  const scope = [...coordinates, ...parameters, 't']
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
  { parameters, coordinates, rates }: SceneNames,
): Generator<Finding> {
  const moving = [...coordinates, ...rates, ...parameters]
  yield* checkFormula(scene, ['system', 'kinetic'], moving, ['t'])
  yield* checkFormula(scene, ['system', 'potential'], [...coordinates, ...parameters, 't'], rates)
  yield* checkFormula(scene, ['system', 'dissipation'], [...moving, 't'])
  yield* checkKeys(scene, ['system', 'forces'], coordinates, 'coordinate')
  for (const name of keysOf(scene, 'system', 'forces'))
    yield* checkFormula(scene, ['system', 'forces', name], [...moving, 't'])
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
  { parameters, coordinates, rates: momenta }: SceneNames,
): Generator<Finding> {
  const moving = [...coordinates, ...coordinates.map(rateName), ...parameters]
  yield* checkFormula(scene, ['system', 'hamiltonian'], [...coordinates, ...momenta, ...parameters, 't'])
  yield* checkFormula(scene, ['system', 'dissipation'], moving, [...momenta, 't'])
  yield* checkKeys(scene, ['system', 'forces'], coordinates, 'coordinate')
  for (const name of keysOf(scene, 'system', 'forces'))
    yield* checkFormula(scene, ['system', 'forces', name], [...moving, 't'], momenta)
  if (keysOf(scene, 'system').includes('coordinates') && coordinates.length === 0)
    yield { path: ['system', 'coordinates'], message: 'at least one coordinate is needed' }
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
