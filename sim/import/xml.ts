import { SaxesParser } from 'saxes'
import { type Mistake, SceneError } from '../scene/sceneError.ts'
import { suggestion } from '../scene/suggest.ts'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Where its `<` stands in the text. */
  readonly offset: number
}

/** Reads a file's elements, and keeps what is wrong with them, each with its place. */
export interface XmlReader {
  readonly root: XmlElement
  readonly mistakes: Mistake[]
  /** What was passed over, and does not stop the import. */
  readonly notes: string[]
  refuse(element: XmlElement, message: string, attribute?: string): void
  note(element: XmlElement, message: string): void
  /** The children of a name. */
  all(element: XmlElement, name: string): XmlElement[]
  /** The first child of a name. */
  first(element: XmlElement, name: string): XmlElement | undefined
  /** An attribute that must be there. */
  text(element: XmlElement, attribute: string): string
  /** `count` finite numbers of an attribute, or those given where it is missing or wrong. */
  numbers(element: XmlElement, attribute: string, fallback: readonly number[]): number[]
  number(element: XmlElement, attribute: string, fallback: number): number
  /** Refuses children whose names are not among those given. */
  only(element: XmlElement, children: readonly string[]): void
}

/**
 * @throws SceneError where the text is no XML, or has a document type (entities are not expanded)
 */
export function readXml(text: string, file: string): XmlReader {
  const mistakes: Mistake[] = []
  const notes: string[] = []
  const placed = (offset: number, path: string, message: string, length: number): Mistake => {
    const before = text.slice(0, offset).split('\n')
    const line = before.length
    const source = text.split(/\r?\n/, line)[line - 1]
    return { file, line, column: before[line - 1].length + 1, path, message, source, length }
  }
  const root = elementsOf(text, (offset, message) => {
    throw new SceneError([placed(offset, '', message, 1)])
  })
  const reader: XmlReader = {
    root,
    mistakes,
    notes,
    refuse(element, message, attribute) {
      const { offset, name } = element
      const tag = text.slice(offset, text.indexOf('>', offset))
      const found = attribute === undefined ? -1 : tag.search(new RegExp(`\\s${attribute}\\s*=`))
      const path = attribute === undefined ? name : `${name}.${attribute}`
      if (found < 0) mistakes.push(placed(offset, path, message, name.length + 1))
      else mistakes.push(placed(offset + found + 1, path, message, attribute!.length))
    },
    note({ offset, name }, message) {
      const { line } = placed(offset, '', '', 0)
      notes.push(`${file}:${line} ${name}: ${message}`)
    },
    all: (element, name) => element.children.filter(child => child.name === name),
    first: (element, name) => element.children.find(child => child.name === name),
    text(element, attribute) {
      const value = element.attributes[attribute]
      if (value === undefined) reader.refuse(element, `the attribute "${attribute}" is missing`)
      return value ?? ''
    },
    numbers(element, attribute, fallback) {
      const written = element.attributes[attribute]
      if (written === undefined) return [...fallback]
      const values = written.trim().split(/\s+/).map(Number)
      if (values.length === fallback.length && values.every(Number.isFinite)) return values
      const wanted = fallback.length === 1 ? 'a number' : `${fallback.length} numbers`
      reader.refuse(element, `expected ${wanted}, got "${written}"`, attribute)
      return [...fallback]
    },
    number: (element, attribute, fallback) => reader.numbers(element, attribute, [fallback])[0],
    only(element, children) {
      for (const child of element.children)
        if (!children.includes(child.name))
          reader.refuse(
            child,
            `not part of what can be imported below <${element.name}>${suggestion(child.name, children) || `: ${children.join(', ')}`}`,
          )
    },
  }
  return reader
}

type Growing = Omit<XmlElement, 'children'> & { children: Growing[] }

function elementsOf(text: string, fail: (offset: number, message: string) => never): XmlElement {
  const parser = new SaxesParser({ xmlns: false, position: true })
  const open: Growing[] = []
  let root: XmlElement | undefined
  let begin = 0
  parser.on('error', ({ message }) => {
    const reason = message.replace(/^\d+:\d+: /, '')
    fail(Math.max(0, parser.position - 1), `this is not valid XML: ${reason}`)
  })
  parser.on('doctype', () => fail(text.indexOf('<!DOCTYPE'), 'a document type is not read: leave it out'))
  parser.on('opentagstart', ({ name }) => {
    begin = text.lastIndexOf(`<${name}`, parser.position)
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: Growing = {
      name,
      attributes: { ...attributes } as Record<string, string>,
      children: [],
      offset: begin,
    }
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(text).close()
  return root ?? fail(0, 'this is not valid XML: there is no element')
}
