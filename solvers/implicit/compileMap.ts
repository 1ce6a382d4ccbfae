import { jacobian, jvp, vjp } from '../../compiler/differentiate/index.ts'
import { type Graph, type Node, sameShape, sizeOf } from '../../compiler/graph.ts'
import { full, input, shapeText } from '../../compiler/primitives.ts'
import { compile, type Program } from '../../compiler/program.ts'
import { type TensorFunction, type TracedInput, trace } from '../../compiler/trace/index.ts'
import type { DifferentiableMap } from './differentiableMap.ts'

export interface CompiledMap extends Required<DifferentiableMap> {
  /** The shape of each array of θ: the declared inputs after z, then the variables. */
  readonly parameterShapes: readonly (readonly number[])[]
  /** The values that the trainable tf.Variables had that f touches, to be given as the last arrays of θ. */
  readonly variables: readonly Float64Array[]
}

/**
 * A function of TensorFlow.js as a map with its derivatives, compiled to float64 WebAssembly. Its first input is the unknown z, and it
 * returns a tensor of z's shape; the other inputs are θ, as are trainable variables that it touches.
 *
 *     const f = compileMap(
 *       (z, W, x) => tf.tanh(tf.add(tf.dot(W, z), x)),
 *       [{ name: 'z', shape: [3] }, { name: 'W', shape: [3, 3] }, { name: 'x', shape: [3] }],
 *     )
 *     const { z } = fixedPoint(f, new Float64Array(3), [W, x])
 *
 * Jacobians and second derivatives are compiled when they are first asked for.
 *
 * @throws Error where f cannot be traced; RangeError where it does not return one tensor of z's shape
 */
export function compileMap(f: TensorFunction, inputs: readonly TracedInput[]): CompiledMap {
  const traced = trace(f, inputs)
  const [z, ...theta] = traced.inputs
  const [value] = traced.outputs
  if (!z || traced.outputs.length !== 1 || !sameShape(value.shape, z.shape)) {
    const found = traced.outputs.map(({ shape }) => shapeText(shape)).join(', ')
    throw new RangeError(
      `compileMap: the function must return one tensor of its first input's shape ${shapeText(z?.shape ?? [])}, not ${found}`,
    )
  }
  const lambda = input('λ', z.shape)
  const dz = input('dz', z.shape)
  const dtheta = theta.map((node, k) => input(`dθ${k}`, node.shape))
  const sizes = theta.map(({ shape }) => sizeOf(shape))
  const [zBar, ...thetaBar] = orZeros(vjp([value], [lambda], [z, ...theta]), [z, ...theta])

  const first = compile({
    evaluate: { inputs: [z, ...theta], outputs: [value] },
    jvp: { inputs: [z, dz, ...theta], outputs: orZeros(jvp([value], [z], [dz]), [z]) },
    jvpParameters: { inputs: [z, ...dtheta, ...theta], outputs: orZeros(jvp([value], theta, dtheta), [z]) },
    vjp: { inputs: [z, lambda, ...theta], outputs: [zBar] },
    vjpParameters: { inputs: [z, lambda, ...theta], outputs: thetaBar },
  })
  const n = sizeOf(z.shape)
  const further = {
    jacobian: lazily(() => ({ inputs: [z, ...theta], outputs: [jacobian(value, z) ?? full(0, [n, n])] })),
    vjpTangent: lazily(() => {
      const independent = [z, ...theta]
      const outputs = orZeros(jvp([zBar, ...thetaBar], independent, [dz, ...dtheta]), independent)
      return { inputs: [z, lambda, dz, ...dtheta, ...theta], outputs }
    }),
  }
  const own = first.evaluate.inputs.slice(1)
  /** Runs a further program on these inputs and θ, which it holds for itself. */
  const runFurther = (program: Program<'run'>, values: readonly Float64Array[]) => {
    write(program.run.inputs, [...values, ...own])
    program.run.run()
    return program.run.outputs
  }
  return {
    size: n,
    parameterSizes: sizes,
    parameterShapes: theta.map(({ shape }) => shape),
    variables: traced.variables.map(variable => Float64Array.from(variable.dataSync())),
    setParameters: values => write(own, values),
    evaluate(at, out) {
      run(first.evaluate, [at])
      out.set(first.evaluate.outputs[0])
    },
    jvp(at, direction, out) {
      run(first.jvp, [at, direction])
      out.set(first.jvp.outputs[0])
    },
    jvpParameters(at, directions, out) {
      run(first.jvpParameters, [at, ...directions])
      out.set(first.jvpParameters.outputs[0])
    },
    vjp(at, cotangent, out) {
      run(first.vjp, [at, cotangent])
      out.set(first.vjp.outputs[0])
    },
    vjpParameters(at, cotangent, out) {
      run(first.vjpParameters, [at, cotangent])
      write(out, first.vjpParameters.outputs)
    },
    jacobian(at, out) {
      out.set(runFurther(further.jacobian(), [at])[0])
    },
    vjpTangent(at, cotangent, direction, directions, out, outParameters) {
      const [ofZ, ...ofTheta] = runFurther(further.vjpTangent(), [at, cotangent, direction, ...directions])
      out.set(ofZ)
      write(outParameters, ofTheta)
    },
  }
}

const orZeros = (derivatives: readonly (Node | null)[], like: readonly Node[]): Node[] =>
  derivatives.map((derivative, k) => derivative ?? full(0, like[k].shape))

/** A program of one graph, compiled at the first call. */
function lazily(graph: () => Graph): () => Program<'run'> {
  let program: Program<'run'> | undefined
  return () => {
    program ??= compile({ run: graph() })
    return program
  }
}

function write(to: readonly Float64Array[], from: readonly Float64Array[]): void {
  for (let k = 0; k < from.length; k++) to[k].set(from[k])
}

function run(entry: Program<'run'>['run'], values: readonly Float64Array[]): void {
  write(entry.inputs, values)
  entry.run()
}
