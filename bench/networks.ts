/**
 * Dense tanh networks, evaluated and differentiated by all their parameters, side by side in one run: neurode's program
 * (the model of one sample, vectorized), the same in C (bench/limit/networks.c, -O3), NumPy, PyTorch and JAX (jit), all
 * in float64 on one thread; and TensorFlow.js on its cpu and wasm backends, in float32.
 *
 *     npx tsx bench/networks.ts [WIDTHS BATCHES]       such as 32,128 1,1024
 *
 * PEERS_PYTHON names a Python with bench/peers/requirements.txt; the wasm backend is measured where
 * @tensorflow/tfjs-backend-wasm is installed (it is no dependency). Whoever computes another loss or gradient is refused.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import * as n from '../compiler/index.ts'

interface Case {
  readonly sizes: readonly number[]
  readonly batch: number
}

/** Seconds per call, medians; and what was computed. */
interface Result {
  readonly evaluate: number
  readonly gradient: number
  readonly loss: number
  /** Of the gradient. */
  readonly norm: number
}

type Contestant = 'neurode' | 'C' | 'NumPy' | 'PyTorch' | 'JAX' | 'tfjs cpu' | 'tfjs wasm'

const here = import.meta.dirname

const tabulate = (size: number, f: (i: number) => number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => f(i))

interface Parameter {
  readonly name: string
  readonly shape: number[]
  readonly value: Float64Array
}

const parametersOf = ({ sizes }: Case): Parameter[] =>
  sizes.slice(1).flatMap((columns, layer) => {
    const rows = sizes[layer]
    const weight = (i: number) => Math.sin(i + 78 * layer) / Math.sqrt(rows)
    return [
      { name: `W${layer}`, shape: [rows, columns], value: tabulate(rows * columns, weight) },
      { name: `b${layer}`, shape: [columns], value: tabulate(columns, j => 0.1 * Math.cos(j + layer)) },
    ]
  })

const samplesOf = ({ sizes, batch }: Case): Float64Array => tabulate(batch * sizes[0], Math.cos)

/** The rows of x through the layers. */
function network(x: tf.Tensor, parameters: readonly tf.Tensor[]): tf.Tensor {
  let h = x
  for (let i = 0; i < parameters.length; i += 2) {
    h = tf.add(tf.matMul(h as tf.Tensor2D, parameters[i] as tf.Tensor2D), parameters[i + 1])
    if (i + 2 < parameters.length) h = tf.tanh(h)
  }
  return h
}

/** As many calls as take two milliseconds, repeated for a second, at most 25 times; after warming up. */
function median(f: () => void): number {
  const seconds = (calls: number): number => {
    const start = performance.now()
    for (let c = 0; c < calls; c++) f()
    return (performance.now() - start) / 1e3 / calls
  }
  const warm = performance.now() + 200
  do f()
  while (performance.now() < warm)
  const once = seconds(1)
  const calls = Math.ceil(2e-3 / once)
  const repeats = Math.min(25, Math.max(1, Math.floor(1 / (calls * once))))
  return Array.from({ length: repeats }, () => seconds(calls)).toSorted((a, b) => a - b)[repeats >> 1]
}

const squared = (array: ArrayLike<number>): number => Array.from(array).reduce((sum, x) => sum + x * x, 0)

function inNeurode(problem: Case): Result {
  const { sizes, batch } = problem
  const parameters = parametersOf(problem)
  const one = n.trace(
    (x, ...theta) => network(x.reshape([1, sizes[0]]), theta).reshape([-1]),
    [{ name: 'x', shape: [sizes[0]] }, ...parameters],
  )
  const evaluate = n.vectorized(one, { batch, inputs: [one.inputs[0]] })
  const [y] = evaluate.outputs
  const loss = n.multiply(n.scalar(1 / (2 * batch)), n.sum(n.multiply(y, y)))
  const gradients = n.vjp([loss], [n.scalar(1)], evaluate.inputs.slice(1))
  const gradient = { inputs: evaluate.inputs, outputs: [loss, ...gradients.map(g => g!)] }
  const program = n.compile({ evaluate, gradient })
  program.evaluate.inputs[0].set(samplesOf(problem))
  parameters.forEach(({ value }, i) => {
    program.evaluate.inputs[i + 1].set(value)
  })
  const times = { evaluate: median(program.evaluate.run), gradient: median(program.gradient.run) }
  const [[total], ...byParameter] = program.gradient.outputs
  const norm = Math.sqrt(byParameter.reduce((sum, g) => sum + squared(g), 0))
  return { ...times, loss: total, norm }
}

async function inTfjs(backend: 'cpu' | 'wasm', problem: Case): Promise<Result> {
  await tf.setBackend(backend)
  const x = tf.tensor(Float32Array.from(samplesOf(problem)), [problem.batch, problem.sizes[0]])
  const theta = parametersOf(problem).map(({ value, shape }) => tf.tensor(Float32Array.from(value), shape))
  const lossOf = (...parameters: tf.Tensor[]) =>
    tf.div(tf.sum(tf.square(network(x, parameters))), 2 * problem.batch) as tf.Scalar
  const gradientsOf = tf.valueAndGrads(lossOf)
  const gradient = () =>
    tf.tidy(() => {
      const { value, grads } = gradientsOf(theta)
      return { loss: value.dataSync()[0], gradients: grads.map(g => g.dataSync()) }
    })
  const times = {
    evaluate: median(() => {
      tf.tidy(() => network(x, theta).dataSync())
    }),
    gradient: median(gradient),
  }
  const { loss, gradients } = gradient()
  tf.dispose([x, ...theta])
  return { ...times, loss, norm: Math.sqrt(gradients.reduce((sum, g) => sum + squared(g), 0)) }
}

/** The C program, compiled here; undefined where there is no gcc. */
function inC(problems: readonly Case[]): Result[] | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'neurode-bench-'))
  try {
    const program = join(folder, 'networks')
    execFileSync('gcc', ['-O3', join(here, 'limit/networks.c'), '-o', program, '-lm'], { stdio: 'pipe' })
    return problems.map(({ batch, sizes }) =>
      JSON.parse(execFileSync(program, [batch, ...sizes].map(String)).toString()),
    )
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function inPython(problems: readonly Case[]): Record<'NumPy' | 'PyTorch' | 'JAX', Result>[] | undefined {
  const python = process.env.PEERS_PYTHON
  if (!python) return undefined
  const script = join(here, 'peers/networks.py')
  return JSON.parse(execFileSync(python, [script, JSON.stringify(problems)]).toString())
}

/** Whether tfjs has a wasm backend here. */
async function hasWasm(): Promise<boolean> {
  const name: string = '@tensorflow/tfjs-backend-wasm'
  return import(name).then(
    () => true,
    () => false,
  )
}

function refuseOthers(problem: Case, results: Partial<Record<Contestant, Result>>): void {
  const { loss, norm } = results.neurode!
  for (const [name, other] of Object.entries(results)) {
    const defect = Math.max(Math.abs(other.loss / loss - 1), Math.abs(other.norm / norm - 1))
    if (!(defect < (name.startsWith('tfjs') ? 1e-3 : 1e-10))) {
      throw new Error(
        `${name} computes another network (${problem.sizes}, batch ${problem.batch}): loss ${other.loss} against ${loss}, ‖gradient‖ ${other.norm} against ${norm}`,
      )
    }
  }
}

function duration(seconds: number): string {
  const [unit, scale] = seconds < 1e-3 ? ['µs', 1e6] : seconds < 1 ? ['ms', 1e3] : ['s', 1]
  return `${Number((seconds * scale).toPrecision(3))} ${unit}`
}

const ratio = (x: number): string => (x < 9.95 ? x.toFixed(1) : x.toFixed(0))

const [widths, batches] = [process.argv[2] ?? '32,128,512', process.argv[3] ?? '1,32,1024'].map(list =>
  list.split(',').map(Number),
)
const cases: Case[] = [
  ...batches.map(batch => ({ sizes: [10, 64, 64, 10], batch })),
  ...widths.flatMap(width => batches.map(batch => ({ sizes: [width, width, width, width], batch }))),
]
const c = inC(cases)
const python = inPython(cases)
const wasm = await hasWasm()
const rows: { problem: Case; results: Partial<Record<Contestant, Result>> }[] = []
for (const [i, problem] of cases.entries()) {
  const results = {
    neurode: inNeurode(problem),
    ...(c && { C: c[i] }),
    ...python?.[i],
    'tfjs cpu': await inTfjs('cpu', problem),
    ...(wasm && { 'tfjs wasm': await inTfjs('wasm', problem) }),
  }
  refuseOthers(problem, results)
  rows.push({ problem, results })
}

const names = Object.keys(rows[0].results) as Contestant[]
for (const [title, kind] of [
  ['evaluation', 'evaluate'],
  ['loss and gradient', 'gradient'],
] as const) {
  console.log(`| ${[title, 'batch', ...names].join(' | ')} |`)
  console.log(`|---|--:|${names.map(() => '--:').join('|')}|`)
  for (const { problem, results } of rows) {
    const ours = results.neurode![kind]
    const cells = names.map(name => {
      const time = results[name]![kind]
      return name === 'neurode' ? duration(time) : `${duration(time)} (${ratio(time / ours)})`
    })
    console.log(`| ${[problem.sizes.join('→'), problem.batch, ...cells].join(' | ')} |`)
  }
  console.log('')
}
console.log(
  'In brackets: how many times as long as neurode. tfjs computes in float32, all others in float64.',
)
if (!c) console.log('(There is no gcc: C was not measured.)')
if (!python) console.log('(PEERS_PYTHON is not set: NumPy, PyTorch and JAX were not measured.)')
if (!wasm) console.log('(@tensorflow/tfjs-backend-wasm is not installed: it was not measured.)')
