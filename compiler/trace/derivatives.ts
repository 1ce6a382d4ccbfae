/**
 * Derivatives of tfjs functions by the graph's rules, in place of tfjs' tape: of every order, in float64, forward and
 * reverse. Inside a trace they become part of the graph; outside, the function is traced, differentiated and
 * interpreted, and tensors come back.
 *
 * Derivatives are by the arguments: whatever else the function uses, such as a tf.Variable, is held constant. The
 * function must be one that `trace` can trace. Its arguments and result are float32 tensors.
 */

import * as tf from '@tensorflow/tfjs-core'
import * as differentiate from '../differentiate/index.ts'
import { type Node, sameShape } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import { full, shapeText } from '../primitives.ts'
import { engine } from './engine.ts'
import { independent } from './kernels/pullback.ts'
import { outputNodes, trace } from './trace.ts'
import { currentSession, tensorOf, tracedValue } from './values.ts'

export type Differentiable = (...x: tf.Tensor[]) => tf.Tensor

/** From nodes to nodes: what is to be done with the function `f`. */
type Transform = (f: (nodes: readonly Node[]) => Node, operands: readonly Node[]) => Node[]

/** The transform of `f` at `operands`, as tensors. `f` takes the first `arity` of them, the transform also the others. */
function evaluate(f: Differentiable, operands: readonly tf.Tensor[], transform: Transform): tf.Tensor[] {
  if (engine().state.gradientDepth > 0) {
    throw new Error(
      "derivatives: tfjs' tape does not see neurode's derivatives, so that a tf.grad around them would be wrong. Use neurode's grad for the outer derivative, too",
    )
  }
  const onTensors = (...tensors: tf.Tensor[]): tf.Tensor[] => {
    const onNodes = (nodes: readonly Node[]): Node => {
      const outputs = outputNodes(f(...nodes.map(node => tensorOf(node))))
      if (outputs.length !== 1)
        throw new Error(`derivatives: the function returned ${outputs.length} tensors, not one`)
      return outputs[0]
    }
    return transform(
      onNodes,
      tensors.map(tensor => tracedValue(tensor).node),
    ).map(node => tensorOf(node))
  }
  if (currentSession()) return onTensors(...operands)
  const graph = trace(
    onTensors,
    operands.map(({ shape }, i) => ({ name: `argument ${i}`, shape })),
  )
  const values = [...operands, ...graph.variables].map(tensor => Float64Array.from(tensor.dataSync()))
  return interpret(graph, values).map((value, i) =>
    tf.tensor(Float32Array.from(value), [...graph.outputs[i].shape]),
  )
}

const orZero = (derivative: Node | null, like: Node): Node => derivative ?? full(0, like.shape)

/**
 * Reverse mode: the value of f at `primals`, and Σ (∂f/∂xᵢ)ᵀ·cotangent for each argument.
 *
 * @param f from tensors to a tensor of any shape
 * @returns of (primals, cotangent): `value`, of f's shape, as is the cotangent; `gradients`, each of its primal's shape
 */
export function vjp(
  f: Differentiable,
): (primals: readonly tf.Tensor[], cotangent: tf.Tensor) => { value: tf.Tensor; gradients: tf.Tensor[] } {
  return (primals, cotangent) => {
    const [value, ...gradients] = evaluate(f, [...primals, cotangent], (onNodes, operands) => {
      const x = operands.slice(0, -1).map(independent)
      const y = onNodes(x)
      checkShape('vjp: the cotangent', operands.at(-1)!, y)
      return [y, ...gradientNodes(y, operands.at(-1)!, x)]
    })
    return { value, gradients }
  }
}

/**
 * Forward mode: the value of f at `primals`, and its derivative Σ ∂f/∂xᵢ·tangentᵢ along `tangents`.
 *
 * @returns of (primals, tangents), which have equal shapes: `value` and `tangent`, both of f's shape
 */
export function jvp(
  f: Differentiable,
): (
  primals: readonly tf.Tensor[],
  tangents: readonly tf.Tensor[],
) => { value: tf.Tensor; tangent: tf.Tensor } {
  return (primals, tangents) => {
    if (primals.length !== tangents.length) {
      throw new RangeError(`jvp: ${primals.length} primals, but ${tangents.length} tangents`)
    }
    const [value, tangent] = evaluate(f, [...primals, ...tangents], (onNodes, operands) => {
      const x = operands.slice(0, primals.length).map(independent)
      const directions = operands.slice(primals.length)
      directions.forEach((direction, i) => {
        checkShape(`jvp: tangent ${i}`, direction, x[i])
      })
      const y = onNodes(x)
      return [y, orZero(differentiate.jvp([y], x, directions)[0], y)]
    })
    return { value, tangent }
  }
}

/**
 * The value of a scalar function, and its gradients by each argument.
 *
 *     const { value, gradients: [dq, dv] } = valueAndGrads(lagrangian)(q, v)
 */
export function valueAndGrads(
  f: Differentiable,
): (...x: tf.Tensor[]) => { value: tf.Tensor; gradients: tf.Tensor[] } {
  return (...primals) => {
    const [value, ...gradients] = evaluate(f, primals, (onNodes, operands) => {
      const x = operands.map(independent)
      const y = onNodes(x)
      if (y.shape.some(extent => extent !== 1)) {
        throw new RangeError(
          `grad: the function must return a scalar, not shape ${shapeText(y.shape)}; vjp takes a cotangent, jvp a direction`,
        )
      }
      return [y, ...gradientNodes(y, full(1, y.shape), x)]
    })
    return { value, gradients }
  }
}

/** The value of a scalar function, and its gradient by the first argument; the others are held constant. */
export function valueAndGrad(f: Differentiable): (
  x: tf.Tensor,
  ...rest: tf.Tensor[]
) => {
  value: tf.Tensor
  gradient: tf.Tensor
} {
  return (x, ...rest) => {
    const { value, gradients } = valueAndGrads(first => f(first, ...rest))(x)
    return { value, gradient: gradients[0] }
  }
}

/**
 * The gradient of a scalar function by its first argument; the others are held constant. Nests.
 *
 *     const force = tf.neg(grad(potential)(q))
 *     const d2 = grad(x => grad(tf.tanh)(x))(tf.scalar(0.3))
 */
export function grad(f: Differentiable): (x: tf.Tensor, ...rest: tf.Tensor[]) => tf.Tensor {
  return (x, ...rest) => {
    const { value, gradient } = valueAndGrad(f)(x, ...rest)
    value.dispose()
    return gradient
  }
}

/** The gradients of a scalar function by each of its arguments. */
export function grads(f: Differentiable): (...x: tf.Tensor[]) => tf.Tensor[] {
  return (...x) => {
    const { value, gradients } = valueAndGrads(f)(...x)
    value.dispose()
    return gradients
  }
}

const gradientNodes = (y: Node, cotangent: Node, x: readonly Node[]): Node[] =>
  differentiate.vjp([y], [cotangent], x).map((gradient, i) => orZero(gradient, x[i]))

function checkShape(what: string, node: Node, like: Node): void {
  if (!sameShape(node.shape, like.shape)) {
    throw new RangeError(`${what} has shape ${shapeText(node.shape)}, but must have ${shapeText(like.shape)}`)
  }
}
