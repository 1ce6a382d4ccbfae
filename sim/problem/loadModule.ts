import { existsSync } from 'node:fs'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FileError } from '../files/fileError.ts'
import { suggestion } from '../scene/suggest.ts'
import type { ModelDefinition, SystemDefinition, SystemModule, Toolkit } from './systemModule.ts'

/** The file of a scene's module, as seen from where the scene is. */
export const modulePath = (file: string, scene: string): string =>
  isAbsolute(file) ? file : join(dirname(scene), file)

/**
 * Loads a module's system and, with `learn`, its model. TypeScript is loaded by tsx, so that every Node runs it.
 *
 * @throws FileError with the module's place
 */
export async function loadModule(
  path: string,
  toolkit: Toolkit,
  learn: boolean,
): Promise<{ definition: SystemDefinition; model: ModelDefinition }> {
  if (!existsSync(path)) throw new FileError(path, 'no such file or directory')
  const exported = await attempt(path, 'cannot be loaded', () => importFile(path))
  const build = exported.default
  if (typeof build !== 'function')
    throw new FileError(
      path,
      `expected a default export, a function of the toolkit: export default ({ tf }) => ({ state, derivative })`,
    )
  if (exported.model !== undefined && typeof exported.model !== 'function')
    throw new FileError(path, `model: expected a function of the toolkit, got ${kindOf(exported.model)}`)
  const definition = await attempt(path, 'default', () => build(toolkit))
  checkDefinition(path, definition)
  const model = learn && exported.model ? await attempt(path, 'model', () => exported.model!(toolkit)) : {}
  checkModel(path, model)
  return { definition, model }
}

/**
 * Runs what a module gave, and says where in the module it failed.
 * @throws FileError
 */
export function moduleError(path: string, what: string, error: unknown): FileError {
  if (error instanceof FileError) return error
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  // esbuild, which reads TypeScript, and V8 begin with a headline: what is wrong follows "ERROR:", or is the first line
  const reason = /ERROR: (.*)/.exec(message)?.[1] ?? message.split('\n')[0]
  const position = stack.split(resolve(path))[1] ?? stack.split(pathToFileURL(path).href)[1]
  const line = /^(?:\?[^:\s)]*)?:(\d+)/.exec(position ?? '')?.[1]
  return new FileError(line ? `${path}:${line}` : path, `${what}: ${reason}`)
}

async function attempt<T>(path: string, what: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw moduleError(path, what, error)
  }
}

async function importFile(path: string): Promise<Partial<SystemModule>> {
  const { href } = pathToFileURL(path)
  if (!/^\.[cm]?ts$/.test(extname(path))) return import(href)
  const { tsImport } = await import('tsx/esm/api')
  const exported = await tsImport(href, import.meta.url)
  // where no package.json says that the folder holds ES modules, tsx makes a CommonJS module of the file
  return exported.default?.__esModule ? exported.default : exported
}

const functions = ['derivative', 'energy', 'potential', 'massMatrix'] as const

function checkDefinition(path: string, definition: unknown): asserts definition is SystemDefinition {
  checkParts(path, 'default', definition, ['state', ...functions])
  const { state, derivative } = definition
  if (!isObject(state) || Object.keys(state).length === 0)
    throw new FileError(path, `state: expected initial values by name, { x: 1, v: 0 }, got ${kindOf(state)}`)
  for (const [name, value] of Object.entries(state)) {
    if (!Number.isFinite(value))
      throw new FileError(path, `state.${name}: expected a finite number, got ${kindOf(value)}`)
  }
  if (derivative === undefined)
    throw new FileError(path, 'derivative is missing: expected a function (t, y, parameters) => tensor')
}

function checkModel(path: string, model: unknown): asserts model is ModelDefinition {
  checkParts(path, 'model', model, ['learned', ...functions])
  const { learned = [] } = model
  const isSpec = (spec: unknown) =>
    isObject(spec) &&
    typeof spec.name === 'string' &&
    Array.isArray(spec.shape) &&
    spec.initial instanceof Float64Array
  if (!Array.isArray(learned) || !learned.every(isSpec))
    throw new FileError(
      path,
      'model: learned: expected a list of { name, shape, initial: Float64Array }, such as the parameters of denseNetwork',
    )
}

/** What a function of the module returned: an object of functions with known names. */
function checkParts(
  path: string,
  name: string,
  parts: unknown,
  known: readonly string[],
): asserts parts is Record<string, unknown> {
  if (!isObject(parts))
    throw new FileError(path, `${name} returns ${kindOf(parts)}: expected { ${known.join(', ')} }`)
  for (const [key, value] of Object.entries(parts)) {
    if (!known.includes(key)) {
      const hint = suggestion(key, known) || `. There are: ${known.join(', ')}`
      throw new FileError(path, `${name} returns "${key}", which is not known${hint}`)
    }
    if ((functions as readonly string[]).includes(key) && value !== undefined && typeof value !== 'function')
      throw new FileError(
        path,
        `${key}: expected a function (t, y, parameters) => tensor, got ${kindOf(value)}`,
      )
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value in a few words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'function' ? 'a function' : 'an object'
}
