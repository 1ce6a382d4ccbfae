/** Activation functions in the primitives. At a kink the derivative is the one that tfjs takes: relu'(0) = 0. */

import type { Node } from '../../graph.ts'
import * as p from '../../primitives.ts'

const zeros = (x: Node): Node => p.full(0, x.shape)
const scaled = (factor: number, x: Node): Node => p.multiply(p.full(factor, x.shape), x)

/** max(0, x), NaN where x is. */
const relu = (x: Node): Node => p.select(p.lessEqual(x, zeros(x)), zeros(x), x)

const relu6 = (x: Node): Node => {
  const six = p.full(6, x.shape)
  return p.select(p.greater(x, six), six, relu(x))
}

/** x where x ≥ 0, else slope·x. (At 0 the derivative is 1; tfjs takes the slope.) */
export const leakyRelu = (x: Node, slope: Node): Node =>
  p.select(p.less(x, zeros(x)), p.multiply(slope, x), x)

/**
 * x where x ≥ 0, else eˣ − 1 (Clevert, Unterthiner & Hochreiter, ICLR 2016). The exponential sees no positive x: it
 * would overflow, and a derivative would multiply the infinity by zero.
 */
export function elu(x: Node): Node {
  const negative = p.less(x, zeros(x))
  return p.select(negative, p.expm1(p.select(negative, x, zeros(x))), x)
}

/** Scaled elu (Klambauer et al., NeurIPS 2017, eq. 2); its λ and α to double precision. */
export function selu(x: Node): Node {
  const alpha = 1.6732632423543772
  const lambda = 1.0507009873554805
  const negative = p.lessEqual(x, zeros(x))
  const exponential = scaled(alpha, p.expm1(p.select(negative, x, zeros(x))))
  return scaled(lambda, p.select(negative, exponential, x))
}

const activations = {
  linear: (x: Node): Node => x,
  relu,
  relu6,
  elu,
  selu,
  sigmoid: p.logistic,
  tanh: p.tanh,
}

export type Activation = keyof typeof activations

/** The activation of this name, of those that take nothing but x. */
export function activate(name: string, x: Node): Node {
  if (!(name in activations)) throw new Error(`trace: the fused activation ${name} cannot be traced`)
  return activations[name as Activation](x)
}

/** The attributes of a fused kernel that name its activation. */
interface Fused {
  readonly activation?: string
  readonly leakyreluAlpha?: number
}

/** What fused kernels do to their product x: the bias is added, then the activation is taken. Both operands broadcast. */
export function activateFused(
  x: Node,
  { activation = 'linear', leakyreluAlpha = 0.2 }: Fused,
  { bias, slope }: { readonly bias?: Node; readonly slope?: Node },
): Node {
  const biased = bias ? p.add(x, p.broadcastTo(bias, x.shape)) : x
  if (activation === 'leakyrelu') return leakyRelu(biased, p.full(leakyreluAlpha, x.shape))
  if (activation === 'prelu') return leakyRelu(biased, p.broadcastTo(slope!, x.shape))
  return activate(activation, biased)
}
