import { distinct } from './distinct.ts'
import { type Graph, type Node, topologicalOrder } from './graph.ts'
import { shapeText } from './primitives/shapes.ts'

/** Values of a constant that are shown. */
const shownValues = 8

/**
 * The graph to read: a line per node, operands before users, with the names of the inputs, and the place in the user's
 * code where it is known. A number repeated to a shape is shown where it is used.
 *
 *     f(t [], y [2]) {
 *       %1 []  = sin(t)           # model.ts:3:8
 *       %2 [2] = broadcast(%1)
 *       %3 [2] = subtract(%2, y)  # model.ts:3:18
 *       return %3
 *     }
 */
export function graphText(graph: Graph, name = 'graph'): string {
  const names = new Map<Node, string>(
    distinct(graph.inputs.map(inputName)).map((label, i) => [graph.inputs[i], label]),
  )
  const lines: { label: string; shape: string; call: string; origin?: string }[] = []
  for (const node of topologicalOrder(graph.outputs)) {
    if (names.has(node)) continue
    const number = repeatedNumber(node)
    if (number !== undefined) {
      names.set(node, numberText(number))
      continue
    }
    const label = `%${lines.length + 1}`
    const call = `${node.primitive}(${[...node.operands.map(operand => names.get(operand)!), ...attributesOf(node)].join(', ')})`
    lines.push({ label, shape: shapeText(node.shape), call, origin: node.origin })
    names.set(node, label)
  }
  const width = (texts: readonly string[]) => Math.max(0, ...texts.map(text => text.length))
  const [labels, shapes, calls] = [
    width(lines.map(({ label }) => label)),
    width(lines.map(({ shape }) => shape)),
    width(lines.filter(({ origin }) => origin).map(({ call }) => call)),
  ]
  const inputs = graph.inputs.map(node => `${names.get(node)} ${shapeText(node.shape)}`)
  return [
    `${name}(${inputs.join(', ')}) {`,
    ...lines.map(({ label, shape, call, origin }) => {
      const assignment = `  ${label.padEnd(labels)} ${shape.padEnd(shapes)} = `
      return assignment + (origin ? `${call.padEnd(calls)}  # ${origin}` : call)
    }),
    `  return ${graph.outputs.map(node => names.get(node)).join(', ')}`,
    '}',
  ].join('\n')
}

/** The user's name of an input. */
export function inputName(node: Node): string {
  if (node.primitive !== 'input') throw new TypeError(`an input of a graph is a node ${node.primitive}`)
  return node.attributes.name
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** The number that each element is, by the form of the node. */
function repeatedNumber(node: Node): number | undefined {
  if (node.primitive === 'reshape' || node.primitive === 'broadcast') return repeatedNumber(node.operands[0])
  if (node.primitive !== 'constant') return undefined
  const { value } = node.attributes
  return value.every(element => Object.is(element, value[0])) ? value[0] : undefined
}

function attributesOf(node: Node): string[] {
  if (node.primitive === 'constant') {
    const { value } = node.attributes
    const shown = Array.from(value.subarray(0, shownValues), numberText)
    return value.length > shownValues ? [...shown, '…'] : shown
  }
  return Object.entries(node.attributes ?? {})
    .filter(([, value]) => value !== false)
    .map(([key, value]) => (value === true ? key : `${key}: ${textOf(value)}`))
}

const textOf = (value: string | number | readonly number[]): string =>
  Array.isArray(value) ? shapeText(value) : String(value)
