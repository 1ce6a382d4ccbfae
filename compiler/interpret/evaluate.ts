/**
 * The interpreter: each primitive as its definition says, element by element, over any field. Slow and obvious, for it
 * is what compiled programs are tested against.
 */

import { type Node, type Shape, type Structure, sizeOf } from '../graph.ts'
import type { Arithmetic } from './arithmetic.ts'
import { erf } from './erf.ts'
import { factorOf, solveByFactors } from './factor.ts'
import { compare, decidedByRealPart } from './realPart.ts'

/** The row-major position of an index. */
const position = (shape: Shape, index: readonly number[]): number =>
  shape.reduce((flat, extent, axis) => flat * extent + index[axis], 0)

/** The index at a row-major position. */
function indexAt(shape: Shape, flat: number): number[] {
  const index: number[] = []
  let rest = flat
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]
    rest = Math.floor(rest / shape[axis])
  }
  return index
}

/** An array of this shape from its elements. */
const tabulate = <T>(shape: Shape, element: (index: readonly number[]) => T): T[] =>
  Array.from({ length: sizeOf(shape) }, (_, flat) => element(indexAt(shape, flat)))

/** The value of `node` from the values of its operands. */
export function evaluate<T>(field: Arithmetic<T>, node: Node, values: readonly (readonly T[])[]): T[] {
  const { of, re, add, subtract, multiply, divide } = field
  const decided = decidedByRealPart(field)
  const [a, b] = values
  const read = (operand: number, index: readonly number[]): T =>
    values[operand][position(node.operands[operand].shape, index)]

  const total = (terms: readonly T[]): T => terms.reduce(add, of(0))

  /** Every element of operand 0, grouped by the result's element that it is reduced to. */
  const groups = (axes: readonly number[]): T[][] => {
    const result: T[][] = Array.from({ length: sizeOf(node.shape) }, () => [])
    a.forEach((x, flat) => {
      const index = indexAt(node.operands[0].shape, flat)
      const kept = index.filter((_, axis) => !axes.includes(axis))
      result[position(node.shape, kept)].push(x)
    })
    return result
  }
  /** The mean of those elements that equal the extreme one in their real parts. */
  const extreme = (choose: (...x: number[]) => number) => (group: T[]) => {
    const best = choose(...group.map(re))
    const [first, ...tied] = group.filter(x => Object.is(re(x), best) || re(x) === best)
    if (tied.length === 0 || Math.abs(best) === Infinity) return first
    const excess = total(tied.map(x => subtract(x, first)))
    return add(first, divide(excess, of(tied.length + 1)))
  }

  switch (node.primitive) {
    case 'input':
      throw new TypeError(`input ${node.attributes.name} was given no value`)
    case 'constant':
      return Array.from(node.attributes.value, of)

    case 'erf':
      return a.map(x => erf(field, x))
    case 'absolute':
    case 'sign':
    case 'floor':
    case 'ceil':
    case 'round':
    case 'isNaN':
    case 'isFinite':
      return a.map(decided[node.primitive])
    case 'remainder':
      return a.map((x, i) => decided.remainder(x, b[i]))
    case 'equal':
    case 'notEqual':
    case 'less':
    case 'lessEqual':
    case 'greater':
    case 'greaterEqual': {
      const holds = compare[node.primitive]
      return a.map((x, i) => of(Number(holds(re(x), re(b[i])))))
    }
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'power':
    case 'atan2':
    case 'maximum':
    case 'minimum': {
      const operation = field[node.primitive]
      return a.map((x, i) => operation(x, b[i]))
    }
    case 'select':
      return a.map((condition, i) => (re(condition) !== 0 ? b[i] : values[2][i]))

    case 'reshape':
      return [...a]
    case 'broadcast':
      return tabulate(node.shape, index =>
        read(
          0,
          index.map((i, axis) => (node.operands[0].shape[axis] === 1 ? 0 : i)),
        ),
      )
    case 'transpose': {
      const { permutation } = node.attributes
      return tabulate(node.shape, index => {
        const source: number[] = []
        permutation.forEach((axis, i) => {
          source[axis] = index[i]
        })
        return read(0, source)
      })
    }
    case 'slice': {
      const { begin, strides } = node.attributes
      return tabulate(node.shape, index =>
        read(
          0,
          index.map((i, axis) => begin[axis] + i * strides[axis]),
        ),
      )
    }
    case 'pad': {
      const { begin, strides } = node.attributes
      const result = tabulate(node.shape, () => of(0))
      a.forEach((x, flat) => {
        const index = indexAt(node.operands[0].shape, flat)
        const target = index.map((i, axis) => begin[axis] + i * strides[axis])
        result[position(node.shape, target)] = x
      })
      return result
    }
    case 'concatenate': {
      const { axis } = node.attributes
      return tabulate(node.shape, index => {
        let operand = 0
        let row = index[axis]
        while (row >= node.operands[operand].shape[axis]) row -= node.operands[operand++].shape[axis]
        return read(operand, index.with(axis, row))
      })
    }
    case 'reverse': {
      const { axes } = node.attributes
      return tabulate(node.shape, index =>
        read(
          0,
          index.map((i, axis) => (axes.includes(axis) ? node.shape[axis] - 1 - i : i)),
        ),
      )
    }
    case 'gather': {
      const { axis } = node.attributes
      const extent = node.operands[0].shape[axis]
      return tabulate(node.shape, index => {
        const row = re(b[index[axis]])
        const exists = Number.isInteger(row) && row >= 0 && row < extent
        return exists ? read(0, index.with(axis, row)) : of(NaN)
      })
    }
    case 'scatterAdd': {
      const { axis } = node.attributes
      const result = tabulate(node.shape, () => of(0))
      a.forEach((x, flat) => {
        const index = indexAt(node.operands[0].shape, flat)
        const row = re(b[index[axis]])
        if (!Number.isInteger(row) || row < 0 || row >= node.shape[axis]) return
        const target = position(node.shape, index.with(axis, row))
        result[target] = add(result[target], x)
      })
      return result
    }

    case 'sum':
      return groups(node.attributes.axes).map(total)
    case 'productOf':
      return groups(node.attributes.axes).map(group => group.reduce(multiply, of(1)))
    case 'maximumOf':
      return groups(node.attributes.axes).map(extreme(Math.max))
    case 'minimumOf':
      return groups(node.attributes.axes).map(extreme(Math.min))

    case 'matmul': {
      const { transposeA, transposeB } = node.attributes
      const inner = node.operands[0].shape.at(transposeA ? -2 : -1)!
      return tabulate(node.shape, index => {
        const batch = index.slice(0, -2)
        const [i, j] = index.slice(-2)
        const terms = Array.from({ length: inner }, (_, k) =>
          multiply(
            read(0, [...batch, ...(transposeA ? [k, i] : [i, k])]),
            read(1, [...batch, ...(transposeB ? [j, k] : [k, j])]),
          ),
        )
        return total(terms)
      })
    }
    case 'factor': {
      return factors(field, node.attributes.structure, node.operands[0].shape, a, node.origin)
    }
    case 'solve': {
      const { structure, transposed } = node.attributes
      const packed = factors(field, structure, node.operands[0].shape, a, node.origin)
      return substitute(field, structure, transposed, node.shape, packed, b)
    }
    case 'factorSolve': {
      const { structure, transposed } = node.attributes
      return substitute(field, structure, transposed, node.shape, a, b)
    }

    default:
      return a.map(field[node.primitive])
  }
}

/** The packed factors of each matrix of the batch A [..., n, n]. */
function factors<T>(
  field: Arithmetic<T>,
  structure: Structure,
  shape: Shape,
  A: readonly T[],
  origin: string | undefined,
): T[] {
  const n = shape.at(-1)!
  const batches = sizeOf(shape.slice(0, -2))
  return Array.from({ length: batches }, (_, batch) =>
    factorOf(field, structure, n, A.slice(batch * n * n, (batch + 1) * n * n), batch, origin),
  ).flat()
}

/** X [..., n, k] with op(A)·X = B, column by column, from the packed factors. */
function substitute<T>(
  field: Arithmetic<T>,
  structure: Structure,
  transposed: boolean,
  shape: Shape,
  packed: readonly T[],
  B: readonly T[],
): T[] {
  const [n, columns] = shape.slice(-2)
  const X = [...B]
  const length = n * n + n
  for (let batch = 0; batch < sizeOf(shape.slice(0, -2)); batch++) {
    for (let column = 0; column < columns; column++) {
      const at = (row: number): number => (batch * n + row) * columns + column
      const b = Array.from({ length: n }, (_, row) => B[at(row)])
      const own = packed.slice(batch * length, (batch + 1) * length)
      solveByFactors(field, structure, transposed, n, own, b).forEach((x, row) => {
        X[at(row)] = x
      })
    }
  }
  return X
}
