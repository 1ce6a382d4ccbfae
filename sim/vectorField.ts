import { type Tensor, type Tensor1D, tensor } from '@tensorflow/tfjs-core'
import { jvp, vjp } from '../compiler/differentiate/index.ts'
import { type Graph, type Node, sizeOf } from '../compiler/graph.ts'
import type { ProgramImage } from '../compiler/image.ts'
import { constant, input } from '../compiler/primitives.ts'
import { compile, type ProgramStatistics } from '../compiler/program.ts'
import { trace } from '../compiler/trace/index.ts'
import type { ParameterSpec } from '../models/parameters.ts'
import type { VectorField } from '../solvers/ode/vectorField.ts'
import { type FurtherDerivatives, type FurtherName, furtherDerivatives } from './furtherDerivatives.ts'
import { compileFurther, type FieldNodes, furtherNames, isConstant, sparsityOf } from './furtherGraphs.ts'
import {
  type ModelImage,
  type ModelInstanceField,
  type ModelInstanceFunction,
  modelOf,
  type ParameterBlock,
} from './modelImage.ts'

/** A function (t, y) ↦ tensor written in TensorFlow.js; learned arrays that are not tf.Variables come as `parameters`. */
export type ModelFunction = (t: Tensor, y: Tensor1D, parameters: readonly Tensor[]) => Tensor

export interface VectorFieldOptions {
  /** The shape of the state: [n]. */
  readonly state: readonly [n: number]
  /** Names of the components of the state, for messages, series and plots. Default y0, y1, … */
  readonly names?: readonly string[]
  /**
   * M(t, y, θ) [n, n] of M·dy/dt = f, for implicit methods; it may be singular (a differential-algebraic equation of
   * index 1). Without it M is the identity.
   */
  readonly mass?: ModelFunction
  /** Learned arrays beside the trainable tf.Variables that the function touches. */
  readonly parameters?: readonly ParameterSpec[]
}

export type { ParameterBlock } from './modelImage.ts'

/** A function of (t, y, θ) with its derivatives; the methods are as in VectorField. */
export interface CompiledFunction extends ModelInstanceFunction {
  /** What was compiled: its inputs are t, y, then the arrays of θ. */
  readonly graph: Graph
}

/** Compiled when first asked for. */
type Derivatives = Pick<
  FurtherDerivatives,
  'jacobian' | 'timeDerivative' | 'jvpVjp' | 'secondVjp' | 'secondJvp'
>

export interface CompiledField
  extends CompiledFunction,
    Omit<ModelInstanceField, keyof Derivatives>,
    Derivatives {
  /** Where each learned array lies in θ. */
  readonly blocks: readonly ParameterBlock[]
  readonly statistics: ProgramStatistics
  /** The whole model, for other threads: the field with these of its further derivatives, and its further functions. */
  image(further?: readonly FurtherName[]): ModelImage
  /** Copies the trainable tf.Variables of the model into θ (again). */
  readVariables(): void
  /** Copies θ into the tf.Variables, rounded to their float32. */
  writeVariables(): void
}

/**
 * The vector field dy/dt = f(t, y) of a function written in TensorFlow.js, as one float64 WebAssembly program with its
 * derivatives. θ is the trainable tf.Variables that f touches, read once here and then kept in float64.
 *
 * @throws RangeError where f does not return n numbers, or a parameter's initial values do not fill its shape; a trace's
 *   error where f cannot be compiled.
 * @example
 * const net = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 16, activation: 'tanh' }), tf.layers.dense({ units: 2 })] })
 * const field = vectorField((t, y) => net.predict(y.reshape([1, 2])).reshape([2]), { state: [2] })
 */
export function vectorField(f: ModelFunction, options: VectorFieldOptions): CompiledField {
  return compileModel(f, {}, options).field
}

/**
 * Compiles a vector field together with further functions of (t, y, θ), such as energies and observations: they share
 * one memory and one θ.
 */
export function compileModel<Name extends string>(
  f: ModelFunction,
  others: Readonly<Record<Name, ModelFunction>>,
  options: VectorFieldOptions,
): { field: CompiledField; functions: Record<Name, CompiledFunction> } {
  const [n] = options.state
  const specs = options.parameters ?? []
  const names = options.names ?? Array.from({ length: n }, (_, i) => `y${i}`)
  const otherNames = Object.keys(others) as Name[]
  const { mass } = options
  const models: ModelFunction[] = [f, ...otherNames.map(name => others[name]), ...(mass ? [mass] : [])]

  const graph = trace(
    (t: Tensor, y: Tensor, ...parameters: Tensor[]) =>
      models.map(model => model(t, y as Tensor1D, parameters)),
    [{ name: 't', shape: [] }, { name: 'y', shape: [n] }, ...specs],
  )
  if (sizeOf(graph.outputs[0].shape) !== n) {
    throw new RangeError(
      `the vector field returns shape [${graph.outputs[0].shape}] for a state of shape [${n}]: it must return one derivative per component`,
    )
  }
  const massNode = mass && graph.outputs.at(-1)!
  if (massNode && (massNode.shape.length !== 2 || massNode.shape.some(extent => extent !== n))) {
    throw new RangeError(`the mass matrix has shape [${massNode.shape}], it must be [${n}, ${n}]`)
  }
  const theta = graph.inputs.slice(2)
  const blocks = parameterBlocks([...specs, ...graph.variables])
  specs.forEach(({ name, shape, initial }, k) => {
    if (initial.length === blocks[k].size) return
    throw new RangeError(`parameter '${name}' of shape [${shape}] has ${initial.length} initial values`)
  })
  const differentiable = graph.inputs.slice(1)
  const tangents = differentiable.map(node => input('tangent', node.shape))
  const graphs: Record<string, Graph> = {}
  const accumulate: Record<string, number[]> = {}
  const keys = ['field', ...otherNames]
  const used: boolean[][] = []
  graph.outputs.slice(0, keys.length).forEach((output, k) => {
    const cotangent = input('cotangent', output.shape)
    const gradients = vjp([output], [cotangent], differentiable)
    const [tangent] = jvp([output], differentiable, tangents)
    used.push(gradients.slice(1).map(g => g !== null))
    graphs[`${keys[k]}.evaluate`] = { inputs: graph.inputs, outputs: [output] }
    graphs[`${keys[k]}.vjp`] = {
      inputs: [...graph.inputs, cotangent],
      outputs: gradients.map((g, i) => g ?? zeros(differentiable[i])),
    }
    graphs[`${keys[k]}.jvp`] = { inputs: [...graph.inputs, ...tangents], outputs: [tangent ?? zeros(output)] }
    accumulate[`${keys[k]}.vjp`] = theta.map((_, i) => i + 1)
  })
  const program = compile(graphs, { accumulate, contiguous: [theta, tangents.slice(1)] })
  const nodes: FieldNodes = {
    t: graph.inputs[0],
    y: graph.inputs[1],
    theta,
    f: graph.outputs[0],
    mass: massNode,
  }
  const furtherImages = new Map<FurtherName, ProgramImage>()
  const furtherImage = (name: FurtherName): ProgramImage => {
    const known = furtherImages.get(name) ?? compileFurther(name, nodes)
    furtherImages.set(name, known)
    return known
  }
  let pattern: { readonly value: VectorField['jacobianPattern'] } | undefined
  const image: ModelImage = {
    program: program.image,
    names,
    blocks,
    massIsConstant: massNode && isConstant(massNode),
    further: {},
    functions: Object.fromEntries(keys.map((key, k) => [key, { uses: blocks.filter((_, i) => used[k][i]) }])),
  }
  const instance = modelOf(image, program, program.contiguous)
  const parameters = instance.field.parameters
  const graphOf = (k: number): Graph => ({ inputs: graph.inputs, outputs: [graph.outputs[k]] })
  specs.forEach(({ initial }, k) => {
    parameters.set(initial, blocks[k].offset)
  })
  const variables = graph.variables.map((variable, k) => ({ variable, ...blocks[specs.length + k] }))
  const field: CompiledField = {
    ...instance.field,
    ...(furtherDerivatives(furtherNames(nodes), furtherImage, parameters) as Derivatives),
    graph: graphOf(0),
    blocks,
    statistics: program.statistics,
    get jacobianPattern() {
      pattern ??= { value: sparsityOf(nodes) }
      return pattern.value
    },
    image: (further = []) => ({
      ...image,
      ...(further.includes('jacobian') ? { jacobianPattern: field.jacobianPattern } : {}),
      further: Object.fromEntries(further.map(name => [name, furtherImage(name)])),
    }),
    readVariables() {
      for (const { variable, offset } of variables) parameters.set(variable.dataSync(), offset)
    },
    writeVariables() {
      for (const { variable, offset, size } of variables) {
        const value = tensor(Float32Array.from(parameters.subarray(offset, offset + size)), variable.shape)
        variable.assign(value)
        value.dispose()
      }
    },
  }
  field.readVariables()
  const functions = Object.fromEntries(
    otherNames.map((name, k) => [name, { ...instance.functions[name], graph: graphOf(k + 1) }]),
  )
  return { field, functions: functions as Record<Name, CompiledFunction> }
}

function parameterBlocks(arrays: readonly { readonly name: string; readonly shape: readonly number[] }[]) {
  let offset = 0
  return arrays.map(({ name, shape }): ParameterBlock => {
    const size = sizeOf(shape)
    offset += size
    return { name, shape, offset: offset - size, size }
  })
}

const zeros = (like: Node): Node => constant(new Float64Array(sizeOf(like.shape)), like.shape)
