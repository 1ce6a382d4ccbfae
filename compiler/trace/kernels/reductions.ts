/** Kernels that reduce or scan axes. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'
import { type Lowering, registerLowerings } from '../lowering.ts'
import type { NumericType, Value } from '../values.ts'

type Reduction = (a: Node, axes?: readonly number[]) => Node

/** tfjs' axis: absent for all, a number, or a list; negative ones count from the back. */
export function axesOf(axis: number | readonly number[] | null | undefined, rank: number): number[] {
  const axes = axis === null || axis === undefined ? Array.from({ length: rank }, (_, i) => i) : [axis].flat()
  return axes.map(i => (i < 0 ? i + rank : i))
}

const keptShape = (x: Node, axes: readonly number[]): number[] =>
  x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))

/** Reduces, and leaves the axes at extent 1. */
const keeping = (reduce: Reduction, x: Node, axes: readonly number[]): Node =>
  p.reshape(reduce(x, axes), keptShape(x, axes))

const reduction =
  (reduce: Reduction, dtype?: (from: NumericType) => NumericType): Lowering =>
  ({ x }, { axis, reductionIndices, keepDims }) => {
    const axes = axesOf(axis ?? reductionIndices, x.node.shape.length)
    return {
      node: keepDims ? keeping(reduce, x.node, axes) : reduce(x.node, axes),
      dtype: dtype ? dtype(x.dtype) : x.dtype,
    }
  }

const mean: Reduction = (x, axes = axesOf(null, x.shape.length)) => {
  const count = axes.reduce((product, axis) => product * x.shape[axis], 1)
  const total = p.sum(x, axes)
  return p.divide(total, p.full(count, total.shape))
}

const counted = (dtype: NumericType): NumericType => (dtype === 'bool' ? 'int32' : dtype)

/** e^(x − m)/Σ e^(x − m) along `axis`, m the greatest there, so that nothing overflows. */
function softmax(x: Node, axis: number): Node {
  const exponents = p.subtract(x, p.broadcastTo(keeping(p.maximumOf, x, [axis]), x.shape))
  const powers = p.exp(exponents)
  return p.divide(powers, p.broadcastTo(keeping(p.sum, powers, [axis]), x.shape))
}

const indices = (count: number): Node =>
  p.constant(
    Array.from({ length: count }, (_, i) => i),
    [count],
  )

/** The first index at which `extreme` is reached: the least among those of equal value; that of a NaN, as in NumPy. */
const indexOfExtreme =
  (extreme: Reduction): Lowering =>
  ({ x: { node: x } }, { axis }) => {
    const [along] = axesOf(axis ?? 0, x.shape.length)
    const extent = x.shape[along]
    const column = p.reshape(
      indices(extent),
      x.shape.map((_, i) => (i === along ? extent : 1)),
    )
    const reached = p.equal(x, p.broadcastTo(keeping(extreme, x, [along]), x.shape))
    const found = p.maximum(reached, p.isNaN(x))
    const candidates = p.select(found, p.broadcastTo(column, x.shape), p.full(extent, x.shape))
    return { node: p.minimumOf(candidates, [along]), dtype: 'int32' }
  }

interface Scan {
  readonly axis: number
  readonly exclusive: boolean
  readonly reverse: boolean
}

/** The running combination along an axis, element by element, starting at `unit`. */
function scan(
  x: Node,
  combine: (a: Node, b: Node) => Node,
  unit: number,
  { axis, exclusive, reverse }: Scan,
): Node {
  const [along] = axesOf(axis, x.shape.length)
  const at = (i: number): Node =>
    p.slice(
      x,
      x.shape.map((_, d) => (d === along ? i : 0)),
      x.shape.with(along, 1),
    )
  const extent = x.shape[along]
  const order = Array.from({ length: extent }, (_, i) => (reverse ? extent - 1 - i : i))
  const results = new Array<Node>(extent)
  let running = p.full(unit, x.shape.with(along, 1))
  order.forEach((i, step) => {
    if (exclusive) results[i] = running
    running = step === 0 ? at(i) : combine(running, at(i))
    if (!exclusive) results[i] = running
  })
  return extent === 0 ? x : p.concatenate(results, along)
}

/** For each element the sum of those that a triangle chooses: n² additions, but few nodes, and no 0·∞. */
function cumulativeSum(x: Node, { axis, exclusive, reverse }: Scan): Node {
  const [along] = axesOf(axis, x.shape.length)
  const n = x.shape[along]
  const included = (from: number, to: number) =>
    (reverse ? from > to : from < to) || (from === to && !exclusive) ? 1 : 0
  const triangle = p.constant(
    Array.from({ length: n * n }, (_, k) => included(k % n, Math.floor(k / n))),
    [n, n],
  )
  // Result elements along `along`, those that are added along the axis behind it.
  const shape = x.shape.toSpliced(along, 0, n)
  const chosen = p.reshape(
    triangle,
    shape.map((_, i) => (i === along || i === along + 1 ? n : 1)),
  )
  const terms = p.broadcast(p.reshape(x, shape.with(along, 1)), shape)
  return p.sum(p.select(p.broadcast(chosen, shape), terms, p.full(0, shape)), [along + 1])
}

const float = (node: Node): Value => ({ node, dtype: 'float32' })

registerLowerings({
  Sum: reduction(p.sum, counted),
  Prod: reduction(p.productOf, counted),
  Mean: reduction(mean, () => 'float32'),
  Max: reduction(p.maximumOf),
  Min: reduction(p.minimumOf),
  All: reduction(p.minimumOf, () => 'bool'),
  Any: reduction(p.maximumOf, () => 'bool'),
  ArgMax: indexOfExtreme(p.maximumOf),
  ArgMin: indexOfExtreme(p.minimumOf),
  Softmax: ({ logits }, { dim }) => float(softmax(logits.node, axesOf(dim, logits.node.shape.length)[0])),
  Cumsum: ({ x }, attributes) => ({ node: cumulativeSum(x.node, attributes), dtype: counted(x.dtype) }),
  Cumprod: ({ x }, attributes) => ({
    node: scan(x.node, p.multiply, 1, attributes),
    dtype: counted(x.dtype),
  }),
})
