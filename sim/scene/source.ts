import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml'
import { type Override, overrideAt } from './overrides.ts'
import type { Mistake } from './sceneError.ts'

export type Path = readonly (string | number)[]

/** Something wrong with a scene's content: in the value at `path`, or in its key, or at an index of its text. */
export interface Finding {
  readonly path: Path
  readonly message: string
  /** The key is wrong, not the value below it. */
  readonly key?: boolean
  /** Where in the value's text, which is a formula; `length` characters. */
  readonly index?: number
  readonly length?: number
}

/** A scene's text as data, and the way back from the data to places in the text. */
export interface SceneSource {
  /** Plain data, as in JSON; undefined where the text is not YAML. */
  readonly value: unknown
  /** What is wrong with the text as YAML. */
  readonly mistakes: readonly Mistake[]
  locate(finding: Finding, overrides?: readonly Override[]): Mistake
}

type Range = readonly [begin: number, end: number]

/**
 * Reads YAML (or JSON, which is part of it) in the subset that YAML 1.2 and PyYAML's 1.1 agree on; only numbers such as
 * 1e-3, which PyYAML takes for text, are numbers here. What one would read differently is a mistake.
 */
export function readSource(text: string, file: string): SceneSource {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    version: '1.2',
  })
  const place = ([begin, end]: Range, path: Path, message: string): Mistake => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(begin, text.length)))
    const lineStart = lines.lineStarts[line - 1] ?? 0
    const source = text.slice(lineStart).split(/\r?\n/, 1)[0]
    return { file, line, column: col, path: path.join('.'), message, source, length: end - begin }
  }
  const mistakes: Mistake[] = []
  // what follows the first error is most often its consequence
  const [syntax] = document.errors
  if (syntax) mistakes.push(place([syntax.pos[0], syntax.pos[0] + 1], [], inOurWords(syntax.message)))
  let value: unknown
  if (!syntax) {
    for (const { range, message } of ambiguities(document)) mistakes.push(place(range, [], message))
    try {
      value = document.toJS({ maxAliasCount: 100 })
    } catch (error) {
      mistakes.push(place([0, 1], [], inOurWords((error as Error).message)))
    }
  }
  return {
    value,
    mistakes,
    locate(finding, overrides = []) {
      const override = overrideAt(overrides, finding.path)
      if (override) return placeInOverride(override, finding)
      return place(rangeOf(document, finding, text), finding.path, finding.message)
    },
  }
}

const inOurWords = (message: string): string => {
  const [first] = message.split('\n')
  return `this is not valid YAML: ${first[0].toLowerCase()}${first.slice(1).replace(/ at line .*$/, '')}`
}

/** Words that YAML 1.1 (PyYAML) and YAML 1.2 read differently. */
const truthWord = /^(yes|no|on|off)$/i
const numberOf11 = /^[-+]?(0[0-7_]+|[0-9][0-9_]*_[0-9_.]*|0b[01_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)$/

function ambiguities(document: Document): { range: Range; message: string }[] {
  const found: { range: Range; message: string }[] = []
  visit(document, {
    Scalar(key, node) {
      const range = rangeOfNode(node)
      const written = node.source ?? String(node.value)
      if (key === 'key' && written === '__proto__') found.push({ range, message: 'this name is not allowed' })
      if (node.type !== 'PLAIN') return
      if (truthWord.test(written))
        found.push({
          range,
          message: `write true or false, or "${written}" in quotation marks if it is a word`,
        })
      if (numberOf11.test(written) && key !== 'key')
        found.push({
          range,
          message: `${written} is read as different numbers by different programs: write it plainly`,
        })
    },
  })
  return found
}

const rangeOfNode = (node: { range?: readonly number[] | null }): Range => [
  node.range?.[0] ?? 0,
  node.range?.[1] ?? 0,
]

/** The part of the text that a finding is about. */
function rangeOf(document: Document, { path, key, index, length }: Finding, text: string): Range {
  let node: unknown = document.contents
  let range: Range = isCollection(node) ? startOf(node) : [0, 1]
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    if (!isCollection(node)) break
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = pairOf(node, step)
      if (!pair) break
      if (last && key) return rangeOfNode(pair.key as Scalar)
      // what has no text of its own, or more than a line of it, is shown by its key
      const { value } = pair
      if (isScalar(value) && value.source !== '') range = rangeOfNode(value)
      else if (isCollection(value) && value.flow) range = startOf(value)
      else range = rangeOfNode(pair.key as Scalar)
      node = pair.value
    } else {
      node = node.get(step, true)
      if (node) range = isCollection(node) ? startOf(node) : rangeOfNode(node as Scalar)
    }
  }
  if (index !== undefined && isScalar(node)) {
    const begin = offsetInSource(node, index, text)
    return [begin, begin + (length ?? 1)]
  }
  return range
}

const startOf = (node: { range?: readonly number[] | null }): Range => {
  const begin = node.range?.[0] ?? 0
  return [begin, begin + 1]
}

/** The pair of a map with this key, also if it came in through a merge (<<). */
const pairOf = (map: { items: Pair[] }, key: string | number): Pair | undefined =>
  map.items.find(pair => isScalar(pair.key) && String(pair.key.value) === String(key))

/**
 * Where character `index` of a scalar's value stands in the text: the two run in step but for quotes, escapes, indentation
 * and folded lines, where one blank of the value is any run of blanks in the text.
 */
function offsetInSource(node: Scalar, index: number, text: string): number {
  const [begin, end] = rangeOfNode(node)
  const value = String(node.value)
  let at = begin
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') at = text.indexOf('\n', begin) + 1
  else if (node.type !== 'PLAIN') at++
  const blank = /\s/
  for (let k = 0; k <= index && at < end; k++) {
    if (k < value.length && blank.test(value[k])) {
      if (k === index) break
      while (at < end && blank.test(text[at])) at++
      while (k + 1 < index && blank.test(value[k + 1])) k++
    } else {
      while (at < end && text[at] !== value[k]) at++
      if (k === index) break
      at++
    }
  }
  return Math.min(at, end)
}

/** A finding within a value that came from the command line. */
function placeInOverride(
  { text, valueStart }: Override,
  { path, message, key, index, length }: Finding,
): Mistake {
  const column = key ? 1 : valueStart + 1 + (index ?? 0)
  return {
    file: '--set',
    line: 0,
    column,
    path: path.join('.'),
    message,
    source: text,
    length: length ?? (key ? valueStart - 1 : text.length - valueStart),
  }
}
