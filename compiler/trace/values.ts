/** What a traced tensor stands for, and the trace in progress. */

import type * as tf from '@tensorflow/tfjs-core'
import type { Node } from '../graph.ts'
import { constant, input, withOrigin } from '../primitives.ts'
import { engine } from './engine.ts'
import { withFloat32Literals } from './literals.ts'

export type NumericType = 'float32' | 'int32' | 'bool' | 'complex64'

/**
 * A node, and the tfjs type that it plays: 'float32' stands for any real number here, all of them in float64. Of
 * 'complex64' the node is the real part.
 */
export interface Value {
  readonly node: Node
  readonly dtype: NumericType
  /** Of the real part's shape; with 'complex64', and only with it. */
  readonly imaginary?: Node
}

/** One run of `trace`. */
export interface Session {
  readonly enclosing: Session | undefined
  /** Trainable variables by the buffer that holds them. */
  readonly variables: ReadonlyMap<object, tf.Variable>
  readonly touched: Set<tf.Variable>
  readonly foreign: Map<object, Value>
  /** A read of a value that could only be refused later, since it was asynchronous. */
  refusal?: Error
}

let session: Session | undefined
export const currentSession = (): Session | undefined => session

/** Runs `run` in a new session inside the current one, if any. */
export function inNewSession<T>(run: (session: Session) => T): T {
  const enclosing = session
  const variables = new Map<object, tf.Variable>()
  for (const variable of Object.values(engine().registeredVariables)) {
    if (variable.trainable) variables.set(variable.dataId, variable)
  }
  session = { enclosing, variables, touched: new Set(), foreign: new Map() }
  try {
    return run(session)
  } finally {
    session = enclosing
  }
}

interface Buffer {
  readonly value: Value
  readonly session: Session
  references: number
}

const traced = new WeakMap<object, Buffer>()

export const isTraced = (dataId: object): boolean => traced.has(dataId)

export const retain = (dataId: object): void => {
  traced.get(dataId)!.references++
}

/** Whether nothing holds the buffer any more. */
export const release = (dataId: object): boolean => --traced.get(dataId)!.references === 0

/** A new buffer that stands for `value` in the current session. */
export function hold(value: Value): object {
  const dataId = {}
  traced.set(dataId, { value, session: session!, references: 1 })
  return dataId
}

/** The kernel result that stands for `value`. */
export const tensorInfo = (value: Value): tf.TensorInfo => ({
  dataId: hold(value),
  shape: [...value.node.shape],
  dtype: value.dtype,
})

/** The value of a tensor: traced, a variable's input, or a constant read from the backend that holds it. */
export function tracedValue(tensor: tf.TensorInfo): Value {
  const held = traced.get(tensor.dataId)
  if (held) {
    if (held.session !== session && held.value.node.primitive !== 'constant') {
      throw new Error(
        'trace: a tensor of another trace is used here. Pass it to the traced function as an argument; a tensor of a finished trace has no value',
      )
    }
    return held.value
  }
  let value = session!.foreign.get(tensor.dataId)
  if (!value) {
    const variable = session!.variables.get(tensor.dataId)
    if (variable) session!.touched.add(variable)
    value = variable ? { node: variableInput(variable), dtype: numericType(variable) } : readConstant(tensor)
    session!.foreign.set(tensor.dataId, value)
  }
  return value
}

const inputsOfVariables = new WeakMap<tf.Variable, Node>()

/** The input node of a variable: the same in every trace, so that programs compiled together store it once. */
export function variableInput(variable: tf.Variable): Node {
  let node = inputsOfVariables.get(variable)
  if (!node) {
    node = withOrigin(undefined, () => input(variable.name, variable.shape))
    inputsOfVariables.set(variable, node)
  }
  return node
}

function readConstant(tensor: tf.TensorInfo): Value {
  const dtype = numericType(tensor)
  const values = withFloat32Literals(() => engine().readSync(tensor.dataId))
  if (dtype !== 'complex64') return { node: constant(values, tensor.shape), dtype }
  const [real, imaginary] = [0, 1].map(part =>
    constant(
      Array.from(values).filter((_, i) => i % 2 === part),
      tensor.shape,
    ),
  )
  return { node: real, imaginary, dtype }
}

/** The tensor's type. @throws Error where it is none of numbers. */
export function numericType({ dtype }: { dtype: string }): NumericType {
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool' && dtype !== 'complex64') {
    throw new Error(
      `trace: tensors of type ${dtype} cannot be traced, only float32, int32, bool and complex64`,
    )
  }
  return dtype
}

/** A tensor of the running trace that stands for `node`. */
export function tensorOf(node: Node, dtype: NumericType = 'float32'): tf.Tensor {
  return engine().makeTensorFromTensorInfo(tensorInfo({ node, dtype }))
}
