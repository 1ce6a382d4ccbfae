import type * as tf from '@tensorflow/tfjs-core'
import { vjp } from '../../../compiler/differentiate/index.ts'
import { type Graph, sizeOf } from '../../../compiler/graph.ts'
import { constant } from '../../../compiler/primitives.ts'
import { compile } from '../../../compiler/program.ts'
import {
  type TensorFunction,
  type TracedGraph,
  type TracedInput,
  trace,
} from '../../../compiler/trace/index.ts'

/** A tfjs function of declared inputs; the trainable variables that it touches are found. */
export interface LearnedFunction {
  readonly f: TensorFunction
  readonly inputs: readonly TracedInput[]
}

export interface Learned<Name extends string> {
  /** θ: every variable that the loss touches, in the order of their creation; written by whoever trains. */
  readonly parameters: Float64Array
  /** The loss at these inputs, and its gradient by θ: a view, valid until the next call. */
  lossAndGradient(...inputs: readonly Float64Array[]): {
    readonly loss: number
    readonly gradient: Float64Array
  }
  /** The other functions, by the same θ; their results are views, valid until the next call. */
  readonly functions: {
    readonly [K in Name]: (...inputs: readonly Float64Array[]) => readonly Float64Array[]
  }
}

/**
 * A loss in TensorFlow.js with its gradient by the variables that it touches, and functions of the same variables, compiled
 * into one float64 program.
 *
 *     const w = tf.variable(tf.zeros([2]))
 *     const learned = compileLearned({ f: x => tf.sum(tf.square(tf.sub(x, w))), inputs: [{ name: 'x', shape: [2] }] })
 *     learned.lossAndGradient(Float64Array.of(3, 4)) // 25, [-6, -8]
 *
 * @throws Error where the loss touches no variable, or a function touches one that the loss does not
 */
export function compileLearned<Name extends string = never>(
  loss: LearnedFunction,
  functions = {} as Readonly<Record<Name, LearnedFunction>>,
): Learned<Name> {
  const traced = trace(loss.f, loss.inputs)
  const theta = traced.inputs.slice(loss.inputs.length)
  if (theta.length === 0) throw new Error('compileLearned: the loss touches no trainable tf.Variable')
  const gradients = vjp(traced.outputs, [constant([1], [])], theta)
  const gradient: Graph = {
    inputs: traced.inputs,
    outputs: [
      ...gradients.map((g, k) => g ?? constant(new Float64Array(sizeOf(theta[k].shape)), theta[k].shape)),
      traced.outputs[0],
    ],
  }
  const names = Object.keys(functions) as Name[]
  const others = names.map(name => trace(functions[name].f, functions[name].inputs))
  others.forEach((graph, k) => {
    if (graph.variables.some(variable => !traced.variables.includes(variable))) {
      throw new Error(`compileLearned: ${names[k]} touches a variable that the loss does not`)
    }
  })
  const program = compile(
    {
      $gradient: gradient,
      ...(Object.fromEntries(others.map((graph, k) => [names[k], graph])) as unknown as Record<Name, Graph>),
    },
    { contiguous: [theta] },
  )
  const parameters = program.contiguous[0]
  fill(parameters, traced)
  const entry = program.$gradient
  const write = (views: readonly Float64Array[], inputs: readonly Float64Array[]) => {
    inputs.forEach((values, k) => {
      views[k].set(values)
    })
  }
  return {
    parameters,
    lossAndGradient(...inputs) {
      write(entry.inputs, inputs)
      entry.run()
      return {
        loss: entry.outputs[theta.length][0],
        gradient: entry.flatOutputs.subarray(0, parameters.length),
      }
    },
    functions: Object.fromEntries(
      names.map(name => [
        name,
        (...inputs: readonly Float64Array[]) => {
          const { [name]: own } = program
          write(own.inputs, inputs)
          own.run()
          return own.outputs
        },
      ]),
    ) as Learned<Name>['functions'],
  }
}

function fill(parameters: Float64Array, { variables }: TracedGraph): void {
  let offset = 0
  for (const variable of variables as readonly tf.Variable[]) {
    parameters.set(variable.dataSync(), offset)
    offset += variable.size
  }
}
