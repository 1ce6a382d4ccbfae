import { type Entry, instantiate, type ProgramImage } from '../compiler/image.ts'
import type { VectorField } from '../solvers/ode/vectorField.ts'
import {
  type FurtherDerivatives,
  type FurtherImages,
  type FurtherName,
  furtherDerivatives,
} from './furtherDerivatives.ts'

/** A named part of the flat θ: θ[offset … offset + size). */
export interface ParameterBlock {
  readonly name: string
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
}

/** A function of (t, y, θ) with its derivatives; the methods are as in VectorField. */
export interface ModelInstanceFunction {
  /** Length of the result. */
  readonly size: number
  /** Whether it depends on θ at all. */
  readonly usesParameters: boolean
  evaluate(t: number, y: Float64Array, out: Float64Array): void
  vjp(t: number, y: Float64Array, cotangent: Float64Array, gradY: Float64Array, gradTheta: Float64Array): void
  jvp(t: number, y: Float64Array, tangentY: Float64Array, tangentTheta: Float64Array, out: Float64Array): void
}

/** A model's vector field in a memory of its own, with those of its further derivatives that there are images of. */
export interface ModelInstanceField
  extends ModelInstanceFunction,
    Partial<FurtherDerivatives>,
    Required<Pick<VectorField, 'names' | 'parameterGradient'>>,
    Pick<VectorField, 'massIsConstant' | 'jacobianPattern'> {
  readonly dimension: number
  readonly parameterCount: number
  readonly parameters: Float64Array
}

/**
 * A compiled model as plain data and a WebAssembly module: another thread that is sent it runs the model in a memory of
 * its own, without TensorFlow.js and without compiling anything. θ does not travel with it.
 */
export interface ModelImage {
  /** Per function `NAME.evaluate`, `NAME.vjp` and `NAME.jvp`; contiguous are θ and its tangent. */
  readonly program: ProgramImage
  /** Names of the components of the state. */
  readonly names: readonly string[]
  readonly blocks: readonly ParameterBlock[]
  /** The functions by name, 'field' first, each with the blocks that it depends on. */
  readonly functions: Readonly<Record<string, { readonly uses: readonly ParameterBlock[] }>>
  readonly massIsConstant?: boolean
  readonly jacobianPattern?: VectorField['jacobianPattern']
  /** What the method of integration asks for beyond the field's value, VJP and JVP. */
  readonly further: FurtherImages
}

/** A model in some memory. */
export interface ModelInstance {
  readonly field: ModelInstanceField
  /** By name; `field` is among them. */
  readonly functions: Readonly<Record<string, ModelInstanceFunction>>
}

/** Gives a model a memory of its own; θ is zero. */
export function instantiateModel(image: ModelImage): ModelInstance {
  const { entries, contiguous } = instantiate(image.program)
  return modelOf(image, entries, contiguous)
}

/** A model of the entries of its program. */
export function modelOf(
  image: ModelImage,
  entries: Readonly<Record<string, Entry>>,
  contiguous: readonly Float64Array[],
): ModelInstance {
  const [parameters, thetaTangent] = contiguous
  const functions = Object.fromEntries(
    Object.entries(image.functions).map(([name, { uses }]) => [
      name,
      instanceFunction(
        { evaluate: entries[`${name}.evaluate`], vjp: entries[`${name}.vjp`], jvp: entries[`${name}.jvp`] },
        thetaTangent,
        uses,
      ),
    ]),
  )
  const n = image.names.length
  const field: ModelInstanceField = {
    ...functions.field,
    dimension: n,
    parameterCount: parameters.length,
    parameters,
    parameterGradient: entries['field.vjp'].flatOutputs.subarray(n),
    names: image.names,
    massIsConstant: image.massIsConstant,
    jacobianPattern: image.jacobianPattern,
    ...furtherDerivatives(
      Object.keys(image.further) as FurtherName[],
      name => image.further[name]!,
      parameters,
    ),
  }
  return { field, functions }
}

/**
 * @param uses the parts of θ on which the function depends: only these are added to
 */
function instanceFunction(
  { evaluate, vjp, jvp }: Readonly<Record<'evaluate' | 'vjp' | 'jvp', Entry>>,
  thetaTangent: Float64Array,
  uses: readonly ParameterBlock[],
): ModelInstanceFunction {
  const [time, state] = evaluate.inputs
  const result = evaluate.outputs[0]
  const n = state.length
  const cotangentIn = vjp.inputs[vjp.inputs.length - 1]
  const stateGradient = vjp.outputs[0]
  const thetaGradient = vjp.flatOutputs.subarray(n)
  const gathered = new Float64Array(thetaGradient.length)
  const stateTangent = jvp.inputs[evaluate.inputs.length]
  return {
    size: result.length,
    usesParameters: uses.length > 0,
    evaluate(t, y, out) {
      time[0] = t
      state.set(y)
      evaluate.run()
      out.set(result)
    },
    vjp(t, y, cotangent, gradY, gradTheta) {
      time[0] = t
      state.set(y)
      cotangentIn.set(cotangent)
      // Adding into the program's own memory is free. Any other array is added to block by block, and what has been
      // gathered in that memory meanwhile stays.
      const own =
        gradTheta.buffer === thetaGradient.buffer && gradTheta.byteOffset === thetaGradient.byteOffset
      if (!own) {
        gathered.set(thetaGradient)
        for (const { offset, size } of uses) thetaGradient.fill(0, offset, offset + size)
      }
      vjp.run()
      for (let i = 0; i < n; i++) gradY[i] += stateGradient[i]
      if (own) return
      for (const { offset, size } of uses) {
        for (let i = offset; i < offset + size; i++) gradTheta[i] += thetaGradient[i]
      }
      thetaGradient.set(gathered)
    },
    jvp(t, y, tangentY, tangentTheta, out) {
      time[0] = t
      state.set(y)
      stateTangent.set(tangentY)
      thetaTangent.set(tangentTheta)
      jvp.run()
      out.set(jvp.outputs[0])
    },
  }
}
