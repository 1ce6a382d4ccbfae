import { bodiesOf, positionNames, velocityNames } from './bodies.ts'
import { at, isPlainObject } from './explain.ts'
import { namesIn } from './formula/formula.ts'
import { reservedMeaning } from './formula/functions.ts'
import { FormulaError, parseFormula } from './formula/parse.ts'
import { bodiesInOrder, frameCoordinates, framesOf, jointsInOrder } from './rigidBodies.ts'
import type { Finding, Path } from './source.ts'
import { nearest, suggestion } from './suggest.ts'

/** Keys of the map at a path of a scene, as it is written; none where there is no map. */
export function keysOf(scene: unknown, ...path: Path): string[] {
  const map = at(scene, path)
  return isPlainObject(map) ? Object.keys(map) : []
}

/** Keys of a section of the system; a misspelled section counts, so that one mistake is not reported at each use. */
function sectionKeys(scene: unknown, section: string): string[] {
  const present = keysOf(scene, 'system')
  const meant = present.includes(section) ? section : nearest(section, present)
  return meant === undefined ? [] : keysOf(scene, 'system', meant)
}

/** The names that a scene defines, as far as it can be read. */
export interface SceneNames {
  readonly parameters: readonly string[]
  /** Parameters that only `learn` has, such as the scale of a sensor. */
  readonly sensors: readonly string[]
  /** States of `equations`, coordinates, or probes of a mesh. */
  readonly coordinates: readonly string[]
  /** The second half of a mechanical state: rates of coordinates, or momenta. */
  readonly rates: readonly string[]
  /** Components of the state; empty where they have no names, as nodes of a mesh. */
  readonly state: readonly string[]
  /** Intermediate quantities of `equations`, in their order. */
  readonly definitions: readonly string[]
  readonly points: readonly string[]
  /** Coordinates of bodies and sites, such as tip.x, that can be observed. */
  readonly places: readonly string[]
  /** What is measured and acts on the system. */
  readonly inputs: readonly string[]
  /** t, and what is a function of it. */
  readonly time: readonly string[]
  /** What `data` observes: the names of `observe`, else the columns, else the state. */
  readonly observed: readonly string[]
}

/** What the rate of a coordinate is called. */
export const rateName = (coordinate: string): string => `${coordinate}_dot`

/** What the momentum of a coordinate is called. */
export const momentumName = (coordinate: string): string => `p_${coordinate}`

export function sceneNames(scene: unknown): SceneNames {
  const parameters = sectionKeys(scene, 'parameters')
  const learned = at(scene, ['learn', 'parameters'])
  const learnedNames = Array.isArray(learned) ? learned.map(String) : keysOf(scene, 'learn', 'parameters')
  const { coordinates, rates } = stateNames(scene)
  const isRigid = at(scene, ['system', 'type']) === 'rigid-bodies'
  const columns = keysOf(scene, 'data', 'columns').filter(name => name !== 'time' && name !== 'trial')
  const observe = keysOf(scene, 'data', 'observe')
  return {
    parameters,
    sensors: learnedNames.filter(name => !parameters.includes(name)),
    coordinates,
    rates,
    state: at(scene, ['system', 'type']) === 'heat' ? [] : [...coordinates, ...rates],
    definitions: sectionKeys(scene, 'definitions'),
    inputs: keysOf(scene, 'data', 'inputs'),
    time: ['t', ...keysOf(scene, 'data', 'inputs')],
    places: isRigid ? framesOf(scene).flatMap(frameCoordinates) : [],
    points: ['bodies', 'sites', 'probes']
      .flatMap(part => keysOf(scene, 'system', part))
      .concat(sectionKeys(scene, 'points')),
    observed: [observe, columns, [...coordinates, ...rates]].find(names => names.length > 0) ?? [],
  }
}

/** The two halves of the state. */
function stateNames(scene: unknown): { coordinates: string[]; rates: string[] } {
  const type = at(scene, ['system', 'type'])
  if (type === 'network') return { coordinates: sectionKeys(scene, 'nodes'), rates: [] }
  if (type === 'heat') return { coordinates: sectionKeys(scene, 'probes'), rates: [] }
  if (type === 'rigid-bodies') {
    const coordinates = jointsInOrder(scene)
    return { coordinates, rates: coordinates.map(rateName) }
  }
  if (type === 'particles') {
    const { names, dimensions } = bodiesOf(scene)
    return { coordinates: positionNames(names, dimensions), rates: velocityNames(names, dimensions) }
  }
  const mechanical = type === 'lagrangian' || type === 'hamiltonian'
  const coordinates = sectionKeys(scene, mechanical ? 'coordinates' : 'state')
  const rates = mechanical ? coordinates.map(type === 'lagrangian' ? rateName : momentumName) : []
  return { coordinates, rates }
}

type Section = [path: Path, names: readonly string[], kind: string]

/** Names given twice, or given to what has a meaning already. */
export function* checkDefinitions(scene: unknown, names: SceneNames): Generator<Finding> {
  const taken = new Map<string, string>()
  const probes = keysOf(scene, 'system', 'probes') // a point of the same name is where the probe is
  const lagrangian = names.rates.length > 0
  const isRigid = at(scene, ['system', 'type']) === 'rigid-bodies'
  const jointed = (isRigid ? bodiesInOrder(scene) : []).map((body): Section => {
    const path = ['system', 'bodies', body, 'joints']
    return [path, keysOf(scene, ...path), 'a joint']
  })
  const state: Section = [
    ['system', lagrangian ? 'coordinates' : 'state'],
    names.coordinates.filter(name => !probes.includes(name)),
    lagrangian ? 'a coordinate' : 'a state',
  ]
  const sections: Section[] = [
    [['system', 'parameters'], names.parameters, 'a parameter'],
    ...(jointed.length > 0 ? jointed : [state]),
    [['system', 'definitions'], names.definitions, 'a definition'],
    [['system', 'points'], sectionKeys(scene, 'points').filter(name => !probes.includes(name)), 'a point'],
    [['system', 'probes'], probes, 'a probe'],
    [['data', 'inputs'], names.inputs, 'an input'],
    [
      ['learn', 'parameters'],
      Array.isArray(at(scene, ['learn', 'parameters'])) ? [] : names.sensors,
      'a parameter',
    ],
  ]
  names.rates.forEach((name, k) => {
    const coordinate = names.coordinates[k]
    taken.set(name, `${name === rateName(coordinate) ? 'the rate' : 'the momentum'} of ${coordinate}`)
  })
  for (const [path, defined, kind] of sections) {
    for (const name of defined) {
      const meaning =
        reservedMeaning(name) ?? taken.get(name) ?? (name === 'world' && kind === 'a point' && 'the origin')
      if (meaning)
        yield {
          path: [...path, name],
          message: `"${name}" is ${meaning} already: choose another name`,
          key: true,
        }
      else taken.set(name, kind)
    }
  }
}

/**
 * Every name of the formula at `path` that is not in scope. `elsewhere` are names that the scene knows but that mean
 * nothing here. A formula that cannot be read is reported by the schema.
 */
export function* checkFormula(
  scene: unknown,
  path: Path,
  scope: readonly string[],
  elsewhere: readonly string[] = [],
): Generator<Finding> {
  const text = at(scene, path)
  if (typeof text !== 'string') return
  try {
    for (const { name, start } of namesIn(parseFormula(text))) {
      if (scope.includes(name)) continue
      const reason = elsewhere.includes(name)
        ? `"${name}" cannot be used here`
        : `unknown name "${name}"${suggestion(name, scope)}`
      const known = reason.endsWith('?')
        ? ''
        : `. There ${scope.length === 0 ? 'is none' : `are: ${scope.join(', ')}`}`
      yield { path, message: `${reason}${known}`, index: start, length: name.length }
    }
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
  }
}

/** Keys of a map that must be among known names. */
export function* checkKeys(
  scene: unknown,
  path: Path,
  known: readonly string[],
  kind: string,
): Generator<Finding> {
  for (const key of keysOf(scene, ...path)) {
    if (!known.includes(key)) yield { path: [...path, key], message: unknown(kind, key, known), key: true }
  }
}

/** That there is no such name, and which was meant. */
export const unknown = (kind: string, name: string, known: readonly string[]): string =>
  `no ${kind} "${name}"${suggestion(name, known) || (known.length > 0 ? `. There are: ${known.join(', ')}` : '')}`
