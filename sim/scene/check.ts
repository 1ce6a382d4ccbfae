import { methodNames } from '../../solvers/ode/methods/index.ts'
import { hasErrorEstimate } from '../../solvers/ode/options.ts'
import { checkSystem, type FormulaType, isFormulaType } from './checkSystem.ts'
import { at, isPlainObject } from './explain.ts'
import {
  checkDefinitions,
  checkFormula,
  checkKeys,
  keysOf,
  rateName,
  type SceneNames,
  sceneNames,
  unknown,
} from './names.ts'
import type { Finding, Path } from './source.ts'
import { suggestion } from './suggest.ts'

/**
 * What a schema cannot say of a scene: that formulas use names that exist, that sections fit together. It works on the
 * scene as written and passes over what is missing or of a wrong type, so that all mistakes are found at once.
 */
export function* checkScene(scene: unknown): Generator<Finding> {
  const names = sceneNames(scene)
  yield* checkDefinitions(scene, names)
  const type = at(scene, ['system', 'type'])
  if (isFormulaType(type)) {
    yield* checkSystem(scene, names, type)
    yield* checkStateUses(scene, names)
    yield* checkEvents(scene, names)
  }
  if (isFormulaType(type) || type === 'module') {
    yield* checkLearn(scene, names, type)
    yield* checkViewer(scene, names)
  }
  yield* checkSolver(scene)
  yield* checkData(scene, names)
  yield* checkTraining(scene, names)
  yield* checkCriteria(scene, names)
}

function* checkLearn(scene: unknown, names: SceneNames, type: FormulaType | 'module'): Generator<Finding> {
  const { coordinates, rates, parameters, sensors, definitions } = names
  if (type !== 'module' && learnsNothing(at(scene, ['learn'])))
    yield { path: ['learn'], message: 'nothing is named that is to be learned', key: true }
  const learned = at(scene, ['learn', 'parameters'])
  if (Array.isArray(learned)) {
    for (const [index, name] of learned.entries()) {
      if (typeof name === 'string' && !parameters.includes(name)) {
        const message = `the system has no parameter "${name}"${suggestion(name, parameters)}`
        yield { path: ['learn', 'parameters', index], message }
      }
    }
  } else {
    for (const name of sensors) {
      if (at(scene, ['learn', 'parameters', name, 'start']) === undefined) {
        const message = `the system has no parameter "${name}"${suggestion(name, parameters) || ': a new one needs a start'}`
        yield { path: ['learn', 'parameters', name], message, key: true }
      }
    }
    for (const name of keysOf(scene, 'learn', 'parameters')) yield* checkBounds(scene, name)
  }

  const of: Record<typeof type, string[]> = {
    equations: ['derivatives'],
    lagrangian: ['mass_matrix', 'potential', 'dissipation', 'forces'],
    hamiltonian: ['hamiltonian', 'dissipation', 'forces'],
    particles: ['pair'],
    network: [],
    heat: ['conductivity'],
    'rigid-bodies': ['forces'],
    module: [],
  }
  for (const term of new Set(Object.values(of).flat())) {
    if (at(scene, ['learn', term]) !== undefined && !of[type].includes(term)) {
      const message = `what can be learned of type ${type}: ${['parameters', ...of[type]].join(', ')}`
      yield { path: ['learn', term], message, key: true }
      return
    }
  }
  const constants = [...parameters, ...sensors, ...definitions]
  const motion = type === 'hamiltonian' ? coordinates.map(rateName) : rates
  const scopes: Record<string, string[]> = {
    mass_matrix: [...coordinates, ...constants],
    potential: [...coordinates, ...constants, 't'],
    hamiltonian: [...coordinates, ...rates, ...constants, 't'],
    pair: ['r', 'm_i', 'm_j', ...constants],
    conductivity: ['x', 'y', 'T', ...constants],
    dissipation: [...coordinates, ...motion, ...constants, ...(type === 'lagrangian' ? ['t'] : [])],
  }
  for (const [term, scope] of Object.entries(scopes)) {
    yield* checkInputs(scene, ['learn', term], scope, [...rates, 't'])
  }
  for (const group of ['forces', 'derivatives']) {
    yield* checkKeys(scene, ['learn', group], coordinates, group === 'forces' ? 'coordinate' : 'state')
    for (const name of keysOf(scene, 'learn', group))
      yield* checkInputs(
        scene,
        ['learn', group, name],
        [...coordinates, ...motion, ...constants, ...names.time],
      )
  }
}

/** Nothing is named in the map, nor in any of its sections. */
const learnsNothing = (learn: unknown): boolean =>
  isPlainObject(learn) &&
  Object.values(learn).every(section =>
    Array.isArray(section)
      ? section.length === 0
      : isPlainObject(section) && Object.keys(section).length === 0,
  )

function* checkBounds(scene: unknown, name: string): Generator<Finding> {
  const path = ['learn', 'parameters', name]
  const number = (key: string) => at(scene, [...path, key])
  const start = number('start') ?? at(scene, ['system', 'parameters', name])
  const [written, max] = [number('min'), number('max')]
  const min = number('positive') === true ? Math.max(0, typeof written === 'number' ? written : 0) : written
  if (typeof min === 'number' && typeof max === 'number' && min >= max)
    yield { path: [...path, 'max'], message: `${max} is not greater than the least value, ${min}` }
  else if (
    typeof start === 'number' &&
    ((typeof min === 'number' && start <= min) || (typeof max === 'number' && start >= max))
  ) {
    const wanted = [
      typeof min === 'number' && `greater than ${min}`,
      typeof max === 'number' && `less than ${max}`,
    ]
    yield { path, message: `the start, ${start}, must be ${wanted.filter(Boolean).join(' and ')}`, key: true }
  }
}

function* checkInputs(
  scene: unknown,
  path: Path,
  scope: string[],
  elsewhere: string[] = [],
): Generator<Finding> {
  const inputs = at(scene, [...path, 'network', 'inputs'])
  if (!Array.isArray(inputs)) return
  for (const index of inputs.keys())
    yield* checkFormula(scene, [...path, 'network', 'inputs', index], scope, elsewhere)
}

/** Places that name components of the state. */
function* checkStateUses(scene: unknown, { state }: SceneNames): Generator<Finding> {
  yield* checkKeys(scene, ['data', 'simulate', 'vary'], state, 'state')
  yield* checkKeys(scene, ['reference', 'state'], state, 'state')
  const tolerances = at(scene, ['solver', 'atol'])
  if (Array.isArray(tolerances) && state.length > 0 && tolerances.length !== state.length)
    yield {
      path: ['solver', 'atol'],
      message: `expected ${state.length} tolerances (${state.join(', ')}), got ${tolerances.length}`,
    }
}

function* checkEvents(
  scene: unknown,
  { coordinates, rates, state, parameters, sensors, definitions, time }: SceneNames,
): Generator<Finding> {
  const scope = [...coordinates, ...rates, ...definitions, ...parameters, ...sensors, ...time]
  for (const name of keysOf(scene, 'events')) {
    yield* checkFormula(scene, ['events', name, 'when'], scope)
    yield* checkKeys(scene, ['events', name, 'apply'], state, 'state')
    for (const key of keysOf(scene, 'events', name, 'apply'))
      yield* checkFormula(scene, ['events', name, 'apply', key], scope)
    if (at(scene, ['events', name, 'terminal']) === true && at(scene, ['training']) !== undefined)
      yield {
        path: ['events', name, 'terminal'],
        message:
          'a trajectory that ends early cannot be compared with data to the end: leave it out for training',
        key: true,
      }
  }
}

function* checkSolver(scene: unknown): Generator<Finding> {
  const method = methodNames.find(name => name === at(scene, ['solver', 'method']))
  if (method && !hasErrorEstimate(method) && at(scene, ['solver', 'fixed_step']) === undefined)
    yield {
      path: ['solver', 'method'],
      message: `${method} has no error estimate: give the size of its steps, solver.fixed_step`,
    }
  const [begin, end] = pair(scene, ['solver', 'span'])
  if (begin === end && begin !== undefined)
    yield { path: ['solver', 'span'], message: `the span begins and ends at ${begin}` }
}

function* checkData(
  scene: unknown,
  { coordinates, rates, parameters, sensors, definitions, places, observed, inputs, time }: SceneNames,
): Generator<Finding> {
  const data = at(scene, ['data'])
  if (!isPlainObject(data)) return
  const { file, simulate, columns, split } = data
  if ((file === undefined) === (simulate === undefined))
    yield { path: ['data'], message: 'expected either file or simulate', key: true }
  if (simulate !== undefined && inputs.length > 0)
    yield { path: ['data', 'inputs'], message: 'inputs are columns of a file, and there is none', key: true }
  if (file !== undefined && columns === undefined)
    yield { path: ['data', 'file'], message: 'the key "columns" is missing beside it', key: true }
  if (data.trials !== undefined && isPlainObject(columns) && columns.trial === undefined)
    yield { path: ['data', 'trials'], message: 'no column is the trial: name it in columns', key: true }
  if (isPlainObject(columns)) {
    if (columns.time === undefined)
      yield { path: ['data', 'columns'], message: 'no column is the time', key: true }
    const known = keysOf(scene, 'data', 'observe')
    for (const name of observed) {
      if (columns[name] === undefined)
        yield { path: ['data', 'columns'], message: `no column is "${name}", which is observed`, key: true }
    }
    const explained = known.length > 0 ? known : [...coordinates, ...rates]
    for (const name of keysOf(scene, 'data', 'columns')) {
      if (name === 'time' || name === 'trial' || explained.length === 0 || explained.includes(name)) continue
      const message = `"${name}" is not observed${suggestion(name, explained) || ': say in observe what it is a measurement of'}`
      yield { path: ['data', 'columns', name], message, key: true }
    }
  }
  if (coordinates.length > 0) {
    const scope = [...coordinates, ...rates, ...parameters, ...sensors, ...definitions, ...places, ...time]
    for (const name of keysOf(scene, 'data', 'observe'))
      yield* checkFormula(scene, ['data', 'observe', name], scope)
  }
  const [begin, end] = pair(scene, ['data', 'simulate', 'span'])
  if (begin !== undefined && end !== undefined && !(begin < end))
    yield { path: ['data', 'simulate', 'span'], message: 'the span must end after it begins' }
  if (Array.isArray(split) && split.length === 3 && split.every(part => typeof part === 'number')) {
    const sum = split.reduce((a, b) => a + b, 0)
    const counts = sum > 1 && split.every(part => Number.isInteger(part))
    if (!counts && Math.abs(sum - 1) > 1e-9)
      yield {
        path: ['data', 'split'],
        message: `the fractions sum to ${+sum.toFixed(6)}, not to 1 (whole numbers are counts)`,
      }
  }
}

function* checkTraining(scene: unknown, { observed }: SceneNames): Generator<Finding> {
  if (observed.length > 0) yield* checkKeys(scene, ['training', 'weights'], observed, 'observed value')
  const phases = at(scene, ['training', 'phases'])
  const isKnown = at(scene, ['training', 'start']) === 'known'
  if (isKnown && keysOf(scene, 'data', 'simulate', 'vary').length > 0)
    yield {
      path: ['training', 'start'],
      message: 'the starts are not known where data.simulate.vary draws them',
    }
  const paths: Path[] = Array.isArray(phases)
    ? phases.map((_, index) => ['training', 'phases', index])
    : [['training']]
  for (const path of paths) {
    if (isKnown && at(scene, [...path, 'window']) !== undefined)
      yield {
        path: [...path, 'window'],
        message: 'with a known start, what is integrated begins there: leave windows out',
        key: true,
      }
    const [from, to] = ['from', 'to'].map(key => at(scene, [...path, 'window', key]))
    if (typeof from === 'number' && typeof to === 'number' && from > to)
      yield {
        path: [...path, 'window'],
        message: `windows grow: from ${from} is more than to ${to}`,
        key: true,
      }
  }
}

function* checkCriteria(scene: unknown, { observed }: SceneNames): Generator<Finding> {
  const criteria = at(scene, ['criteria'])
  if (!Array.isArray(criteria)) return
  for (const [index, criterion] of criteria.entries()) {
    if (!isPlainObject(criterion)) continue
    if ((criterion.below === undefined) === (criterion.above === undefined))
      yield { path: ['criteria', index], message: 'expected either below or above' }
    if (observed.length > 0) yield* checkFormula(scene, ['criteria', index, 'energy'], observed)
    const { metric, energy } = criterion
    if (energy !== undefined && metric !== 'energy_mse' && typeof metric === 'string') {
      const message = `an energy is for the metric energy_mse: ${metric} has none`
      yield { path: ['criteria', index, 'energy'], message, key: true }
    }
    const lack = lackOf(scene, metric, energy !== undefined)
    if (lack) yield { path: ['criteria', index, 'metric'], message: `${metric} needs ${lack}` }
  }
}

/** What a metric needs that the scene lacks; what a module has is known only once it is loaded. */
function lackOf(scene: unknown, metric: unknown, hasFormula: boolean): string | undefined {
  const type = at(scene, ['system', 'type'])
  const split = at(scene, ['data', 'split'])
  if (metric === 'end_error' && at(scene, ['reference']) === undefined)
    return 'the state at the end of the span: give it in reference'
  if (metric === 'validation_loss' && Array.isArray(split) && split[1] === 0)
    return 'data for validation: their part of data.split is 0'
  if (metric === 'conductivity_error' && type !== 'heat')
    return 'a conductivity: systems of type heat have one'
  if (type !== 'equations') return
  if (metric === 'mass_matrix_error') return 'a mass matrix: systems of type lagrangian have one'
  const ofEnergy = metric === 'energy_drift' || (metric === 'energy_mse' && !hasFormula)
  if (ofEnergy && at(scene, ['system', 'energy']) === undefined)
    return `an energy: give system.energy${metric === 'energy_mse' ? ', or one over what is observed here' : ''}`
}

function* checkViewer(scene: unknown, names: SceneNames): Generator<Finding> {
  const { points } = names
  yield* checkPlots(scene, names)
  yield* checkKeys(scene, ['viewer', 'trails'], points, 'point')
  const rods = at(scene, ['viewer', 'rods'])
  if (!Array.isArray(rods)) return
  for (const [index, rod] of rods.entries()) {
    if (!Array.isArray(rod)) continue
    for (const [end, point] of rod.entries()) {
      if (typeof point !== 'string' || point === 'world' || points.includes(point)) continue
      yield { path: ['viewer', 'rods', index, end], message: unknown('point', point, ['world', ...points]) }
    }
  }
}

/** What is plotted is a number of the trajectory: a component of the state, or the energy. */
function* checkPlots(scene: unknown, { coordinates, rates }: SceneNames): Generator<Finding> {
  const plots = at(scene, ['viewer', 'plots'])
  if (!Array.isArray(plots) || coordinates.length === 0) return
  const curves = [...coordinates, ...rates, 'energy']
  for (const [index, plot] of plots.entries()) {
    const path = ['viewer', 'plots', index]
    if (typeof plot === 'string') {
      const known = ['state', ...curves, 'drift', 'error', 'mass_matrix']
      if (!known.includes(plot)) yield { path, message: unknown('curve', plot, known) }
      continue
    }
    const phase = at(plot, ['phase'])
    if (typeof phase === 'string') {
      const known = coordinates.filter(name => curves.includes(rateName(name)))
      if (known.includes(phase)) continue
      const pairs = known.length > 0 ? '' : ': give a pair of names, such as [x, v]'
      const message = `${unknown('coordinate', phase, known)}${pairs}`
      yield { path: [...path, 'phase'], message }
    }
    if (!Array.isArray(phase)) continue
    for (const [axis, name] of phase.entries())
      if (typeof name === 'string' && !curves.includes(name))
        yield { path: [...path, 'phase', axis], message: unknown('curve', name, curves) }
  }
}

function pair(scene: unknown, path: Path): (number | undefined)[] {
  const value = at(scene, path)
  return Array.isArray(value) && value.every(x => typeof x === 'number') ? value : []
}
