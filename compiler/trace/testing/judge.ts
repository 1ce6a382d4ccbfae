/** The judge: tfjs' eager cpu backend, and beside it the interpreter and the complex step. */

import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { type Graph, type Primitive, sizeOf, topologicalOrder } from '../../graph.ts'
import { interpret } from '../../interpret/index.ts'
import { compile } from '../../program.ts'
import { firstOrderDefect, vjpGraph } from '../../testing/derivatives.ts'
import { distance } from '../../testing/numbers.ts'
import { type TensorFunction, trace } from '../trace.ts'
import { type NumericType, tensorOf, tracedValue } from '../values.ts'
import { type Case, type Cases, type Operation, random } from './case.ts'
import { type Called, recording } from './recording.ts'

/** A test for each case. */
export function judge(cases: Cases): void {
  for (const [name, list] of Object.entries(cases)) {
    describe(name, () => {
      test.each(list.map(each => [titleOf(each), each] as const))('%s', (_, each) => expectJudged(name, each))
    })
  }
}

const titleOf = ({ name, differs }: Case): string => (differs ? `${name}: ${differs.because}` : name)

interface Result {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly values: ArrayLike<number>
}

function eagerly(f: Operation, inputs: readonly tf.Tensor[]): Result[] {
  const results = [tf.tidy(() => (f as TensorFunction)(...inputs))].flat()
  return results.map(tensor => ({ shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() }))
}

/** The graph of a case: each input plays its type, though all are numbers of float64. */
export function traceCase({ f, inputs }: Case): { graph: Graph; types: string[]; called: Called } {
  const called = { kernels: new Set<string>(), operations: new Set<string>() }
  const types: string[] = []
  const typed = (...x: tf.Tensor[]) => {
    const tensors = x.map((tensor, i) => tensorOf(tracedValue(tensor).node, inputs[i].dtype as NumericType))
    const results = [(f as TensorFunction)(...tensors)].flat()
    types.push(...results.map(result => result.dtype))
    return results
  }
  const graph = recording(called, () =>
    trace(
      typed,
      inputs.map(({ shape }, i) => ({ name: `x${i}`, shape })),
    ),
  )
  return { graph, types, called }
}

const doubles = (tensors: readonly tf.Tensor[]): Float64Array[] =>
  tensors.map(tensor => Float64Array.from(tensor.dataSync()))

function expectJudged(name: string, judged: Case): void {
  const { f, inputs, derivatives, differs } = judged
  const expected = eagerly(differs?.like ?? f, inputs)
  const { graph, types, called } = traceCase(judged)
  expect([...called.kernels, ...called.operations]).toContain(name)
  expect(types).toEqual(expected.map(({ dtype }) => dtype))
  const values = doubles(inputs)
  expectFloat32(judged, interpretAll(graph, values), expected)
  if (derivatives) expectDerivatives(judged, graph, values)
  else expectProgram([graph, values])
}

function expectDerivatives(judged: Case, graph: Graph, values: readonly Float64Array[]): void {
  expect(firstOrderDefect(graph, values)).toBeLessThan(1e-12)
  const gradient = vjpGraph(graph)
  const weights = graph.outputs.map(({ shape }, i) => random(shape, 0.5, 1.5, 91 + i))
  expectProgram([graph, values], [gradient, [...values, ...doubles(weights)]])
  if (judged.derivatives === 'tape') expectTape(judged, gradient, weights)
}

const interpretAll = (graph: Graph, values: readonly Float64Array[]): Result[] =>
  interpret(graph, values).map((result, i) => ({
    shape: graph.outputs[i].shape,
    dtype: 'float64',
    values: result,
  }))

/** ⟨w, f⟩'s derivatives by every input: those of tfjs' tape on its cpu backend, and inside a trace. */
function expectTape(judged: Case, gradient: Graph, weights: readonly tf.Tensor[]): void {
  const { f, inputs } = judged
  const weighted = (...x: tf.Tensor[]) => {
    const results = [(f as TensorFunction)(...x)].flat()
    return tf.addN(results.map((result, i) => tf.sum(tf.mul(weights[i], result)))) as tf.Scalar
  }
  const byTape = (...x: tf.Tensor[]) => tf.grads(weighted)(x)
  const byRules = interpretAll(gradient, doubles([...inputs, ...weights]))
  expectFloat32({ ...judged, scale: 1, tolerance: 1e-4 }, byRules, eagerly(byTape as never, inputs))
  const { graph } = traceCase({ ...judged, f: byTape as never })
  const rules = byRules.map(({ values }) => Float64Array.from(values))
  expect(distance(interpret(graph, doubles(inputs)), rules)).toBeLessThan(1e-12)
}

const greatestFloat32 = 3.4028234663852886e38
const leastFloat32 = 2 ** -149

/** `actual` is `expected`, but for the rounding, overflow and underflow of float32. */
function expectFloat32(
  { tolerance = 1e-6, scale = 0, zeros }: Case,
  actual: readonly Result[],
  expected: readonly Result[],
): void {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
  const near = (ours: number, theirs: number, signed: boolean): boolean => {
    if (Number.isNaN(ours) || Number.isNaN(theirs)) return Number.isNaN(ours) && Number.isNaN(theirs)
    if (Math.abs(theirs) === Infinity) return Math.sign(theirs) * ours > greatestFloat32
    if (signed && ours === 0 && theirs === 0) return Object.is(ours, theirs)
    return Math.abs(ours - theirs) <= tolerance * (Math.abs(theirs) + scale) + leastFloat32
  }
  const wrong = expected.flatMap(({ values, dtype }, i) =>
    Array.from(values).flatMap((theirs, k) => {
      const ours = actual[i].values[k]
      return near(ours, theirs, zeros === 'signed' && dtype === 'float32')
        ? []
        : [`result ${i}, element ${k}: ${ours}, but by tfjs ${theirs}`]
    }),
  )
  if (wrong.length > 0) expect.fail(`${wrong.length} wrong: ${wrong.slice(0, 8).join('; ')}`)
}

/** Primitives whose results are rounded once, so that there is but one: all others have bounds of their own. */
const exact = new Set<Primitive>([
  'negate', 'absolute', 'sign', 'floor', 'ceil', 'round', 'reciprocal', 'squareRoot', 'isNaN', 'isFinite',
  'add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum', 'remainder',
  'equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual',
  'select', 'reshape', 'broadcast', 'input', 'constant', 'transpose', 'slice', 'pad', 'concatenate', 'reverse',
  'gather',
]) // biome-ignore format: a table

/** The compiled program computes what the interpreter does: to the bit, or to 1e-13 where sums and functions round. */
function expectProgram(...entries: [graph: Graph, values: readonly Float64Array[]][]): void {
  const program = compile(Object.fromEntries(entries.map(([graph], i) => [`entry${i}`, graph])))
  entries.forEach(([graph, values], i) => {
    const { inputs, outputs, run } = program[`entry${i}`]
    values.forEach((array, k) => {
      inputs[k].set(array)
    })
    run()
    const expected = interpret(graph, values)
    expect(outputs.map(output => output.length)).toEqual(graph.outputs.map(({ shape }) => sizeOf(shape)))
    if (topologicalOrder(graph.outputs).every(({ primitive }) => exact.has(primitive))) {
      expect(outputs.map(output => [...output])).toEqual(expected.map(output => [...output]))
    } else {
      expect(distance(outputs, expected)).toBeLessThan(1e-13)
    }
  })
}
