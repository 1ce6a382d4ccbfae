import { jacobian, jvp, vjp } from '../compiler/differentiate/index.ts'
import { type Graph, type Node, sizeOf, topologicalOrder } from '../compiler/graph.ts'
import type { ProgramImage } from '../compiler/image.ts'
import { constant, input, matmul, reshape, scalar } from '../compiler/primitives.ts'
import { compile } from '../compiler/program.ts'
import { jacobianPattern } from '../compiler/sparsity/index.ts'
import type { VectorField } from '../solvers/ode/vectorField.ts'
import type { FurtherName } from './furtherDerivatives.ts'

/** A field f, and the mass matrix M of M·dy/dt = f if there is one, as nodes of the inputs t, y and θ's arrays. */
export interface FieldNodes {
  readonly t: Node
  readonly y: Node
  readonly theta: readonly Node[]
  readonly f: Node
  /** [n, n] */
  readonly mass?: Node
}

/** What can be compiled of a field. */
export const furtherNames = ({ mass }: FieldNodes): FurtherName[] => [
  'jacobian',
  'timeDerivative',
  'jvpVjp',
  'secondVjp',
  'secondJvp',
  ...(mass ? (['mass', 'massJvp', 'massVjp'] as const) : []),
]

/** Whether a node depends neither on t nor on y nor on θ. */
export const isConstant = (node: Node): boolean =>
  topologicalOrder([node]).every(({ primitive }) => primitive !== 'input')

/** Where ∂f/∂y may differ from zero, if that is at most a quarter of it. */
export function sparsityOf({ y, f }: FieldNodes): VectorField['jacobianPattern'] {
  const n = sizeOf(y.shape)
  return jacobianPattern(f, y, (n * n) / 4)
}

/** Compiles one of the functions that VectorField describes. */
export function compileFurther(name: FurtherName, nodes: FieldNodes): ProgramImage {
  const { operands, outputs } = graphs[name](nodes)
  const inputs = [...operands, ...nodes.theta]
  const graph: Graph = { inputs, outputs }
  return compile({ run: graph }, { contiguous: [nodes.theta, operands] }).image
}

const graphs: Record<FurtherName, (nodes: FieldNodes) => { operands: Node[]; outputs: Node[] }> = {
  jacobian({ t, y, f }) {
    const n = sizeOf(y.shape)
    return { operands: [t, y], outputs: [jacobian(f, y) ?? zeros([n, n])] }
  },
  timeDerivative: ({ t, y, f }) => ({
    operands: [t, y],
    outputs: [orZero(jvp([f], [t], [scalar(1)])[0], f)],
  }),
  jvpVjp({ t, y, theta, f }) {
    const wanted = [y, ...theta]
    const directions = wanted.map(node => input('direction', node.shape))
    const cotangent = input('cotangent', f.shape)
    const value = orZero(jvp([f], wanted, directions)[0], f)
    const gradients = vjp([value], [cotangent], wanted)
    return {
      operands: [t, y, ...directions, cotangent],
      outputs: wanted.map((node, i) => orZero(gradients[i], node)),
    }
  },
  secondVjp(nodes) {
    const { t, y, theta } = nodes
    const { tangents, value } = directional(nodes)
    const cotangent = input('cotangent', y.shape)
    const wanted = [y, ...theta]
    const gradients = vjp([value], [cotangent], wanted)
    return {
      operands: [t, y, ...tangents, cotangent],
      outputs: wanted.map((node, i) => orZero(gradients[i], node)),
    }
  },
  secondJvp(nodes) {
    const { t, y, theta } = nodes
    const { tangents, value } = directional(nodes)
    const directions = [y, ...theta].map(node => input('direction', node.shape))
    const [result] = jvp([value], [y, ...theta], directions)
    return { operands: [t, y, ...tangents, ...directions], outputs: [orZero(result, value)] }
  },
  mass: ({ t, y, mass }) => ({ operands: [t, y], outputs: [mass!] }),
  massJvp(nodes) {
    const { t, y, theta } = nodes
    const { v, product } = massProduct(nodes)
    const directions = [y, ...theta].map(node => input('direction', node.shape))
    const [result] = jvp([product], [y, ...theta], directions)
    return { operands: [t, y, v, ...directions], outputs: [orZero(result, product)] }
  },
  massVjp(nodes) {
    const { t, y, theta } = nodes
    const { v, product } = massProduct(nodes)
    const cotangent = input('cotangent', y.shape)
    const wanted = [y, ...theta]
    const gradients = vjp([product], [cotangent], wanted)
    return {
      operands: [t, y, v, cotangent],
      outputs: wanted.map((node, i) => orZero(gradients[i], node)),
    }
  },
}

/** ∂f/∂y·tangentY + ∂f/∂t·tangentT. */
function directional({ t, y, f }: FieldNodes): { tangents: Node[]; value: Node } {
  const tangents = [input('tangentT', []), input('tangentY', y.shape)]
  return { tangents, value: orZero(jvp([f], [t, y], tangents)[0], f) }
}

/** M·v. */
function massProduct({ y, mass }: FieldNodes): { v: Node; product: Node } {
  const v = input('v', y.shape)
  const n = sizeOf(y.shape)
  return { v, product: reshape(matmul(mass!, reshape(v, [n, 1])), y.shape) }
}

const zeros = (shape: readonly number[]): Node => constant(new Float64Array(sizeOf(shape)), shape)
const orZero = (node: Node | null, like: Node): Node => node ?? zeros(like.shape)
