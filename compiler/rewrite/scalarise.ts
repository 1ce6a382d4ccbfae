import { type Node, type Primitive, type Shape, sizeOf, topologicalOrder } from '../graph.ts'
import {
  add,
  concatenate,
  maximum,
  minimum,
  multiply,
  reshape,
  scalar,
  slice,
  withOrigin,
} from '../primitives.ts'
import { elementwiseOn, isElementwise } from './match.ts'
import { withOperands } from './normalise.ts'

/** Matrix products of at most this many multiplications become sums of products. */
const smallProduct = 64

type IsSmall = (node: Node) => boolean

/** Primitives that cost a pass over memory as arrays, and little or nothing among scalars. */
const rearranging: ReadonlySet<Primitive> = new Set<Primitive>([
  'slice', 'pad', 'concatenate', 'reverse', 'gather', 'scatterAdd', 'matmul',
  'sum', 'productOf', 'maximumOf', 'minimumOf',
]) // biome-ignore format: a list

/**
 * The small arrays worth taking apart: those connected, through small arrays, to one that is rearranged. A vector that
 * only goes through elementwise functions, on its way from one big array to another, is faster as a vector.
 */
function worthTakingApart(order: readonly Node[], isSmall: IsSmall): Set<Node> {
  const parent = new Map<Node, Node>()
  const root = (node: Node): Node => {
    let top = node
    for (let above = parent.get(top)!; above !== top; above = parent.get(top)!) {
      parent.set(top, parent.get(above)!) // halves the path, so that long chains cost no square
      top = above
    }
    return top
  }
  const inner = order.filter(node => isSmall(node) && node.operands.length > 0)
  for (const node of inner) parent.set(node, node)
  const seeds: Node[] = []
  for (const node of inner) {
    for (const operand of node.operands) if (parent.has(operand)) parent.set(root(operand), root(node))
    if (rearranging.has(node.primitive) && node.operands.every(isSmall)) seeds.push(node)
  }
  const chosen = new Set(seeds.map(root))
  return new Set(inner.filter(node => sizeOf(node.shape) === 1 || chosen.has(root(node))))
}

/**
 * Takes arrays of at most `smallSize` elements apart: each element becomes a node of shape [], so that slices, joins, transposes, broadcasts and
 * tiny products are gone, zeros vanish and equal elements are computed once. What remains big, or is a factorisation,
 * gets its operand joined again and has its elements read.
 */
export function scalarise(outputs: readonly Node[], smallSize: number): Node[] {
  const isSmall = (node: Node): boolean => sizeOf(node.shape) > 0 && sizeOf(node.shape) <= smallSize
  const elements = new Map<Node, readonly Node[]>()
  const whole = new Map<Node, Node>()

  const elementsOf = (node: Node): readonly Node[] => {
    let known = elements.get(node)
    if (!known) {
      const flat = reshape(arrayOf(node), [sizeOf(node.shape)])
      known = Array.from({ length: sizeOf(node.shape) }, (_, k) => reshape(slice(flat, [k], [1]), []))
      elements.set(node, known)
    }
    return known
  }
  const arrayOf = (node: Node): Node => {
    let known = whole.get(node)
    if (!known) {
      known = joined(elements.get(node)!, node.shape)
      whole.set(node, known)
    }
    return known
  }

  const order = topologicalOrder(outputs)
  const chosen = worthTakingApart(order, isSmall)
  for (const node of order) {
    const apart =
      chosen.has(node) || (node.primitive === 'constant' && isSmall(node))
        ? withOrigin(node.origin, () => takenApart(node, isSmall, elementsOf))
        : undefined
    if (apart) elements.set(node, apart)
    else whole.set(node, withOperands(node, node.operands.map(arrayOf)))
    if (node.primitive === 'constant') whole.set(node, node)
  }
  return outputs.map(arrayOf)
}

/** An array of these elements. */
function joined(elements: readonly Node[], shape: Shape): Node {
  if (elements.length === 1) return reshape(elements[0], shape)
  return reshape(
    concatenate(
      elements.map(element => reshape(element, [1])),
      0,
    ),
    shape,
  )
}

/** The elements of a node, from those of its operands; undefined where they are better left together. */
function takenApart(
  node: Node,
  isSmall: IsSmall,
  elementsOf: (operand: Node) => readonly Node[],
): Node[] | undefined {
  const [x] = node.operands
  if (node.primitive === 'constant') return Array.from(node.attributes.value, scalar)
  if (node.primitive === 'slice') {
    const { begin, strides } = node.attributes
    const source = isSmall(x) ? elementsOf(x) : undefined
    if (!source) return undefined
    return mapIndices(
      node.shape,
      index =>
        source[
          flatIndex(
            index.map((i, axis) => begin[axis] + i * strides[axis]),
            x.shape,
          )
        ],
    )
  }
  if (!node.operands.every(isSmall)) return undefined
  if (isElementwise(node)) {
    const operands = node.operands.map(elementsOf)
    return operands[0].map((_, k) =>
      elementwiseOn(
        node,
        operands.map(operand => operand[k]),
      ),
    )
  }
  switch (node.primitive) {
    case 'reshape':
      return [...elementsOf(x)]
    case 'broadcast': {
      const source = elementsOf(x)
      return mapIndices(
        node.shape,
        index =>
          source[
            flatIndex(
              index.map((i, axis) => (x.shape[axis] === 1 ? 0 : i)),
              x.shape,
            )
          ],
      )
    }
    case 'transpose': {
      const source = elementsOf(x)
      const { permutation } = node.attributes
      return mapIndices(node.shape, index => {
        const from: number[] = []
        permutation.forEach((axis, i) => {
          from[axis] = index[i]
        })
        return source[flatIndex(from, x.shape)]
      })
    }
    case 'reverse': {
      const source = elementsOf(x)
      const { axes } = node.attributes
      return mapIndices(
        node.shape,
        index =>
          source[
            flatIndex(
              index.map((i, axis) => (axes.includes(axis) ? x.shape[axis] - 1 - i : i)),
              x.shape,
            )
          ],
      )
    }
    case 'pad': {
      const { begin, strides } = node.attributes
      const result = new Array<Node>(sizeOf(node.shape)).fill(scalar(0))
      const source = elementsOf(x)
      mapIndices(x.shape, (index, k) => {
        result[
          flatIndex(
            index.map((i, axis) => begin[axis] + i * strides[axis]),
            node.shape,
          )
        ] = source[k]
      })
      return result
    }
    case 'concatenate': {
      const { axis } = node.attributes
      const result = new Array<Node>(sizeOf(node.shape))
      let start = 0
      for (const piece of node.operands) {
        const source = elementsOf(piece)
        mapIndices(piece.shape, (index, k) => {
          result[flatIndex(index.with(axis, start + index[axis]), node.shape)] = source[k]
        })
        start += piece.shape[axis]
      }
      return result
    }
    case 'gather':
    case 'scatterAdd':
      return takenByIndex(node, elementsOf)
    case 'sum':
      return reduced(node, node.attributes.axes, elementsOf(x), add)
    case 'productOf':
      return reduced(node, node.attributes.axes, elementsOf(x), multiply)
    case 'maximumOf':
      return reduced(node, node.attributes.axes, elementsOf(x), maximum)
    case 'minimumOf':
      return reduced(node, node.attributes.axes, elementsOf(x), minimum)
    case 'matmul':
      return smallMatmul(node, elementsOf)
    default:
      return undefined
  }
}

/** Gather and its transpose, where the indices are known and in range. */
function takenByIndex(
  node: Extract<Node, { primitive: 'gather' | 'scatterAdd' }>,
  elementsOf: (operand: Node) => readonly Node[],
): Node[] | undefined {
  const [x, indexNode] = node.operands
  const { axis } = node.attributes
  const extent = node.primitive === 'gather' ? x.shape[axis] : node.shape[axis]
  if (indexNode.primitive !== 'constant') return undefined
  const rows = indexNode.attributes.value
  if (rows.some(row => !(Number.isInteger(row) && row >= 0 && row < extent))) return undefined
  const source = elementsOf(x)
  if (node.primitive === 'gather') {
    return mapIndices(node.shape, index => source[flatIndex(index.with(axis, rows[index[axis]]), x.shape)])
  }
  const result = new Array<Node>(sizeOf(node.shape)).fill(scalar(0))
  mapIndices(x.shape, (index, k) => {
    const to = flatIndex(index.with(axis, rows[index[axis]]), node.shape)
    result[to] = add(result[to], source[k])
  })
  return result
}

/** Elements combined along axes, in row-major order. */
function reduced(
  node: Node,
  axes: readonly number[],
  source: readonly Node[],
  combine: (a: Node, b: Node) => Node,
): Node[] {
  const result = new Array<Node | undefined>(sizeOf(node.shape))
  mapIndices(node.operands[0].shape, (index, k) => {
    const to = flatIndex(
      index.filter((_, axis) => !axes.includes(axis)),
      node.shape,
    )
    const before = result[to]
    result[to] = before ? combine(before, source[k]) : source[k]
  })
  return result as Node[]
}

function smallMatmul(
  node: Extract<Node, { primitive: 'matmul' }>,
  elementsOf: (operand: Node) => readonly Node[],
): Node[] | undefined {
  const [a, b] = node.operands
  const { transposeA, transposeB } = node.attributes
  const inner = a.shape.at(transposeA ? -2 : -1)!
  if (inner === 0 || sizeOf(node.shape) * inner > smallProduct) return undefined
  const [left, right] = [elementsOf(a), elementsOf(b)]
  return mapIndices(node.shape, index => {
    const batch = index.slice(0, -2)
    const [i, j] = index.slice(-2)
    const term = (k: number) =>
      multiply(
        left[flatIndex([...batch, ...(transposeA ? [k, i] : [i, k])], a.shape)],
        right[flatIndex([...batch, ...(transposeB ? [j, k] : [k, j])], b.shape)],
      )
    let total = term(0)
    for (let k = 1; k < inner; k++) total = add(total, term(k))
    return total
  })
}

const flatIndex = (index: readonly number[], shape: Shape): number =>
  index.reduce((flat, i, axis) => flat * shape[axis] + i, 0)

/** `make` at each index, in row-major order. */
function mapIndices<T>(shape: Shape, make: (index: number[], k: number) => T): T[] {
  return Array.from({ length: sizeOf(shape) }, (_, k) => {
    const index = new Array<number>(shape.length)
    let rest = k
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]
      rest = Math.floor(rest / shape[axis])
    }
    return make(index, k)
  })
}
