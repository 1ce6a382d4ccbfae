/**
 * Random graphs over every primitive, well-conditioned, for fast-check.
 *
 * A graph is a list of steps. Each step applies one primitive to nodes made before it, after they are brought to the
 * shapes that it wants and, where its domain is limited, into its domain; the result is brought back to the order of 1.
 * Discontinuous primitives are applied off their jumps: with operands shifted by an odd constant, two programs that
 * differ by rounding do not land on two sides of one.
 */

import fc from 'fast-check'
import {
  type BinaryPrimitive,
  type Graph,
  type Node,
  type Primitive,
  type Shape,
  sizeOf,
  type UnaryPrimitive,
} from '../graph.ts'
import * as p from '../primitives.ts'
import { uniform } from './numbers.ts'

/** What a step may draw on: earlier nodes, and small whole numbers. */
interface Draw {
  /** Any earlier node. */
  any(): Node
  /** An earlier node, its elements repeated or dropped so that it has this shape. */
  of(shape: Shape): Node
  /** A whole number in [from, to]. */
  whole(from: number, to: number): number
}

type Build = (draw: Draw) => Node

/** The elements of `node`, repeated or dropped, in another shape; ½ throughout where there are none. */
function refit(node: Node, shape: Shape): Node {
  const [from, to] = [sizeOf(node.shape), sizeOf(shape)]
  if (from === 0) return p.full(0.5, shape)
  const copies = Math.ceil(to / from)
  const long = p.reshape(p.broadcastTo(p.reshape(node, [1, from]), [copies, from]), [copies * from])
  return p.reshape(p.slice(long, [0], [to]), shape)
}

const plus = (node: Node, c: number): Node => p.add(node, p.full(c, node.shape))
const scaled = (node: Node, c: number): Node => p.multiply(node, p.full(c, node.shape))
/** A sum of `count` terms as their mean: sums of sums in a chain would amplify rounding beyond any tolerance. */
const averaged = (total: Node, count: number): Node => scaled(total, 1 / Math.max(1, count))
/** Into [−1, 1], smoothly and without saturating. */
const tamed = (node: Node): Node => p.sin(node)
/** Into [1.3, 2.3]. */
const aboveOne = (node: Node): Node => plus(p.multiply(node, node), 1.3)
/** Into [−0.7, 0.7]. */
const inside = (node: Node): Node => scaled(node, 0.7)
const offJump = (node: Node): Node => plus(scaled(node, 1.4), 0.3137)
/** Different for each element, so that extrema do not tie by design. */
const ramped = (node: Node): Node =>
  p.add(
    node,
    p.constant(
      Float64Array.from({ length: sizeOf(node.shape) }, (_, i) => 0.0173 * i),
      node.shape,
    ),
  )

const domains: Partial<Record<UnaryPrimitive, (x: Node) => Node>> = {
  reciprocal: aboveOne,
  squareRoot: aboveOne,
  log: aboveOne,
  acosh: aboveOne,
  log1p: inside,
  asin: inside,
  acos: inside,
  atanh: inside,
  tan: inside,
  absolute: offJump,
  sign: offJump,
  floor: offJump,
  ceil: offJump,
  round: offJump,
}

const unary =
  (primitive: UnaryPrimitive): Build =>
  draw =>
    p.unary(primitive)((domains[primitive] ?? (x => x))(draw.any()))

const binary =
  (
    primitive: BinaryPrimitive,
    domainA: (x: Node) => Node = x => x,
    domainB: (x: Node) => Node = x => x,
  ): Build =>
  draw => {
    const a = draw.any()
    return p.binary(primitive)(domainA(a), domainB(draw.of(a.shape)))
  }

const axesOf = (draw: Draw, rank: number): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter(() => draw.whole(0, 1) === 1)

/** Mostly 1 to 4; at times 0, and at times beyond what is unrolled. */
const extent = ({ whole }: Draw, least = 0): number => {
  const kind = whole(0, 29)
  return kind === 0 ? least : kind === 1 ? whole(5, 37) : whole(1, 4)
}

const shapeOf = (draw: Draw, leastRank = 0): number[] =>
  Array.from({ length: draw.whole(leastRank, 3) }, () => extent(draw))

const strides = (draw: Draw, rank: number): number[] => Array.from({ length: rank }, () => draw.whole(1, 2))

const reduction =
  (reduce: (a: Node, axes: readonly number[]) => Node, leastExtent = 0): Build =>
  draw => {
    const a = draw.of(shapeOf(draw, 1))
    const axes = axesOf(draw, a.shape.length).filter(axis => a.shape[axis] >= leastExtent)
    return reduce(a, axes)
  }

/** Rows known now or, in one case of three, at run time (by adding ⌊¼ + x/10⌋ = 0). */
function indices(draw: Draw, count: number, extent: number): Node {
  const rows = p.constant(
    Array.from({ length: count }, () => draw.whole(0, extent - 1)),
    [count],
  )
  if (draw.whole(0, 2) > 0) return rows
  return p.add(rows, p.floor(plus(scaled(draw.of([count]), 0.1), 0.25)))
}

const batch = (draw: Draw): number[] => (draw.whole(0, 2) === 0 ? [extent(draw)] : [])

/** A well-conditioned matrix: 2·I + R/(2n), or the symmetric I + RRᵀ/n. */
function matrix(draw: Draw, shape: Shape, structure: 'general' | 'spd'): Node {
  const n = shape.at(-1)!
  const R = draw.of(shape)
  const identity = p.broadcastTo(
    p.constant(
      Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
      [n, n],
    ),
    shape,
  )
  return structure === 'general'
    ? p.add(scaled(identity, 2), scaled(R, 0.5 / n))
    : p.add(identity, scaled(p.matmul(R, R, { transposeB: true }), 1 / n))
}

const builders: { readonly [P in Exclude<Primitive, 'input' | 'factor' | 'factorSolve'>]: Build } = {
  constant: draw => {
    const shape = shapeOf(draw)
    return p.constant(
      Array.from({ length: sizeOf(shape) }, () => draw.whole(-999, 999) / 1000),
      shape,
    )
  },
  negate: unary('negate'),
  absolute: unary('absolute'),
  sign: unary('sign'),
  floor: unary('floor'),
  ceil: unary('ceil'),
  round: unary('round'),
  reciprocal: unary('reciprocal'),
  squareRoot: unary('squareRoot'),
  exp: unary('exp'),
  expm1: unary('expm1'),
  log: unary('log'),
  log1p: unary('log1p'),
  logistic: unary('logistic'),
  softplus: unary('softplus'),
  erf: unary('erf'),
  sin: unary('sin'),
  cos: unary('cos'),
  tan: unary('tan'),
  asin: unary('asin'),
  acos: unary('acos'),
  atan: unary('atan'),
  sinh: unary('sinh'),
  cosh: unary('cosh'),
  tanh: unary('tanh'),
  asinh: unary('asinh'),
  acosh: unary('acosh'),
  atanh: unary('atanh'),
  isNaN: unary('isNaN'),
  isFinite: unary('isFinite'),

  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide', undefined, aboveOne),
  power: binary('power', aboveOne),
  atan2: binary('atan2', undefined, aboveOne),
  maximum: binary('maximum', offJump),
  minimum: binary('minimum', offJump),
  remainder: binary('remainder', offJump, aboveOne),
  equal: binary('equal', offJump),
  notEqual: binary('notEqual', offJump),
  less: binary('less', offJump),
  lessEqual: binary('lessEqual', offJump),
  greater: binary('greater', offJump),
  greaterEqual: binary('greaterEqual', offJump),
  select: draw => {
    const a = draw.any()
    const condition = p.greater(offJump(draw.of(a.shape)), p.full(0, a.shape))
    return p.select(condition, a, draw.of(a.shape))
  },

  reshape: draw => {
    const a = draw.any()
    return p.reshape(a, draw.whole(0, 1) === 0 ? [sizeOf(a.shape)] : [1, ...a.shape.toReversed()])
  },
  broadcast: draw => {
    const m = extent(draw)
    return p.broadcastTo(draw.of([m, 1]), [draw.whole(1, 3), m, extent(draw)])
  },
  transpose: draw => {
    const a = draw.of(shapeOf(draw, 2))
    const permutation = a.shape.map((_, axis) => axis)
    permutation.unshift(...permutation.splice(draw.whole(0, permutation.length - 1)))
    return p.transpose(a, permutation)
  },
  slice: draw => {
    const a = draw.of(shapeOf(draw, 1))
    const begin = a.shape.map(extent => draw.whole(0, Math.max(0, extent - 1)))
    const by = strides(draw, a.shape.length)
    const most = a.shape.map((extent, axis) => Math.ceil((extent - begin[axis]) / by[axis]))
    const size = most.map(count => draw.whole(Math.min(count, draw.whole(0, 9)), count))
    return p.slice(a, begin, size, by)
  },
  pad: draw => {
    const a = draw.of(shapeOf(draw, 1))
    const begin = a.shape.map(() => draw.whole(0, 2))
    const by = strides(draw, a.shape.length)
    const shape = a.shape.map(
      (extent, axis) => begin[axis] + Math.max(0, (extent - 1) * by[axis] + 1) + draw.whole(0, 1),
    )
    return p.pad(a, shape, begin, by)
  },
  concatenate: draw => {
    const shape = shapeOf(draw, 1)
    const axis = draw.whole(0, shape.length - 1)
    const parts = Array.from({ length: draw.whole(2, 3) }, () => draw.of(shape.with(axis, extent(draw))))
    return p.concatenate(parts, axis)
  },
  reverse: draw => {
    const a = draw.of(shapeOf(draw, 1))
    return p.reverse(a, axesOf(draw, a.shape.length))
  },
  gather: draw => {
    const a = draw.of(shapeOf(draw, 1))
    const axis = draw.whole(0, a.shape.length - 1)
    const count = a.shape[axis] === 0 ? 0 : extent(draw)
    return p.gather(a, indices(draw, count, a.shape[axis]), axis)
  },
  scatterAdd: draw => {
    const a = draw.of(shapeOf(draw, 1))
    const axis = draw.whole(0, a.shape.length - 1)
    const rows = extent(draw, 1)
    return p.scatterAdd(a, indices(draw, a.shape[axis], rows), rows, axis)
  },

  sum: reduction((a, axes) => {
    const total = p.sum(a, axes)
    return averaged(total, sizeOf(a.shape) / Math.max(1, sizeOf(total.shape)))
  }),
  maximumOf: reduction((a, axes) => p.maximumOf(ramped(a), axes), 1),
  minimumOf: reduction((a, axes) => p.minimumOf(ramped(a), axes), 1),
  productOf: reduction((a, axes) => p.productOf(plus(a, 0.1), axes)),

  matmul: draw => {
    const leading = batch(draw)
    const [m, inner, n] = [extent(draw), extent(draw), extent(draw)]
    const flags = { transposeA: draw.whole(0, 1) === 1, transposeB: draw.whole(0, 1) === 1 }
    const a = draw.of([...leading, ...(flags.transposeA ? [inner, m] : [m, inner])])
    const b = draw.of([...leading, ...(flags.transposeB ? [n, inner] : [inner, n])])
    return averaged(p.matmul(a, b, flags), inner)
  },
  solve: draw => {
    const leading = batch(draw)
    const n = draw.whole(draw.whole(0, 19) === 0 ? 0 : 1, 5)
    const structure = draw.whole(0, 1) === 0 ? 'general' : 'spd'
    const A = matrix(draw, [...leading, n, n], structure)
    const B = draw.of([...leading, n, draw.whole(1, 3)])
    return p.solve(A, B, { structure, transposed: draw.whole(0, 1) === 1 })
  },
}

/** The primitives that a random graph may contain, besides its inputs. */
export const randomPrimitives = Object.keys(builders) as (keyof typeof builders)[]

export interface RandomGraph {
  readonly graph: Graph
  /** One value per input, in [−1, 1). */
  readonly inputs: Float64Array[]
}

interface Step {
  readonly primitive: keyof typeof builders
  readonly seed: number
}

/** The graph that the steps describe. Its outputs are the last node, the one before it and a sum over all. */
function build(inputShapes: readonly Shape[], steps: readonly Step[], seed: number): RandomGraph {
  const inputs = inputShapes.map((shape, i) => p.input(`x${i}`, shape))
  const pool: Node[] = [...inputs]
  for (const step of steps) {
    const random = uniform(step.seed)
    const whole = (from: number, to: number): number =>
      from + Math.floor(((random() + 1) / 2) * (to - from + 1))
    // Nodes made lately are likelier, so that graphs are deep.
    const any = (): Node => pool[Math.max(whole(0, pool.length - 1), whole(0, pool.length - 1))]
    pool.push(tamed(builders[step.primitive]({ any, whole, of: shape => refit(any(), shape) })))
  }
  const everything = pool.map(node => p.sum(node)).reduce(p.add)
  const random = uniform(seed)
  return {
    graph: { inputs, outputs: [pool.at(-1)!, pool.at(-2) ?? pool[0], everything] },
    inputs: inputs.map(node => Float64Array.from({ length: sizeOf(node.shape) }, random)),
  }
}

/**
 * Random graphs with values for their inputs; fast-check shrinks them by leaving steps out.
 * @param options.steps the most primitives applied (each with what fits its operands to it).
 * @param options.primitives those to choose from.
 */
export function randomGraph({
  steps = 12,
  primitives = randomPrimitives,
}: {
  steps?: number
  primitives?: readonly (keyof typeof builders)[]
} = {}): fc.Arbitrary<RandomGraph> {
  const size = fc.oneof(
    { weight: 28, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 5, max: 37 }) },
  )
  const shape = fc.array(size, { maxLength: 3 })
  const step = fc.record({ primitive: fc.constantFrom(...primitives), seed: fc.nat() })
  return fc
    .tuple(
      fc.array(shape, { minLength: 1, maxLength: 3 }),
      fc.array(step, { minLength: 1, maxLength: steps }),
      fc.nat(),
    )
    .map(([shapes, chosen, seed]) => build(shapes, chosen, seed))
}
