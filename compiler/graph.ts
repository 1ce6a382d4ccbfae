/**
 * The graph: what a traced model is, before it is differentiated, rewritten and compiled.
 *
 * A node is one primitive applied to earlier nodes. Nodes are immutable and know nothing of the graph they are
 * in; a graph is whatever its outputs reach. All values are float64 arrays in row-major order; a truth value is
 * 1 or 0. Broadcasting is explicit: both operands of an elementwise primitive have the same shape, and
 * `broadcast` makes it so. That keeps each derivative rule a line.
 */

import type { Structure } from '../kernels/structure.ts'

export type { Structure }

export type Shape = readonly number[]

/** Elementwise, one operand. `logistic` is 1/(1+e⁻ˣ); `round` is to the nearest even, as in WebAssembly. */
export const unaryPrimitives = [
  'negate', 'absolute', 'sign', 'floor', 'ceil', 'round', 'reciprocal', 'squareRoot',
  'exp', 'expm1', 'log', 'log1p', 'logistic', 'softplus', 'erf',
  'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh',
  'isNaN', 'isFinite',
] as const // biome-ignore format: a table

/** Elementwise, two operands of equal shape. `remainder` is a − b·floor(a/b) (tfjs' Mod). */
export const binaryPrimitives = [
  'add', 'subtract', 'multiply', 'divide', 'power', 'atan2', 'maximum', 'minimum', 'remainder',
  'equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual',
] as const // biome-ignore format: a table

export type UnaryPrimitive = (typeof unaryPrimitives)[number]
export type BinaryPrimitive = (typeof binaryPrimitives)[number]

/** The attributes of each primitive that has any; a primitive not named here has none. */
export interface Attributes {
  /** A leaf given at run time. */
  input: { readonly name: string }
  /** A leaf known now; `value` has the size of the shape and is not written to. */
  constant: { readonly value: Float64Array }
  /** Axes permuted as NumPy's transpose: result axis i is operand axis permutation[i]. */
  transpose: { readonly permutation: readonly number[] }
  /** Result index i reads operand index begin + i·stride, per axis; strides are positive. */
  slice: { readonly begin: readonly number[]; readonly strides: readonly number[] }
  /** The transpose of slice: zeros, with operand index i written at begin + i·stride, per axis. */
  pad: { readonly begin: readonly number[]; readonly strides: readonly number[] }
  concatenate: { readonly axis: number }
  reverse: { readonly axes: readonly number[] }
  /** Operand 0 along `axis` at the rows that operand 1 (rank 1, whole numbers) names; out of range gives NaN. */
  gather: { readonly axis: number }
  /** The transpose of gather: zeros of the result's shape, with operand 0's rows added where operand 1 says. */
  scatterAdd: { readonly axis: number }
  /** The axes vanish from the shape. */
  sum: { readonly axes: readonly number[] }
  maximumOf: { readonly axes: readonly number[] }
  minimumOf: { readonly axes: readonly number[] }
  productOf: { readonly axes: readonly number[] }
  /** op(a)·op(b) on the last two axes; leading (batch) axes are equal. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean }
  /** X with op(A)·X = B: A is [..., n, n], B is [..., n, k], leading axes equal. */
  solve: { readonly structure: Structure; readonly transposed: boolean }
  /** Lowered only (after rewriting): the factors of A, packed as [..., n·n + n] (factors, then pivots). */
  factor: { readonly structure: Structure }
  /** Lowered only: solve with operand 0 = packed factors, operand 1 = B. */
  factorSolve: { readonly structure: Structure; readonly transposed: boolean }
}

export type AttributedPrimitive = keyof Attributes
/** `reshape` and `broadcast` have their result's shape and need no more; `select` is condition ≠ 0 ? a : b. */
export type Primitive =
  | UnaryPrimitive
  | BinaryPrimitive
  | 'select'
  | 'reshape'
  | 'broadcast'
  | AttributedPrimitive

interface NodeOf<P extends Primitive> {
  /** Unique and increasing with creation: an order in which operands come before what uses them. */
  readonly id: number
  readonly primitive: P
  readonly operands: readonly Node[]
  readonly shape: Shape
  readonly attributes: P extends AttributedPrimitive ? Attributes[P] : undefined
  /** Where the user's code made it: a name for messages and the text form. */
  readonly origin?: string
}

/** A node; `node.primitive` tells its kind, and narrows `node.attributes`. */
export type Node = { [P in Primitive]: NodeOf<P> }[Primitive]

/** A function of `inputs`, in this order, with the values of `outputs`. */
export interface Graph {
  readonly inputs: readonly Node[]
  readonly outputs: readonly Node[]
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1)

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])

let nextId = 0

/** Makes a node, unchecked. The functions of `primitives.ts` check operands and infer the shape: use those. */
export function makeNode<P extends Primitive>(
  primitive: P,
  operands: readonly Node[],
  shape: Shape,
  attributes: NodeOf<P>['attributes'],
  origin?: string,
): Node {
  return { id: nextId++, primitive, operands, shape, attributes, origin } as unknown as Node
}

/** Every node that the outputs reach, operands before users. */
export function topologicalOrder(outputs: readonly Node[]): Node[] {
  const seen = new Set<number>()
  const reached: Node[] = []
  const stack = [...outputs]
  while (stack.length > 0) {
    const node = stack.pop()!
    if (seen.has(node.id)) continue
    seen.add(node.id)
    reached.push(node)
    for (const operand of node.operands) stack.push(operand)
  }
  return reached.sort((a, b) => a.id - b.id)
}
