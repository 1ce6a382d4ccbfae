import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Graph, sizeOf } from './graph.ts'
import { interpret } from './interpret/index.ts'
import { type CompileOptions, compile } from './program.ts'
import { jvpGraph, vjpGraph } from './testing/derivatives.ts'
import { distance, uniform, uniformFor } from './testing/numbers.ts'
import { randomGraph } from './testing/randomGraph.ts'

/** The compiled outputs. */
function run(graph: Graph, inputs: readonly Float64Array[], options: CompileOptions = {}): Float64Array[] {
  const program = compile({ entry: graph }, options)
  inputs.forEach((values, i) => {
    program.entry.inputs[i].set(values)
  })
  program.entry.run()
  return program.entry.outputs.map(output => output.slice())
}

function expectAgreement(graph: Graph, inputs: readonly Float64Array[], options?: CompileOptions): void {
  expect(distance(run(graph, inputs, options), interpret(graph, [...inputs]))).toBeLessThan(1e-13)
}

describe('a program computes what the interpreter does', () => {
  for (const smallSize of [0, 16]) {
    it(`on random graphs, arrays up to ${smallSize} taken apart`, () => {
      fc.assert(
        fc.property(randomGraph(), ({ graph, inputs }) => expectAgreement(graph, inputs, { smallSize })),
        { numRuns: 300 },
      )
    })
    it(`on their derivatives, arrays up to ${smallSize} taken apart`, () => {
      fc.assert(
        fc.property(randomGraph({ steps: 6 }), ({ graph, inputs }) => {
          for (const derivative of [jvpGraph(graph), vjpGraph(graph)]) {
            const more = uniformFor(
              derivative.inputs.slice(inputs.length),
              uniform(sizeOf(inputs[0] ? [inputs.length] : [])),
            )
            expectAgreement(derivative, [...inputs, ...more], { smallSize })
          }
        }),
        { numRuns: 100 },
      )
    })
  }
})
