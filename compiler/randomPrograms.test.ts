/**
 * Random graphs over every primitive: what a program computes is what the interpreter does.
 *
 * NEURODE_RANDOM_GRAPHS is how many (500 unless it is set); NEURODE_RANDOM_SEED is where they start (1).
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import wabt from 'wabt'
import { type Graph, type Primitive, sizeOf, topologicalOrder } from './graph.ts'
import { interpret } from './interpret/index.ts'
import { type CompileOptions, compile } from './program.ts'
import { rewrite } from './rewrite/index.ts'
import { complexStep } from './testing/complexStep.ts'
import { jvpGraph, vjpGraph } from './testing/derivatives.ts'
import { distance, innerProduct, uniform, uniformFor } from './testing/numbers.ts'
import { randomGraph, randomPrimitives } from './testing/randomGraph.ts'
import { specialGraph } from './testing/specialGraph.ts'
import { vectorized } from './vectorize/index.ts'

const graphs = Number(process.env.NEURODE_RANDOM_GRAPHS ?? 500)
const seed = Number(process.env.NEURODE_RANDOM_SEED ?? 1)
const share = (part: number) => ({ numRuns: Math.ceil(graphs * part), seed })
const minutes = 60_000

const { readWasm } = await wabt()

/** Compiled and run; the module is valid for the engine, and one in `every` for wabt too. */
let compiled = 0
const every = 25
function execute(graph: Graph, inputs: readonly Float64Array[], options?: CompileOptions): Float64Array[] {
  const program = compile({ entry: graph }, options)
  if (compiled++ % every === 0) {
    const { bytes } = program.toModule()
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(true)
    const module = readWasm(bytes, { readDebugNames: true, simd: true })
    module.validate()
    module.destroy()
  }
  inputs.forEach((values, i) => {
    program.entry.inputs[i].set(values)
  })
  for (const output of program.entry.outputs) output.fill(77)
  program.entry.run()
  return [...program.entry.outputs]
}

/** Arrays whole, and small ones taken apart, in turn. */
const smallSizes = [0, 16]
let turn = 0
const options = (): CompileOptions => ({ smallSize: smallSizes[turn++ % 2] })

describe(`${graphs} random graphs from seed ${seed}`, () => {
  const seen = new Set<Primitive>()
  const lowered = new Set<Primitive>()
  const extents = new Set<number>()
  const ranks = new Set<number>()

  test(
    'a program computes what the interpreter does',
    () => {
      fc.assert(
        fc.property(randomGraph(), ({ graph, inputs }) => {
          for (const node of topologicalOrder(graph.outputs)) {
            seen.add(node.primitive)
            ranks.add(node.shape.length)
            for (const extent of node.shape) extents.add(extent)
          }
          if (!lowered.has('factorSolve')) {
            for (const node of topologicalOrder(rewrite(graph).outputs)) lowered.add(node.primitive)
          }
          expect(distance(execute(graph, inputs, options()), interpret(graph, inputs))).toBeLessThan(1e-13)
        }),
        share(1),
      )
    },
    30 * minutes,
  )

  test(
    'a vectorized program computes for each sample what the interpreter does',
    () => {
      const batch = 3
      fc.assert(
        fc.property(randomGraph({ steps: 8 }), fc.nat(), ({ graph }, choice) => {
          const some = graph.inputs.filter((_, i) => (choice >> i) & 1)
          const batched = some.length > 0 ? some : graph.inputs
          const together = vectorized(graph, { batch, inputs: batched })
          const values = uniformFor(together.inputs, uniform(choice))
          const samples = Array.from({ length: batch }, (_, s) =>
            interpret(
              graph,
              graph.inputs.map((node, i) => {
                const size = sizeOf(node.shape)
                return batched.includes(node) ? values[i].slice(s * size, (s + 1) * size) : values[i]
              }),
            ),
          )
          const expected = graph.outputs.map((_, j) => Float64Array.from(samples.flatMap(y => [...y[j]])))
          expect(distance(execute(together, values, options()), expected)).toBeLessThan(1e-13)
        }),
        share(0.25),
      )
    },
    30 * minutes,
  )

  test(
    'compiled JVPs agree with complex step, and compiled VJPs are their transposes',
    () => {
      fc.assert(
        fc.property(randomGraph({ steps: 8 }), fc.nat(), ({ graph, inputs }, direction) => {
          const random = uniform(direction)
          const [v, u] = [uniformFor(graph.inputs, random), uniformFor(graph.outputs, random)]
          const Jv = execute(jvpGraph(graph), [...inputs, ...v], options())
          const JTu = execute(vjpGraph(graph), [...inputs, ...u], options())
          expect(distance(Jv, complexStep(graph, inputs, v))).toBeLessThan(1e-12)
          const [left, right] = [innerProduct(u, Jv), innerProduct(JTu, v)]
          const size =
            Math.sqrt(innerProduct(u, u) * innerProduct(Jv, Jv)) +
            Math.sqrt(innerProduct(JTu, JTu) * innerProduct(v, v))
          expect(Math.abs(left - right)).toBeLessThan(1e-12 * Math.max(1, size))
        }),
        share(0.1),
      )
    },
    30 * minutes,
  )

  test(
    'any nodes may be outputs, written or added to, of entries that share a memory and run in turn',
    () => {
      fc.assert(
        fc.property(randomGraph(), fc.nat(), ({ graph, inputs }, seed) => {
          const random = uniform(seed)
          const nodes = [...graph.inputs, ...topologicalOrder(graph.outputs)]
          const some = Array.from({ length: 4 }, () => nodes[Math.floor(((random() + 1) / 2) * nodes.length)])
          const outputs = [...some, some[0], graph.inputs[0]]
          const accumulated = outputs.flatMap((_, j) => (random() > 0 ? [j] : []))
          const other = { inputs: graph.inputs.toReversed(), outputs: graph.outputs }
          const program = compile(
            { entry: { inputs: graph.inputs, outputs }, other },
            { ...options(), accumulate: { entry: accumulated } },
          )
          inputs.forEach((values, i) => void program.entry.inputs[i].set(values))
          const before = uniformFor(outputs, random)
          before.forEach((values, j) => void program.entry.outputs[j].set(values))
          for (const name of ['other', 'entry', 'other', 'entry'] as const) program[name].run()
          const once = interpret({ inputs: graph.inputs, outputs }, inputs)
          const expected = once.map((values, j) =>
            accumulated.includes(j) ? values.map((x, k) => before[j][k] + 2 * x) : values,
          )
          expect(distance(program.entry.outputs, expected)).toBeLessThan(1e-13)
          expect(distance(program.other.outputs, interpret(graph, inputs))).toBeLessThan(1e-13)
          expect([...program.entry.inputs]).toEqual(inputs)
        }),
        share(0.25),
      )
    },
    30 * minutes,
  )

  test('no primitive is left out, nor small and large extents', () => {
    expect([...seen]).toEqual(expect.arrayContaining([...randomPrimitives, 'input']))
    expect([...lowered]).toEqual(expect.arrayContaining(['factor', 'factorSolve']))
    for (const extent of [0, 1, 2, 3, 4]) expect(extents).toContain(extent)
    expect(Math.max(...extents)).toBeGreaterThan(20)
    for (const rank of [0, 1, 2, 3]) expect(ranks).toContain(rank)
  })
})

/** Both NaN, or equal; tiny differences count by the larger of the two. */
const agrees = (a: number, b: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-14 * Math.max(Math.abs(a), Math.abs(b)) + 1e-322

test('each primitive agrees with the interpreter at NaN, infinities, zeros, tiny and huge numbers', () => {
  fc.assert(
    fc.property(specialGraph(), ({ graph, inputs }) => {
      for (const smallSize of smallSizes) {
        const [ours] = execute(graph, inputs, { smallSize })
        const [expected] = interpret(graph, inputs)
        expected.forEach((x, k) => {
          if (!agrees(ours[k], x)) throw new Error(`element ${k} is ${ours[k]}, the interpreter has ${x}`)
        })
      }
    }),
    share(0.5),
  )
})
