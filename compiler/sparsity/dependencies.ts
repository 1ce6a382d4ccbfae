/**
 * On which elements of an input each element of a node depends: sets of indices, sent through the graph by one rule per
 * kind of primitive. The sets are conservative (they contain all on which the derivative depends, whatever the values
 * are) and exact for what moves numbers and for what works element by element.
 */

import { isLocallyConstant } from '../differentiate/rules.ts'
import { spread } from '../differentiate/structural.ts'
import { type Node, sizeOf } from '../graph.ts'
import { evaluate } from '../interpret/evaluate.ts'
import { interpret } from '../interpret/index.ts'
import { real } from '../interpret/real.ts'
import { constant } from '../primitives.ts'
import type { Constants } from './constants.ts'
import { emptySet, type IndexSets } from './indexSets.ts'
import { productDependencies, solveDependencies } from './linear.ts'
import type { Support } from './support.ts'

/** The number of the set of each element, row-major; null where all are empty. */
export type Dependencies = Int32Array | null

/** What is known of an operand. */
export interface Operand {
  readonly node: Node
  readonly dependencies: Dependencies
  readonly support: Support
}

export function dependenciesOf(
  node: Node,
  operands: readonly Operand[],
  constants: Constants,
  sets: IndexSets,
): Dependencies {
  if (isLocallyConstant(node) || operands.every(({ dependencies }) => dependencies === null)) return null
  const [x, y] = operands
  switch (node.primitive) {
    case 'reshape':
      return x.dependencies
    case 'broadcast':
    case 'transpose':
    case 'slice':
    case 'pad':
    case 'concatenate':
    case 'reverse':
      return moved(node, operands)
    case 'gather': {
      const rows = constants.valueOf(y.node)
      return rows ? moved(node, operands, rows) : alongAxis(node, x, node.attributes.axis, sets)
    }
    case 'scatterAdd': {
      const rows = constants.valueOf(y.node)
      const { axis } = node.attributes
      return rows ? scattered(node, x, axis, rows, sets) : alongAxis(node, x, axis, sets)
    }
    case 'sum':
    case 'productOf':
    case 'maximumOf':
    case 'minimumOf':
      return reduced(node.attributes.axes, sizeOf(node.shape), x, sets)
    case 'matmul':
      return productDependencies(node, x, y, sets)
    case 'solve':
      return solveDependencies(node, x, y, sets)
    case 'multiply':
      return united([limited(x, y.support), limited(y, x.support)], sets)
    case 'divide':
      return united([x.dependencies, limited(y, x.support)], sets)
    case 'select': {
      const condition = constants.valueOf(x.node)
      const [, a, b] = operands
      if (!condition) return united([a.dependencies, b.dependencies], sets)
      return united(
        [
          limited(a, condition),
          limited(
            b,
            condition.map(c => Number(c === 0)),
          ),
        ],
        sets,
      )
    }
    case 'factor':
    case 'factorSolve':
      throw new TypeError(`${node.primitive} has no derivative: differentiate a graph before it is rewritten`)
    default:
      // Element by element, of one operand or of two.
      return united(
        operands.map(({ dependencies }) => dependencies),
        sets,
      )
  }
}

/** Element by element, the union. */
function united(lists: readonly Dependencies[], sets: IndexSets): Dependencies {
  const [first = null, ...others] = lists.filter(list => list !== null)
  if (others.length === 0) return first
  return first!.map((set, k) => others.reduce((union, list) => sets.union(union, list![k]), set))
}

/** The dependencies where the mask is not zero. */
function limited({ dependencies }: Operand, mask: ArrayLike<number> | null): Dependencies {
  return dependencies && mask ? dependencies.map((set, k) => (mask[k] === 0 ? emptySet : set)) : dependencies
}

/** What only moves numbers moves their places: applied to 1, 2, 3, …, it says which element each is; 0 is none. */
function moved(node: Node, operands: readonly Operand[], rows?: Float64Array): Dependencies {
  let counted = 0
  const all: number[] = [emptySet]
  const places = operands.map(({ node: operand, dependencies }, i) => {
    if (i === 1 && rows) return Array.from(rows)
    const size = sizeOf(operand.shape)
    for (let k = 0; k < size; k++) all.push(dependencies?.[k] ?? emptySet)
    counted += size
    return Array.from({ length: size }, (_, k) => counted - size + k + 1)
  })
  return Int32Array.from(evaluate(real, node, places), place => all[Number.isNaN(place) ? 0 : place])
}

/** Where the axes are shrunk to nothing: the union of all along them. */
function reduced(
  axes: readonly number[],
  size: number,
  { node, dependencies }: Operand,
  sets: IndexSets,
): Dependencies {
  const kept = node.shape.filter((_, axis) => !axes.includes(axis))
  const numbers = constant(
    Int32Array.from({ length: size }, (_, k) => k),
    kept,
  )
  const [targets] = interpret({ inputs: [], outputs: [spread(numbers, axes, node.shape)] }, [])
  const groups = Array.from({ length: size }, (): number[] => [])
  targets.forEach((target, k) => {
    groups[target].push(dependencies![k])
  })
  return Int32Array.from(groups, group => sets.unionOf(group))
}

/** Rows chosen at run time: each result may come from anywhere along the axis. */
function alongAxis(
  node: Node,
  { node: source, dependencies }: Operand,
  axis: number,
  sets: IndexSets,
): Dependencies {
  const result = new Int32Array(sizeOf(node.shape))
  const [outer, from, inner] = aroundAxis(source, axis)
  const to = node.shape[axis]
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      const line = Array.from({ length: from }, (_, i) => dependencies![(o * from + i) * inner + j])
      const anywhere = sets.unionOf(line)
      for (let i = 0; i < to; i++) result[(o * to + i) * inner + j] = anywhere
    }
  }
  return result
}

/** Rows added where the known `rows` say. */
function scattered(
  node: Node,
  { node: source, dependencies }: Operand,
  axis: number,
  rows: Float64Array,
  sets: IndexSets,
): Dependencies {
  const result = new Int32Array(sizeOf(node.shape))
  const [outer, count, inner] = aroundAxis(source, axis)
  const extent = node.shape[axis]
  for (let o = 0; o < outer; o++) {
    rows.forEach((row, i) => {
      if (!(Number.isInteger(row) && row >= 0 && row < extent)) return
      for (let j = 0; j < inner; j++) {
        const to = (o * extent + row) * inner + j
        result[to] = sets.union(result[to], dependencies![(o * count + i) * inner + j])
      }
    })
  }
  return result
}

/** The number of elements before the axis, along it and behind it. */
const aroundAxis = ({ shape }: Node, axis: number): [number, number, number] => [
  sizeOf(shape.slice(0, axis)),
  shape[axis],
  sizeOf(shape.slice(axis + 1)),
]
