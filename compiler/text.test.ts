import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vjp } from './differentiate/index.ts'
import { distinct } from './distinct.ts'
import { type Node, topologicalOrder } from './graph.ts'
import * as p from './primitives.ts'
import { compile } from './program.ts'
import { randomGraph } from './testing/randomGraph.ts'
import { graphText } from './text.ts'
import { trace } from './trace/index.ts'

/** By its values: a constant of one number, and what is made of it by shape alone. */
const isRepeatedNumber = (node: Node): boolean =>
  node.primitive === 'constant'
    ? new Set(node.attributes.value).size === 1
    : ['reshape', 'broadcast'].includes(node.primitive) && node.operands.every(isRepeatedNumber)

describe('the text form', () => {
  it('has the names of inputs, the shapes, the attributes, and one value in place of a constant', () => {
    const [t, y] = [p.input('t', [1, 1]), p.input('y', [2, 3])]
    const product = p.withOrigin('model.ts:3:8', () => p.matmul(y, y, { transposeB: true }))
    const weights = p.constant([1, -0, 3, 4], [2, 2])
    const scaled = p.multiply(p.add(product, weights), p.broadcastTo(p.sin(t), [2, 2]))
    const outputs = [p.sum(p.multiply(scaled, p.full(0.5, [2, 2])), [1]), p.slice(y, [0, 1], [2, 2]), t]
    expect(graphText({ inputs: [t, y], outputs }, 'f').split('\n')).toEqual([
      'f(t [1,1], y [2,3]) {',
      '  %1 [2,2] = matmul(y, y, transposeB)  # model.ts:3:8',
      '  %2 [2,2] = constant(1, -0, 3, 4)',
      '  %3 [2,2] = add(%1, %2)',
      '  %4 [1,1] = sin(t)',
      '  %5 [2,2] = broadcast(%4)',
      '  %6 [2,2] = multiply(%3, %5)',
      '  %7 [2,2] = multiply(%6, 0.5)',
      '  %8 [2]   = sum(%7, axes: [1])',
      '  %9 [2,2] = slice(y, begin: [0,1], strides: [1,1])',
      '  return %8, %9, t',
      '}',
    ])
  })
  it('has a line for each node that is neither an input nor one number, and defines what it uses before', () => {
    fc.assert(
      fc.property(randomGraph(), ({ graph }) => {
        const lines = graphText(graph).split('\n').slice(1, -1)
        const numbered = lines.flatMap(line => /^ {2}(%\d+)/.exec(line)?.[1] ?? [])
        expect(numbered).toEqual(numbered.map((_, i) => `%${i + 1}`))
        lines.forEach((line, i) => {
          for (const [, used] of line.replace(/^.*? = /, '').matchAll(/%(\d+)/g)) {
            expect(Number(used)).toBeLessThanOrEqual(i)
          }
        })
        const nodes = new Set([...topologicalOrder(graph.outputs), ...graph.inputs])
        const repeated = [...nodes].filter(isRepeatedNumber)
        expect(numbered.length).toBe(nodes.size - graph.inputs.length - repeated.length)
      }),
      { numRuns: 50 },
    )
  })
  it('names the line of a traced model, also for the nodes of its gradient', () => {
    const graph = trace(x => tf.tanh(tf.exp(x)), [{ name: 'x', shape: [3] }])
    const [gradient] = vjp(graph.outputs, [p.full(1, [3])], graph.inputs)
    for (const text of [graphText(graph), graphText({ inputs: graph.inputs, outputs: [gradient!] })]) {
      expect(text).toMatch(/ = exp\(x\) +# \S*text\.test\.ts:\d+:\d+$/m)
    }
  })
  it('of a program is that of its rewritten entries', () => {
    const x = p.input('x', [4])
    const twice = p.add(p.sin(x), p.sin(x))
    const program = compile(
      { f: { inputs: [x], outputs: [twice] }, g: { inputs: [x], outputs: [x] } },
      { smallSize: 0 },
    )
    const [f, g] = program.toText().split('\n\n')
    expect(f.match(/sin\(x\)/g)).toHaveLength(1)
    expect(f).toMatch(/^f\(x \[4\]\) \{/)
    expect(g).toBe('g(x [4]) {\n  return x\n}')
  })
})

it('names are made distinct', () => {
  expect(distinct(['x', 'x', 'y', 'x', 'x_2'])).toEqual(['x', 'x_3', 'y', 'x_4', 'x_2'])
})
