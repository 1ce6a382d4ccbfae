import { parseDocument } from 'yaml'
import type { Mistake } from './sceneError.ts'
import type { Path } from './source.ts'

/** A value from the command line that replaces one of the scene: `--set solver.rtol=1e-9`. */
export interface Override {
  readonly path: Path
  readonly value: unknown
  /** As typed; the value begins at `valueStart`. */
  readonly text: string
  readonly valueStart: number
}

/** Reads `path=value`, the value as YAML; a list index is a number: `criteria.0.below=1e-3`. */
export function parseOverride(text: string): Override | Mistake {
  const mistake = (message: string): Mistake => ({
    file: '--set',
    line: 0,
    column: 1,
    path: '',
    message,
    source: text,
    length: text.length,
  })
  const equals = text.indexOf('=')
  if (equals < 1) return mistake('expected PATH=VALUE, such as solver.rtol=1e-9')
  const path = text.slice(0, equals).trim().split('.')
  if (path.some(step => step === '' || step === '__proto__'))
    return mistake('the path has an empty or forbidden part')
  const document = parseDocument(text.slice(equals + 1), { prettyErrors: false })
  if (document.errors.length > 0) return mistake(`the value is not valid YAML: ${document.errors[0].message}`)
  return {
    path: path.map(step => (/^\d+$/.test(step) ? Number(step) : step)),
    value: document.toJS(),
    text,
    valueStart: equals + 1,
  }
}

/** A copy of the data with a value replaced; maps on the way are made where they are missing. */
export function applyOverride(data: unknown, { path, value }: Pick<Override, 'path' | 'value'>): unknown {
  if (path.length === 0) return value
  const [step, ...rest] = path
  const inner = { path: rest, value }
  if (Array.isArray(data) && typeof step === 'number') {
    const copy = [...data]
    copy[Math.min(step, copy.length)] = applyOverride(data[step], inner)
    return copy
  }
  const map = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {}
  return { ...map, [step]: applyOverride((map as Record<string, unknown>)[step], inner) }
}

/** The last override that decides the value at `path`, if any. */
export const overrideAt = (overrides: readonly Override[], path: Path): Override | undefined =>
  overrides.findLast(({ path: own }) => own.every((step, i) => String(step) === String(path[i])))
