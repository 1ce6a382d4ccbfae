/** Linear primitives that move or sum numbers: the JVP applies the primitive to the tangent, the VJP its transpose. */

import type { Node, Shape } from '../graph.ts'
import * as p from '../primitives.ts'
import { perOperand, type Rules } from './rule.ts'

/** The transpose of a broadcast from `shape`: the sum over the axes that were stretched. */
function sumTo(g: Node, shape: Shape): Node {
  const stretched = shape.flatMap((extent, axis) => (extent === g.shape[axis] ? [] : [axis]))
  return p.reshape(p.sum(g, stretched), shape)
}

/** The transpose of a reduction over `axes`: repeats g along them. */
export function spread(g: Node, axes: readonly number[], shape: Shape): Node {
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
  return p.broadcast(p.reshape(g, kept), shape)
}

function inverse(permutation: readonly number[]): number[] {
  const result: number[] = []
  permutation.forEach((axis, i) => {
    result[axis] = i
  })
  return result
}

/** Where operand i of a concatenation begins. */
function beginOf(operands: readonly Node[], i: number, axis: number): number[] {
  const offset = operands.slice(0, i).reduce((total, operand) => total + operand.shape[axis], 0)
  return operands[i].shape.map((_, k) => (k === axis ? offset : 0))
}

type Structural =
  | ('reshape' | 'broadcast' | 'transpose' | 'slice' | 'pad' | 'concatenate' | 'reverse')
  | ('gather' | 'scatterAdd' | 'sum')

export const structuralRules: Rules<Structural> = {
  reshape: perOperand(
    (y, t) => p.reshape(t, y.shape),
    (y, g) => p.reshape(g, y.operands[0].shape),
  ),
  broadcast: perOperand(
    (y, t) => p.broadcast(t, y.shape),
    (y, g) => sumTo(g, y.operands[0].shape),
  ),
  transpose: perOperand(
    (y, t) => p.transpose(t, y.attributes.permutation),
    (y, g) => p.transpose(g, inverse(y.attributes.permutation)),
  ),
  slice: perOperand(
    (y, t) => p.slice(t, y.attributes.begin, y.shape, y.attributes.strides),
    (y, g) => p.pad(g, y.operands[0].shape, y.attributes.begin, y.attributes.strides),
  ),
  pad: perOperand(
    (y, t) => p.pad(t, y.shape, y.attributes.begin, y.attributes.strides),
    (y, g) => p.slice(g, y.attributes.begin, y.operands[0].shape, y.attributes.strides),
  ),
  concatenate: {
    jvp: (y, tangents) =>
      p.concatenate(
        tangents.map((t, i) => t ?? p.full(0, y.operands[i].shape)),
        y.attributes.axis,
      ),
    vjp: (y, g, wanted) =>
      wanted.map((want, i) =>
        want ? p.slice(g, beginOf(y.operands, i, y.attributes.axis), y.operands[i].shape) : null,
      ),
  },
  reverse: perOperand(
    (y, t) => p.reverse(t, y.attributes.axes),
    (y, g) => p.reverse(g, y.attributes.axes),
  ),
  gather: perOperand(
    (y, t, i) => (i === 0 ? p.gather(t, y.operands[1], y.attributes.axis) : null),
    (y, g, i) => {
      const { axis } = y.attributes
      return i === 0 ? p.scatterAdd(g, y.operands[1], y.operands[0].shape[axis], axis) : null
    },
  ),
  scatterAdd: perOperand(
    (y, t, i) => {
      const { axis } = y.attributes
      return i === 0 ? p.scatterAdd(t, y.operands[1], y.shape[axis], axis) : null
    },
    (y, g, i) => (i === 0 ? p.gather(g, y.operands[1], y.attributes.axis) : null),
  ),
  sum: perOperand(
    (y, t) => p.sum(t, y.attributes.axes),
    (y, g) => spread(g, y.attributes.axes, y.operands[0].shape),
  ),
}
