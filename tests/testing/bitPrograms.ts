/**
 * Programs whose results must have the same bits on every engine: each as a function that compiles, runs and returns
 * numbers. The file is bundled whole and run in each engine, so that tracing, differentiating, compiling and integrating
 * happen there too.
 */

import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { vjp } from '../../compiler/differentiate/index.ts'
import type { Graph } from '../../compiler/graph.ts'
import * as p from '../../compiler/primitives.ts'
import { compile } from '../../compiler/program.ts'
import { uniform, uniformFor } from '../../compiler/testing/numbers.ts'
import { randomGraph } from '../../compiler/testing/randomGraph.ts'
import { grad } from '../../compiler/trace/derivatives.ts'
import { trace } from '../../compiler/trace/index.ts'
import { type ElementaryName, elementaryFunctions } from '../../kernels/elementary/elementary.ts'
import { createEvaluator } from '../../kernels/elementary/evaluate.ts'
import { denseNetwork } from '../../models/denseNetwork.ts'
import { lagrangianDynamics } from '../../models/lagrangian.ts'
import { lossAndGradient } from '../../sim/lossAndGradient.ts'
import { type CompiledField, vectorField } from '../../sim/vectorField.ts'
import { solve } from '../../solvers/linear/solve.ts'
import { odeint } from '../../solvers/ode/index.ts'
import { digest } from './digest.ts'

/** PhysicsNeuralODE(10): A = symmetrise(net(y)) + (‖A‖ + 1)·I, A·dy/dt = −y + sin t. */
function physicsNeuralODE(): CompiledField {
  const n = 10
  const random = uniform(1)
  const net = denseNetwork({
    name: 'A',
    inputs: n,
    hidden: [128],
    outputs: n * n,
    activation: 'relu',
    random: () => (random() + 1) / 2,
  })
  return vectorField(
    (t, y, weights) => {
      const raw = tf.reshape(net.apply(weights, y), [n, n]) as tf.Tensor2D
      const symmetric = tf.mul(tf.add(raw, tf.transpose(raw)), 0.5)
      const A = tf.add(symmetric, tf.mul(tf.eye(n), tf.add(tf.norm(symmetric), 1)))
      return solve(A, tf.sub(tf.sin(t), y))
    },
    { state: [n], parameters: net.parameters },
  )
}

/** Two point masses on massless rods, from their Lagrangian; θ = (m₁, m₂, l₁, l₂). */
const doublePendulum = (): CompiledField =>
  vectorField(
    (t, y, [parameters]) => {
      const [m1, m2, l1, l2] = tf.unstack(parameters)
      const g = 9.81
      const system = {
        coordinates: 2,
        kinetic(q: tf.Tensor1D, rates: tf.Tensor1D) {
          const [a, b] = tf.unstack(q)
          const [u, v] = [tf.mul(l1, tf.unstack(rates)[0]), tf.mul(l2, tf.unstack(rates)[1])]
          const coupling = tf.mul(m2, tf.mul(tf.mul(u, v), tf.cos(tf.sub(a, b))))
          const own = tf.add(tf.mul(tf.add(m1, m2), tf.mul(u, u)), tf.mul(m2, tf.mul(v, v)))
          return tf.add(tf.mul(0.5, own), coupling)
        },
        potential(q: tf.Tensor1D) {
          const [a, b] = tf.unstack(tf.cos(q))
          return tf.mul(-g, tf.add(tf.mul(tf.add(m1, m2), tf.mul(l1, a)), tf.mul(m2, tf.mul(l2, b))))
        },
      }
      return lagrangianDynamics(system, t, y)
    },
    {
      state: [4],
      parameters: [{ name: 'pendulum', shape: [4], initial: Float64Array.of(1, 0.8, 1, 0.8) }],
    },
  )

/** dy/dt and its products at 50 random states. */
function* derivativesOf(field: CompiledField): Iterable<Float64Array> {
  const { dimension: n, parameterCount } = field
  const random = uniform(2)
  const vector = (size: number) => Float64Array.from({ length: size }, random)
  for (let i = 0; i < 50; i++) {
    const [value, tangent, gradY] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
    const gradTheta = new Float64Array(parameterCount)
    const y = vector(n)
    field.evaluate(i / 10, y, value)
    field.vjp(i / 10, y, vector(n), gradY, gradTheta)
    field.jvp(i / 10, y, vector(n), vector(parameterCount), tangent)
    yield* [value, gradY, gradTheta, tangent]
  }
}

/** 2,000 numbers of every size, and those that are special. */
function operands(seed: number): Float64Array {
  const random = uniform(seed)
  const special = [
    0,
    5e-324,
    2 ** -1022,
    2 ** -537,
    0.5,
    1,
    2,
    709.78,
    745.2,
    2 ** 53,
    1e22,
    2 ** 1023,
    Infinity,
  ]
  const numbers = [Number.NaN, ...special, ...special.map(x => -x)]
  while (numbers.length < 1000) numbers.push(8 * random())
  while (numbers.length < 2000) numbers.push(random() * 2 ** Math.floor(1070 * random()))
  // Specials of two operands meet each other in different pairs.
  return Float64Array.from(numbers, (_, i) => numbers[(i * (seed % 2 ? 1 : 7)) % numbers.length])
}

function* elementary(name: ElementaryName): Iterable<Float64Array> {
  for (const width of [1, 2] as const) {
    const evaluator = createEvaluator(name, width, 2000)
    evaluator.operands.forEach((operand, k) => {
      operand.set(operands(k + 3))
    })
    evaluator.run()
    yield evaluator.result
  }
}

/** The outputs of a graph at reproducible inputs in [−1, 1). */
function evaluate(graph: Graph): readonly Float64Array[] {
  const { f } = compile({ f: graph })
  uniformFor(graph.inputs, uniform(5)).forEach((values, i) => {
    f.inputs[i].set(values)
  })
  f.run()
  return f.outputs
}

const randomGraphs = (): Graph[] =>
  fc.sample(randomGraph(), { seed: 1, numRuns: 100 }).map(({ graph }) => graph)

/** AB, AᵀBᵀ, A⁻¹B and (AAᵀ + nI)⁻¹B with the gradients of their sum. */
function linearAlgebra(n: number): readonly Float64Array[] {
  const [A, B] = [p.input('A', [n, n]), p.input('B', [n, n])]
  const identity = p.constant(
    Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
    [n, n],
  )
  const spd = p.add(p.matmul(A, A, { transposeB: true }), p.multiply(p.full(n, [n, n]), identity))
  const outputs = [
    p.matmul(A, B),
    p.matmul(A, B, { transposeA: true, transposeB: true }),
    p.solve(A, B),
    p.solve(spd, B, { structure: 'spd' }),
  ]
  const ones = p.full(1, [n, n])
  const gradients = vjp(
    outputs,
    outputs.map(() => ones),
    [A, B],
  ).map(gradient => gradient!)
  return evaluate({ inputs: [A, B], outputs: [...outputs, ...gradients] })
}

function trajectory(): Iterable<Float64Array> {
  const options = { method: 'tsit5', rtol: 1e-9, atol: 1e-9 } as const
  const y0 = [2.1, -0.35, 0, 0]
  const field = doublePendulum()
  const { y, t, success } = odeint(field, y0, { span: [0, 20], saveEvery: 0.05 }, options)
  if (!success) throw new Error('the trajectory fails')
  const times = Array.from({ length: 41 }, (_, i) => i / 20)
  const { loss, gradients } = lossAndGradient(field, y0, times, states => tf.mean(tf.square(states)), options)
  return [t, y, Float64Array.of(loss), gradients.initial, gradients.parameters]
}

/** Spectra of lengths with and without divisors, and the derivative of their energy. */
function spectra(): readonly Float64Array[] {
  return [8, 31, 60, 97].flatMap(n => {
    const energy = (x: tf.Tensor) => tf.sum(tf.square(tf.abs(tf.spectral.rfft(x))))
    const f = (x: tf.Tensor) => {
      const spectrum = tf.spectral.rfft(x)
      return [tf.real(spectrum), tf.imag(spectrum), tf.spectral.irfft(spectrum), grad(energy)(x)]
    }
    return evaluate(trace(f, [{ name: 'x', shape: [2, n] }]))
  })
}

interface Loader {
  load(
    source: Uint8Array,
  ): Promise<Record<string, { inputs: Record<string, Float64Array>; outputs: object; run(): void }>>
}

/** The pendulum's field as a module taken away, loaded by the text of its loader alone. */
async function takenAway(): Promise<ArrayLike<number>[]> {
  const { graph, parameters } = doublePendulum()
  const { bytes, javascript } = compile({ field: graph }).toModule({ field: ['derivative'] })
  const url = `data:text/javascript,${encodeURIComponent(javascript)}`
  const { load } = (await import(/* @vite-ignore */ url)) as Loader
  const { field } = await load(bytes)
  field.inputs.y.set([2.1, -0.35, 0.3, -1])
  field.inputs.pendulum.set(parameters)
  field.run()
  return [bytes, ...(Object.values(field.outputs) as Float64Array[])]
}

const sizes = [1, 2, 3, 4, 5, 8, 13, 16, 17, 31, 64, 100]

type Numbers = Iterable<ArrayLike<number>>

/** By name, the digest of all the numbers that a program yields. */
async function digests(): Promise<Record<string, string>> {
  const programs: [string, () => Numbers | Promise<Numbers>][] = [
    ['a physics neural ODE', () => derivativesOf(physicsNeuralODE())],
    ['a double pendulum', () => derivativesOf(doublePendulum())],
    ['a trajectory and its gradient', trajectory],
    ['a module taken away', takenAway],
    ...sizes.map((n): (typeof programs)[number] => [`linear algebra, n = ${n}`, () => linearAlgebra(n)]),
    ...(Object.keys(elementaryFunctions) as ElementaryName[]).map((name): (typeof programs)[number] => [
      name,
      () => elementary(name),
    ]),
    ['spectra', spectra],
    ['a hundred random graphs', () => randomGraphs().flatMap(evaluate)],
    ['their modules', () => randomGraphs().map(graph => compile({ f: graph }).toModule().bytes)],
  ]
  const result: Record<string, string> = {}
  for (const [name, run] of programs) result[name] = digest(await run())
  return result
}

export default await digests()
