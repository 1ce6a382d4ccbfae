/** Least squares of a function with learned arrays over many samples: accelerations, torques, derivatives. */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import {
  compile,
  divide,
  type Entry,
  full,
  multiply,
  scalar,
  sum,
  trace,
  vectorized,
  vjp,
} from '../../compiler/index.ts'
import { adam, SingularMatrixError } from '../../index.ts'
import type { ParameterSpec } from '../../models/index.ts'
import { lbfgsState, lbfgsStep, randomStream } from '../../sim/index.ts'

export interface Regression {
  readonly parameters: readonly ParameterSpec[]
  /** Numbers of a sample. */
  readonly columns: number
  /** What is to vanish: any shape. */
  residual(sample: Tensor1D, weights: readonly Tensor[]): Tensor
}

export interface RegressionOptions {
  readonly seed: number
  /** Passes of Adam over the samples; its step size falls to zero along a cubic, much as along half a cosine. */
  readonly passes: number
  readonly rate: number
  /** Iterations of L-BFGS over all samples, after Adam. */
  readonly iterations: number
  readonly batch?: number
}

export interface Fit {
  /** All arrays, one behind the other. */
  readonly theta: Float64Array
  /** Mean over the samples of the residual's sum of squares. */
  readonly loss: number
  readonly seconds: number
}

/** @param samples row by row; what does not fill a last batch is left out */
export function fitRegression(problem: Regression, samples: Float64Array, options: RegressionOptions): Fit {
  const { seed, passes, rate, iterations, batch = 250 } = options
  const begun = performance.now()
  const { run, theta, gradient } = compileLoss(problem, batch)
  const width = batch * problem.columns
  const batches = Math.floor(samples.length / width)
  const [rows] = run.inputs
  const [loss] = run.outputs
  const evaluate = (batchSamples: Float64Array): number => {
    rows.set(batchSamples)
    run.run()
    return loss[0]
  }

  const random = randomStream(seed)
  const order = Int32Array.from({ length: batches * batch }, (_, k) => k)
  const shuffled = new Float64Array(width)
  const step = { rate }
  const optimizer = adam(theta, step)
  for (let pass = 0; pass < passes; pass++) {
    random.shuffle(order)
    for (let k = 0; k < batches; k++) {
      const progress = (pass + k / batches) / passes
      step.rate = rate * (1 - progress) * (1 - progress) * (1 + 2 * progress)
      for (let i = 0; i < batch; i++) {
        const row = order[k * batch + i] * problem.columns
        shuffled.set(samples.subarray(row, row + problem.columns), i * problem.columns)
      }
      gradient.fill(0)
      evaluate(shuffled)
      optimizer.step(gradient)
    }
  }

  const objective = {
    size: theta.length,
    evaluate(x: Float64Array, out: Float64Array) {
      theta.set(x)
      gradient.fill(0)
      let total = 0
      try {
        for (let k = 0; k < batches; k++) total += evaluate(samples.subarray(k * width, (k + 1) * width))
      } catch (error) {
        if (error instanceof SingularMatrixError) return Infinity
        throw error
      }
      for (let i = 0; i < out.length; i++) out[i] = gradient[i] / batches
      return total / batches
    },
  }
  const x = theta.slice()
  const state = lbfgsState(objective, x)
  for (let k = 0; k < iterations && lbfgsStep(objective, x, state); k++);
  return { theta: x, loss: state.value, seconds: (performance.now() - begun) / 1e3 }
}

/** The mean of the squared residuals of a batch, and its gradient, which a run adds to. */
function compileLoss({ parameters, columns, residual }: Regression, batch: number) {
  const graph = trace(
    (sample, ...weights) => residual(sample as Tensor1D, weights),
    [{ name: 'sample', shape: [columns] }, ...parameters],
  )
  const [sample, ...weights] = graph.inputs
  const many = vectorized(graph, { batch, inputs: [sample] })
  const [residuals] = many.outputs
  const loss = divide(sum(multiply(residuals, residuals)), scalar(batch))
  const gradients = vjp([loss], [scalar(1)], weights)
  // a potential does not feel its last bias
  const outputs = [loss, ...gradients.map((node, k) => node ?? full(0, weights[k].shape))]
  const program = compile(
    { run: { inputs: many.inputs, outputs } },
    { accumulate: { run: weights.map((_, k) => k + 1) }, contiguous: [weights] },
  )
  const run: Entry = program.run
  const [theta] = program.contiguous
  let offset = 0
  for (const { initial } of parameters) {
    theta.set(initial, offset)
    offset += initial.length
  }
  return { run, theta, gradient: run.flatOutputs.subarray(1) }
}
