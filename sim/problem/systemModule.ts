import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs'
import { grad, jvp, vjp } from '../../compiler/trace/derivatives.ts'
import * as models from '../../models/index.ts'
import { solve } from '../../solvers/linear/solve.ts'

/**
 * What a scene's module works with: TensorFlow.js and neurode's own functions, those of the running program, so that a
 * module need not import anything and lies in any folder.
 */
export type Toolkit = typeof models & {
  /** All of TensorFlow.js: methods of tensors and tf.layers, too. */
  readonly tf: typeof import('@tensorflow/tfjs')
  /** x with A·x = b. */
  readonly solve: typeof solve
  /** Derivatives of functions of tensors, of every order. */
  readonly grad: typeof grad
  readonly jvp: typeof jvp
  readonly vjp: typeof vjp
  /** Uniform deviates in [0, 1) from the run's seed, for initial weights. */
  readonly random: () => number
}

/**
 * A function of time, state and parameters in TensorFlow.js.
 *
 * @param t a scalar, s
 * @param y [n], in the order of `state`
 * @param parameters the scene's, each a scalar, those that are learned at their present values
 * @param weights the arrays of `learned`, in its order; trainable tf.Variables that the function uses are learned, too
 */
export type SystemFunction = (
  t: Scalar,
  y: Tensor1D,
  parameters: Readonly<Record<string, Tensor>>,
  weights: readonly Tensor[],
) => Tensor

/** A system as a module gives it. */
export interface SystemDefinition {
  /** Initial values, by the names of the components of y. */
  readonly state: Readonly<Record<string, number>>
  /** dy/dt: [n]. */
  readonly derivative: SystemFunction
  /** A scalar [J], shown by the viewer and used by criteria. */
  readonly energy?: SystemFunction
  /** The potential energy, a scalar [J]. */
  readonly potential?: SystemFunction
  /** M: [k, k]. */
  readonly massMatrix?: SystemFunction
}

/** What learns: functions that replace those of the system, and the arrays that they learn. */
export interface ModelDefinition extends Partial<Omit<SystemDefinition, 'state'>> {
  readonly learned?: readonly models.ParameterSpec[]
}

/**
 * A scene's module (`system: {type: module, file: oscillator.ts}`): `default` makes the ground truth, `model` what is
 * trained in its place. Without `model` the system itself is trained, by the parameters that the scene's `learn` names.
 *
 *     export default ({ tf }: Toolkit): SystemDefinition => ({
 *       state: { x: 1, v: 0 },
 *       derivative(t, y, { k }) {
 *         const [x, v] = tf.unstack(y)
 *         return tf.stack([v, k.mul(x).neg()])
 *       },
 *     })
 */
export interface SystemModule {
  default(toolkit: Toolkit): SystemDefinition | Promise<SystemDefinition>
  model?(toolkit: Toolkit): ModelDefinition | Promise<ModelDefinition>
}

export async function toolkit(random: () => number): Promise<Toolkit> {
  const tf = await import('@tensorflow/tfjs') // large, and needed by modules only
  return { ...models, tf, solve, grad, jvp, vjp, random }
}
