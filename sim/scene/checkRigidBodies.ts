import { at } from './explain.ts'
import { checkFormula, checkKeys, keysOf, type SceneNames, unknown } from './names.ts'
import { world } from './rigidBodies.ts'
import type { Finding, Path } from './source.ts'

const system = (...path: Path): Path => ['system', ...path]

/** That a tree of rigid bodies is one, that each joint moves something, and that its formulas use names that exist. */
export function* checkRigidBodies(
  scene: unknown,
  { parameters, coordinates, rates, time }: SceneNames,
): Generator<Finding> {
  const bodies = keysOf(scene, 'system', 'bodies')
  if (coordinates.length === 0)
    yield { path: ['system'], message: 'at least one body with a joint is needed', key: true }
  const place = function* (...path: Path): Generator<Finding> {
    for (const index of [0, 1, 2]) yield* checkFormula(scene, system(...path, index), parameters, ['t'])
  }
  yield* place('gravity')
  for (const body of bodies) {
    yield* checkParent(scene, body, bodies)
    yield* place('bodies', body, 'pos')
    const inertial: Path = ['bodies', body, 'inertial']
    yield* checkFormula(scene, system(...inertial, 'mass'), parameters, ['t'])
    yield* place(...inertial, 'pos')
    yield* place(...inertial, 'diaginertia')
    for (const index of [0, 1, 2, 3, 4, 5])
      yield* checkFormula(scene, system(...inertial, 'fullinertia', index), parameters, ['t'])
    const written = keysOf(scene, ...system(...inertial))
    if (written.includes('diaginertia') && written.includes('fullinertia'))
      yield {
        path: system(...inertial, 'fullinertia'),
        message: 'expected either diaginertia or fullinertia',
        key: true,
      }
    for (const joint of keysOf(scene, 'system', 'bodies', body, 'joints'))
      yield* checkJoint(scene, ['bodies', body, 'joints', joint], parameters)
  }
  yield* checkPlaces(scene)
  yield* checkMasses(scene, bodies)
  for (const site of keysOf(scene, 'system', 'sites')) {
    const body = at(scene, system('sites', site, 'body'))
    if (typeof body === 'string' && !bodies.includes(body))
      yield { path: system('sites', site, 'body'), message: unknown('body', body, bodies) }
    yield* place('sites', site, 'pos')
  }
  yield* checkKeys(scene, system('forces'), coordinates, 'joint')
  for (const joint of keysOf(scene, 'system', 'forces'))
    yield* checkFormula(scene, system('forces', joint), [...coordinates, ...rates, ...parameters, ...time])
}

/** The parent is a body, and not one that hangs on this one. */
function* checkParent(scene: unknown, body: string, bodies: readonly string[]): Generator<Finding> {
  const parentOf = (name: string) => at(scene, system('bodies', name, 'parent')) ?? world
  const path = system('bodies', body, 'parent')
  const parent = parentOf(body)
  if (typeof parent !== 'string' || parent === world) return
  if (!bodies.includes(parent)) {
    yield { path, message: unknown('body', parent, [world, ...bodies]) }
    return
  }
  let above: unknown = parent
  for (let steps = 0; steps < bodies.length && typeof above === 'string' && above !== world; steps++) {
    if (above === body) {
      yield { path, message: `"${body}" hangs on itself: bodies are a tree` }
      return
    }
    above = parentOf(above)
  }
}

function* checkJoint(scene: unknown, joint: Path, parameters: readonly string[]): Generator<Finding> {
  for (const term of ['damping', 'frictionloss', 'armature', 'stiffness', 'springref'])
    yield* checkFormula(scene, system(...joint, term), parameters, ['t'])
  for (const index of [0, 1, 2]) yield* checkFormula(scene, system(...joint, 'pos', index), parameters, ['t'])
  const axis = at(scene, system(...joint, 'axis'))
  if (Array.isArray(axis) && axis.length === 3 && axis.every(part => part === 0))
    yield { path: system(...joint, 'axis'), message: 'an axis needs a direction' }
}

/** The mass matrix of a joint that moves nothing would be singular. */
function* checkMasses(scene: unknown, bodies: readonly string[]): Generator<Finding> {
  const heavy = new Set<string>()
  for (const start of bodies) {
    if (at(scene, system('bodies', start, 'inertial')) === undefined) continue
    for (let body: unknown = start; typeof body === 'string' && !heavy.has(body); ) {
      heavy.add(body)
      body = at(scene, system('bodies', body, 'parent'))
    }
  }
  for (const body of bodies) {
    if (heavy.has(body)) continue
    for (const joint of keysOf(scene, 'system', 'bodies', body, 'joints'))
      if (at(scene, system('bodies', body, 'joints', joint, 'armature')) === undefined)
        yield {
          path: system('bodies', body, 'joints', joint),
          message: `nothing that moves with the joint "${joint}" has mass: give a body an inertial, or the joint an armature`,
          key: true,
        }
  }
}

/** Bodies, sites and points are places. */
function* checkPlaces(scene: unknown): Generator<Finding> {
  const places = new Map([[world, 'the origin']])
  for (const [section, kind] of Object.entries({ bodies: 'a body', sites: 'a site', points: 'a point' }))
    for (const name of keysOf(scene, 'system', section)) {
      const message = `"${name}" is ${places.get(name)} already: choose another name`
      if (places.has(name)) yield { path: system(section, name), message, key: true }
      else places.set(name, kind)
    }
}
