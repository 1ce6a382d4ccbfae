import * as tf from '@tensorflow/tfjs-core'
import { quietCpuBackend } from '../eagerBackend.ts'
import { type Graph, type Node, type Shape, sameShape } from '../graph.ts'
import { input, shapeText, withOrigin } from '../primitives.ts'
import { refuseAssignment, traceBackend } from './backend.ts'
import { engine, onBackend, withFrozenVariables, withoutKeeping } from './engine.ts'
import './kernels/index.ts'
import './tape.ts'
import { withDoubleLiterals } from './literals.ts'
import { atLocation, calledOperation, userLocation, withDeepStacks } from './location.ts'
import { backendName } from './lowering.ts'
import { withoutRandomness } from './randomness.ts'
import { currentSession, inNewSession, tensorOf, tracedValue, variableInput } from './values.ts'

quietCpuBackend()

/** A function of tensors, as models are written. */
export type TensorFunction = (...x: tf.Tensor[]) => tf.Tensor | tf.Tensor[]

export interface TracedGraph extends Graph {
  /** The trainable variables that the function touches, by creation: `inputs` ends with one node for each. */
  readonly variables: readonly tf.Variable[]
}

export interface TracedInput {
  readonly name: string
  readonly shape: Shape
}

/**
 * The graph of a tfjs function: `f` is run once, on tensors that hold no numbers, and each operation that it calls
 * becomes nodes. `graph.inputs` are the declared inputs, then one for each trainable tf.Variable that `f` touches (also
 * through tf.layers), in the order of their creation; a variable has the same node in every trace. Other tensors that `f`
 * finds become constants. Literals keep double precision. JavaScript's `if` and `for` are unrolled as they run.
 *
 *     const graph = trace(x => tf.tanh(tf.matMul(weights, x)), [{ name: 'x', shape: [3, 1] }])
 *
 * @throws Error that names the tfjs function and the line of the user's code, where `f` reads a value back, calls what
 *   has no lowering, makes or assigns a variable, or is asynchronous.
 */
export function trace(f: TensorFunction, inputs: readonly TracedInput[]): TracedGraph {
  try {
    return insideTrace(() => inNewSession(() => tidied(() => runTraced(f, inputs))))
  } catch (error) {
    throw explained(error)
  }
}

/**
 * Runs `run` and disposes the tensors that it made; where it fails, also variables. (The result goes around `tf.tidy`,
 * which would search a graph, node by node, for tensors to spare.)
 */
function tidied<T>(run: () => T): T {
  const { registeredVariables } = engine()
  const names = new Set(Object.keys(registeredVariables))
  let result: T | undefined
  tf.tidy(() => {
    try {
      result = run()
    } catch (error) {
      for (const [name, variable] of Object.entries(registeredVariables))
        if (!names.has(name)) variable.dispose()
      throw error
    }
  })
  return result as T
}

const insideTrace = <T>(run: () => T): T =>
  withDeepStacks(() =>
    withDoubleLiterals(() =>
      onBackend(backendName, traceBackend, () =>
        withFrozenVariables(refuseAssignment, () => withoutRandomness(() => withoutKeeping(run))),
      ),
    ),
  )

/** Runs `f` in the current session, on new inputs. */
function runTraced(f: TensorFunction, inputs: readonly TracedInput[]): TracedGraph {
  const nodes = withOrigin(undefined, () => inputs.map(({ name, shape }) => input(name, shape)))
  const outputs = outputNodes(f(...nodes.map(node => tensorOf(node))))
  const session = currentSession()!
  if (session.refusal) throw session.refusal
  const variables = [...session.touched].sort((a, b) => a.id - b.id)
  return { inputs: [...nodes, ...variables.map(variableInput)], outputs, variables }
}

/** The nodes of what a traced function returned. */
export function outputNodes(result: unknown): Node[] {
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new Error('trace: the traced function is asynchronous; it must return its tensors at once')
  }
  return [result].flat().map((output, i) => {
    if (!(output instanceof tf.Tensor)) {
      const found = output === null || typeof output !== 'object' ? String(output) : output.constructor?.name
      throw new Error(`trace: result ${i} of the traced function is ${found}, not a tensor`)
    }
    const { node, imaginary } = tracedValue(output)
    if (imaginary) {
      throw new Error(
        `trace: result ${i} of the traced function is complex; return its tf.real and its tf.imag`,
      )
    }
    if (!sameShape(node.shape, output.shape)) {
      throw new Error(
        `trace: a tensor of shape ${shapeText(output.shape)} was lowered to ${shapeText(node.shape)}`,
      )
    }
    return node
  })
}

/** tfjs' message of a missing kernel, in the words of the person who called the function. */
function explained(error: unknown): unknown {
  const kernel =
    error instanceof Error && /^Kernel '(\w+)' not registered for backend 'trace'/.exec(error.message)?.[1]
  if (!kernel) return error
  const { stack } = error as Error
  const operation = calledOperation(stack)
  const name = operation ? `tf.${operation} (kernel ${kernel})` : kernel
  return new Error(
    `trace: ${name}${atLocation(userLocation(stack))} cannot be traced: it has no lowering to the graph's primitives. Say it in other functions`,
    { cause: error },
  )
}
