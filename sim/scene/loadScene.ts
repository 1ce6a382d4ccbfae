import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { reasonOf } from '../files/atomic.ts'
import { importSystem } from '../import/importSystem.ts'
import { axes, bodiesOf } from './bodies.ts'
import { checkScene } from './check.ts'
import { explain } from './explain.ts'
import { parseFormula } from './formula/parse.ts'
import { applyOverride, type Override, parseOverride } from './overrides.ts'
import { framesOf } from './rigidBodies.ts'
import { type Mistake, SceneError } from './sceneError.ts'
import type { SceneFormula } from './schema/formula.ts'
import { type Scene, sceneSchema } from './schema/scene.ts'
import { shippedScenes } from './shipped.ts'
import { type Finding, readSource } from './source.ts'
import { suggestion } from './suggest.ts'

export interface SceneOptions {
  /** `path=value`, each replacing a value of the file: `solver.rtol=1e-9`. */
  readonly set?: readonly string[]
}

/**
 * Reads a scene file, or a shipped scene by its name.
 * @throws SceneError with every mistake and its place
 */
export function loadScene(path: string, options: SceneOptions = {}): Scene {
  const shipped = shippedScenes()
  const file = shipped.find(scene => scene.name === path)?.file ?? path
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const names = shipped.filter(scene => !scene.isTest).map(scene => scene.name)
    const hint = suggestion(path.replace(/^.*\/|\.(ya?ml|json)$/g, ''), names)
    const message = `${reasonOf(error)}${hint || (names.length > 0 ? `. Shipped scenes: ${names.join(', ')}` : '')}`
    throw new SceneError([{ file: path, line: 0, column: 0, path: '', message }])
  }
  return parseScene(text, file, options)
}

/**
 * Reads the text of a scene; `place` is its file, for messages and relative paths.
 * @throws SceneError
 */
export function parseScene(text: string, place: string, { set = [] }: SceneOptions = {}): Scene {
  const source = readSource(text, place)
  const mistakes: Mistake[] = [...source.mistakes]
  const overrides: Override[] = []
  for (const option of set) {
    const override = parseOverride(option)
    if ('message' in override) mistakes.push(override)
    else overrides.push(override)
  }
  if (source.value === undefined) throw new SceneError(mistakes)
  const imported = importSystem(overrides.reduce(applyOverride, source.value), place)
  if (imported.mistakes.length + imported.findings.length > 0) {
    const inScene = imported.findings.map(finding => source.locate(finding, overrides))
    throw new SceneError(inOrder([...mistakes, ...inScene, ...imported.mistakes]))
  }
  const { value, notes } = imported
  const parsed = sceneSchema.safeParse(value)
  const findings: Finding[] = parsed.success ? [] : explain(parsed.error.issues, sceneSchema, value)
  findings.push(...checkScene(value))
  const located = findings.map(finding => source.locate(finding, overrides))
  mistakes.push(
    ...located.filter(mistake => !source.mistakes.some(ambiguity => samePlace(ambiguity, mistake))),
  )
  if (!parsed.success || mistakes.length > 0) throw new SceneError(inOrder(mistakes))
  const scene = withDefaults(parsed.data, place)
  return notes.length > 0 ? { ...scene, notes } : scene
}

const samePlace = (a: Mistake, b: Mistake): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column

/** By place, each message once. */
function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const key = ({ line, column, path, message }: Mistake) => `${line}:${column}:${path}:${message}`
  const distinct = new Map(mistakes.map(mistake => [key(mistake), mistake]))
  return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}

/** Bodies of particles are points, and their springs are drawn, unless the scene says otherwise. */
function withBodies<S extends Pick<Scene, 'system' | 'viewer'>>(scene: S): S {
  const { system } = scene
  if (system.type !== 'particles') return scene
  const { dimensions } = bodiesOf({ system })
  const position = (body: string) =>
    axes.map((axis, k): SceneFormula => {
      const text = k < dimensions ? `${body}_${axis}` : 0
      return { ...parseFormula(text), text }
    }) as [SceneFormula, SceneFormula, SceneFormula]
  const points = {
    ...Object.fromEntries(Object.keys(system.bodies).map(body => [body, position(body)])),
    ...system.points,
  }
  const drawn = Object.values(system.springs)
    .map(({ between }) => between)
    .filter(ends => ends.every(end => end in points))
  const springs = drawn.length > 0 ? { springs: drawn } : {}
  const sheets = Object.entries(system.lattices).map(([name, { size }]) => [name, { cloth: size }])
  const particles = sheets.length > 0 ? { particles: Object.fromEntries(sheets) } : {}
  return { ...scene, system: { ...system, points }, viewer: { ...springs, ...particles, ...scene.viewer } }
}

/**
 * Bodies of a tree look as their geoms say, and what has none is a small ball, as a site of MJCF; without any geoms, rods join the
 * origins. Unless the scene says otherwise.
 */
function withGeoms<S extends Pick<Scene, 'system' | 'viewer'>>(scene: S): S {
  const { system } = scene
  if (system.type !== 'rigid-bodies') return scene
  const bodies = Object.entries(system.bodies)
  const shapes = bodies.flatMap(([body, { geoms }]) => geoms.map(geom => ({ body, ...geom })))
  const bare = framesOf({ system }).filter(frame => !shapes.some(({ body }) => body === frame))
  const marks = bare.map(body => ({ body, type: 'sphere' as const, size: [0.005] }))
  const rods = bodies.map(([body, { parent }]): [string, string] => [parent, body])
  const tips = Object.entries(system.sites).map(([site, { body }]): [string, string] => [body, site])
  const drawn = shapes.length > 0 ? { geoms: [...shapes, ...marks] } : { rods: [...rods, ...tips] }
  return { ...scene, viewer: { ...drawn, ...scene.viewer } }
}

/** Probes of a heat system are points and plots, and its temperature is drawn, unless the scene says otherwise. */
function withField<S extends Pick<Scene, 'system' | 'viewer'>>(scene: S): S {
  const { system } = scene
  if (system.type !== 'heat') return scene
  const probes = Object.entries(system.probes)
  const at = (place: readonly number[]) =>
    [...place, 0].map((text): SceneFormula => ({ ...parseFormula(text), text })) as [
      SceneFormula,
      SceneFormula,
      SceneFormula,
    ]
  const points = { ...Object.fromEntries(probes.map(([name, place]) => [name, at(place)])), ...system.points }
  const fields = { temperature: { mesh: 'temperature' } }
  const plots = [...probes.map(([name]) => name), 'energy']
  return { ...scene, system: { ...system, points }, viewer: { fields, plots, ...scene.viewer } }
}

/** Defaults that follow from other sections: what is simulated when, and that columns are states of their names. */
function withDefaults({ data, ...written }: z.output<typeof sceneSchema>, place: string): Scene {
  const scene = withGeoms(withField(withBodies(written)))
  if (!data) return { ...scene, place }
  const { simulate, file, columns = {} } = data
  const names = Object.keys(columns).filter(name => name !== 'time' && name !== 'trial')
  const identity = (name: string): SceneFormula => ({ ...parseFormula(name), text: name })
  return {
    ...scene,
    place,
    data: {
      ...data,
      simulate: simulate && { ...simulate, span: simulate.span ?? scene.solver.span },
      observe:
        data.observe ?? (file ? Object.fromEntries(names.map(name => [name, identity(name)])) : undefined),
    },
  }
}
