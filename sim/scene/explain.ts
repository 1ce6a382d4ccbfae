import { z } from 'zod'
import type { Finding, Path } from './source.ts'
import { nearest, suggestion } from './suggest.ts'

/** What zod found wrong, in words, with suggestions; a schema is walked along the paths to know what is allowed. */
export const explain = (issues: readonly z.core.$ZodIssue[], schema: z.ZodType, value: unknown): Finding[] =>
  issues.flatMap(issue => explainIssue(issue, schema, value))

function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): Finding[] {
  const path = issue.path as Path
  const given = at(value, path)
  const key = path.length > 0 ? String(path[path.length - 1]) : 'scene'
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path, value)
      return issue.keys.map(unknown => ({
        path: [...path, unknown],
        message: `no key "${unknown}" here${suggestion(unknown, known) || `. There are: ${known.join(', ')}`}`,
        key: true,
      }))
    }
    case 'invalid_type':
      if (path.length === 0 && given === null) return [{ path, message: 'the scene is empty' }]
      if (given === undefined) return [missing(path, value)]
      return [{ path, message: `expected ${kindName(issue.expected)}, got ${described(given)}` }]
    case 'invalid_value': {
      if (given === undefined) return [missing(path, value)]
      const allowed = issue.values.map(String)
      if (allowed.length === 1) return [{ path, message: `expected ${allowed[0]}, got ${described(given)}` }]
      return [{ path, message: noSuch(key, given, allowed) }]
    }
    case 'invalid_union':
      return explainUnion(issue, schema, value)
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? 'this name is not allowed', key: true }]
    case 'too_small':
      if (Array.isArray(given) && tupleLength(schema, path, value) !== undefined) {
        return [{ path, message: `expected ${tupleLength(schema, path, value)} items, got ${given.length}` }]
      }
      if (issue.origin === 'array' || issue.origin === 'string') {
        return [{ path, message: `expected at least ${counted(issue.minimum, issue.origin)}` }]
      }
      return [
        {
          path,
          message: `expected a number ${issue.inclusive ? '≥' : '>'} ${issue.minimum}, got ${described(given)}`,
        },
      ]
    case 'too_big':
      if (Array.isArray(given)) {
        return [{ path, message: `expected ${tupleLength(schema, path, value)} items, got ${given.length}` }]
      }
      return [
        {
          path,
          message: `expected a number ${issue.inclusive ? '≤' : '<'} ${issue.maximum}, got ${described(given)}`,
        },
      ]
    case 'custom': {
      const { index, length } = (issue.params ?? {}) as { index?: number; length?: number }
      return [{ path, message: issue.message, index, length }]
    }
    default:
      return [{ path, message: issue.message }]
  }
}

function explainUnion(issue: z.core.$ZodIssueInvalidUnion, schema: z.ZodType, value: unknown): Finding[] {
  const path = issue.path as Path
  const given = at(value, path)
  if (given === undefined) return [missing(path, value)]
  if (issue.discriminator) {
    const key = issue.discriminator
    // zod reports an unknown discriminator at the discriminator itself
    const own = String(path.at(-1)) === key ? path : [...path, key]
    const chosen = at(value, own)
    if (chosen === undefined) return [missing(own, value)]
    const options = discriminators(schemasAt(schema, own.slice(0, -1), value), key)
    return [{ path: own, message: noSuch(own.length > 1 ? `${own.at(-2)} ${key}` : key, chosen, options) }]
  }
  // of the alternatives, the one that the value was meant to be has the fewest mistakes, none of them at its root
  const alternatives = issue.errors.filter(
    errors => !errors.some(error => error.path.length === 0 && error.code === 'invalid_type'),
  )
  if (alternatives.length === 0 || !isPlainObject(given))
    return [{ path, message: `${issue.message}, got ${described(given)}` }]
  const best = alternatives.reduce((a, b) => (weight(b) < weight(a) ? b : a))
  return explain(
    best.map(error => ({ ...error, path: [...path, ...error.path] })),
    schema,
    value,
  )
}

const weight = (errors: readonly z.core.$ZodIssue[]): number =>
  errors.reduce((sum, error) => sum + (error.code === 'unrecognized_keys' ? error.keys.length : 1), 0)

function missing(path: Path, value: unknown): Finding {
  const parent = path.slice(0, -1)
  const key = String(path.at(-1) ?? '')
  const name = typeof path.at(-1) === 'number' ? `item ${Number(path.at(-1)) + 1}` : `the key "${key}"`
  const present = isPlainObject(at(value, parent)) ? Object.keys(at(value, parent) as object) : []
  const misspelled = nearest(key, present)
  return { path, message: `${name} is missing${misspelled ? ` (there is a "${misspelled}")` : ''}` }
}

function noSuch(key: string, given: unknown, allowed: readonly string[]): string {
  if (typeof given !== 'string') return `expected one of ${allowed.join(', ')}, got ${described(given)}`
  const meant = suggestion(given, allowed)
  return `no ${key.replaceAll('_', ' ')} "${given}"${meant || `. There are: ${allowed.join(', ')}`}`
}

function kindName(expected: string): string {
  const names: Record<string, string> = {
    number: 'a number',
    int: 'a whole number',
    string: 'text',
    boolean: 'true or false',
    object: 'a map of keys and values',
    record: 'a map of names and values',
    array: 'a list',
    tuple: 'a list',
  }
  return names[expected] ?? expected
}

function described(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (isPlainObject(value)) return 'a map'
  if (typeof value === 'string') {
    const number =
      value.trim() !== '' && Number.isFinite(Number(value)) ? ': a number is written without quotes' : ''
    return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"${number}`
  }
  return String(value)
}

const counted = (number: number | bigint, origin: string): string =>
  `${number} ${origin === 'array' ? 'item' : 'character'}${number === 1 ? '' : 's'}`

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path of plain data; undefined where there is none. */
export function at(value: unknown, path: Path): unknown {
  let current = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined
    current = (current as Record<string | number, unknown>)[step]
  }
  return current
}

/** The keys that the schema allows at a path. */
function keysAt(schema: z.ZodType, path: Path, value: unknown): string[] {
  return [
    ...new Set(
      schemasAt(schema, path, value).flatMap(option =>
        option instanceof z.ZodObject ? Object.keys(option.shape) : [],
      ),
    ),
  ]
}

/** How many items a list at a path has, where the schema fixes it. */
const tupleLength = (schema: z.ZodType, path: Path, value: unknown): number | undefined =>
  schemasAt(schema, path, value).find(option => option instanceof z.ZodTuple)?.def.items.length

/** The schemas that may be meant at a path, without defaults, transformations and unions around them. */
function schemasAt(schema: z.ZodType, path: Path, value: unknown): z.ZodType[] {
  const options = alternatives(schema, value)
  if (path.length === 0) return options
  const [step, ...rest] = path
  return options.flatMap(option => {
    const inner = child(option, step)
    return inner ? schemasAt(inner, rest, at(value, [step])) : []
  })
}

function child(schema: z.ZodType, step: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[step] as z.ZodType | undefined
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType
  if (schema instanceof z.ZodTuple) return schema.def.items[Number(step)] as z.ZodType | undefined
  return undefined
}

function alternatives(schema: z.ZodType, value: unknown): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return alternatives(schema.unwrap() as z.ZodType, value)
  if (schema instanceof z.ZodPipe) return alternatives(schema.in as z.ZodType, value)
  if (schema instanceof z.ZodUnion) {
    const options = (schema.options as z.ZodType[]).flatMap(option => alternatives(option, value))
    const chosen = options.filter(option => agrees(option, value))
    return chosen.length > 0 ? chosen : options
  }
  return [schema]
}

/** Whether the literals of an object schema (its discriminator) are those of the value. */
function agrees(schema: z.ZodType, value: unknown): boolean {
  if (!(schema instanceof z.ZodObject) || !isPlainObject(value)) return false
  return Object.entries(schema.shape).every(
    ([key, inner]) => !(inner instanceof z.ZodLiteral) || inner.values.has(value[key] as never),
  )
}

const discriminators = (options: readonly z.ZodType[], key: string): string[] =>
  options.flatMap(option => {
    const inner = child(option, key)
    return inner instanceof z.ZodLiteral ? [...inner.values].map(String) : []
  })
