/**
 * The tables of docs/scenes.md, from the JSON schema of scene files: `npx tsx docs/sceneReference.ts`.
 * scenes/scene.schema.json itself is made from the zod schema that scenes are checked by, and a test compares the two.
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/** What of JSON schema (draft 7) the scene's schema uses. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema | readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly exclusiveMinimum?: number
  readonly minimum?: number
}

type Row = readonly [key: string, type: string, fallback: string, meaning: string]

/** One table for each section of a scene, one for each type of system. */
export function sceneReference(): string {
  const path = new URL('../scenes/scene.schema.json', import.meta.url)
  const scene = JSON.parse(readFileSync(path, 'utf8')) as Schema
  const plain = Object.entries(scene.properties!).filter(([, schema]) => !hasKeys(schema))
  const sections = Object.entries(scene.properties!).filter(([, schema]) => hasKeys(schema))
  return [
    table(plain.flatMap(([key, schema]) => rowsOf(key, schema, scene.required!.includes(key)))),
    ...sections.map(([key, schema]) => `### ${key}\n\n${sectionTable(schema)}`),
    `### network\n\n${sectionTable(scene.properties!.learn.properties!.potential.properties!.network)}`,
  ].join('\n\n')
}

/** The rows of a section; of a union of maps, a table for each with its type, or the first with the others' keys. */
function sectionTable(schema: Schema): string {
  if (schema.items) return table(keyRows('', schema.items as Schema))
  if (schema.oneOf)
    return schema.oneOf
      .map(kind => `\`type: ${kind.properties!.type.const}\`\n\n${table(keyRows('', kind))}`)
      .join('\n\n')
  if (schema.anyOf) {
    const rows = schema.anyOf.flatMap(kind => keyRows('', kind))
    const first = (key: string) => rows.findIndex(row => row[0] === key)
    const direct = (key: string) => key.replace(/^`\w+\[\]\./, '`')
    return table(
      rows.filter(([key], i) => first(key) === i && (direct(key) === key || first(direct(key)) < 0)),
    )
  }
  return table(keyRows('', schema))
}

function keyRows(prefix: string, schema: Schema): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const path = prefix ? `${prefix}.${key}` : key
    return rowsOf(path, inner, schema.required?.includes(key) ?? false)
  })
}

/** A key, then the keys of the maps within it; NAME stands for names of the scene's own, `[]` for items of a list. */
function rowsOf(path: string, schema: Schema, required: boolean): Row[] {
  const fallback = required ? 'required' : schema.default === undefined ? '' : code(written(schema.default))
  const own: Row = [code(path), typeOf(schema), fallback, schema.description ?? '']
  if (isNetwork(schema)) return [[code(path), '[network](#network)', fallback, '']]
  const inner = [
    ...keyRows(path, schema),
    ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(kind => alternativeRows(path, kind)),
    ...(isSchema(schema.additionalProperties) ? keyRows(`${path}.NAME`, schema.additionalProperties) : []),
    ...(isSchema(schema.items) ? keyRows(`${path}[]`, schema.items) : []),
  ]
  return [own, ...inner]
}

function alternativeRows(path: string, kind: Schema): Row[] {
  const type = kind.properties?.type?.const
  if (type === undefined) return rowsOf(path, kind, false).slice(1)
  return keyRows(path, kind)
    .filter(([key]) => key !== code(`${path}.type`))
    .map(([key, ...rest]): Row => [`${key} (${type})`, ...rest])
}

/** Networks are described once, in a table of their own. */
const isNetwork = ({ properties }: Schema): boolean => Boolean(properties?.hidden && properties.activation)
const isSchema = (x: unknown): x is Schema => typeof x === 'object' && x !== null && !Array.isArray(x)
const hasKeys = (schema: Schema): boolean =>
  Boolean(schema.properties || schema.oneOf || schema.anyOf || isSchema(schema.items))

function typeOf(schema: Schema): string {
  const { type, items } = schema
  if (schema.const !== undefined) return code(written(schema.const))
  if (schema.enum) return schema.enum.map(value => code(String(value))).join(', ')
  const alternatives = schema.oneOf ?? schema.anyOf
  if (alternatives) return [...new Set(alternatives.map(alternativeType))].join(' or ')
  if (Array.isArray(type)) return 'formula'
  if (Array.isArray(items)) return `[${items.map(typeOf).join(', ')}]`
  if (isSchema(items)) return `list of ${plural(typeOf(items))}`
  if (isSchema(schema.additionalProperties))
    return `map from names to ${plural(typeOf(schema.additionalProperties))}`
  if (schema.properties) return 'map'
  return `${type === 'integer' ? 'whole number' : type === 'string' ? 'text' : type}${bound(schema)}`
}

const alternativeType = (schema: Schema): string =>
  schema.properties?.type?.const === undefined
    ? typeOf(schema)
    : code(`{type: ${schema.properties.type.const}}`)

const plural = (type: string): string =>
  /^(formula|number|map|whole number)$/.test(type) ? `${type}s` : type

function bound({ exclusiveMinimum, minimum }: Schema): string {
  if (exclusiveMinimum !== undefined) return ` > ${exclusiveMinimum}`
  return minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? ` ≥ ${minimum}` : ''
}

const code = (text: string): string => `\`${text}\``
const written = (value: unknown): string =>
  typeof value === 'number' && value > 0 && value < 1e-3
    ? value.toExponential()
    : JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ')

function table(rows: readonly Row[]): string {
  const lines = [['key', 'value', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows]
  return lines.map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(sceneReference())
