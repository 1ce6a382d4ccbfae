import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Node, topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { complexStep } from '../testing/complexStep.ts'
import { firstOrderDefect, graphOf, secondOrderDefect, variable } from '../testing/derivatives.ts'
import { distance, uniform, uniformFor } from '../testing/numbers.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { hvp, jacobian, jvp, vjp } from './index.ts'

describe('random graphs over all primitives', () => {
  test('JVP agrees with complex step, VJP is its transpose', () => {
    fc.assert(
      fc.property(randomGraph(), ({ graph, inputs }) => firstOrderDefect(graph, inputs) < 1e-13),
      { numRuns: 300 },
    )
  })

  test('so do JVP and VJP of JVP and VJP', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 6 }), ({ graph, inputs }) => secondOrderDefect(graph, inputs) < 1e-12),
      { numRuns: 100 },
    )
  })

  test('the Jacobian times a vector is the JVP', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 6 }), ({ graph, inputs }) => {
        const v = uniformFor(graph.inputs, uniform(1))
        return graph.outputs.every(output => {
          const Jv = graph.inputs.reduce<Node>(
            (total, x, i) => {
              const J = jacobian(output, x)
              const column = p.constant(v[i], [v[i].length, 1])
              return J === null ? total : p.add(total, p.reshape(p.matmul(J, column), output.shape))
            },
            p.full(0, output.shape),
          )
          const exact = complexStep(graphOf(graph.inputs, output), inputs, v)
          return distance(interpret(graphOf(graph.inputs, Jv), inputs), exact) < 1e-13
        })
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is differentiated', () => {
  const [x, y] = [variable([], 'x'), variable([], 'y')]

  test('null is zero, in and out', () => {
    const z = p.multiply(x, x)
    expect(jvp([z], [x, y], [null, p.scalar(1)])).toEqual([null])
    expect(vjp([z], [p.scalar(1)], [x, y])[1]).toBeNull()
    expect(vjp([z, y], [null, null], [x])).toEqual([null])
    expect(vjp([p.floor(x)], [p.scalar(1)], [x])).toEqual([null])
    expect(jvp([p.floor(x)], [x], [p.scalar(1)])).toEqual([null])
  })

  test('an input may be an output, and may be named twice among the outputs', () => {
    const [bar] = vjp([x, x], [p.scalar(2), p.scalar(3)], [x])
    expect(interpret(graphOf([x], bar!), [Float64Array.of(1)])[0][0]).toBe(5)
  })

  test('an inner node may be the input: it counts as independent', () => {
    const inner = p.multiply(x, x)
    const outer = p.add(p.exp(inner), x)
    const [byInner, byX] = vjp([outer], [p.scalar(1)], [inner, x])
    const [a, b] = interpret(graphOf([x], byInner!, byX!), [Float64Array.of(0.5)])
    expect(a[0]).toBeCloseTo(Math.exp(0.25), 15)
    expect(b[0]).toBe(1)
    const tangent = jvp([outer], [inner, x], [p.scalar(1), null])[0]!
    expect(interpret(graphOf([x], tangent), [Float64Array.of(0.5)])[0][0]).toBeCloseTo(Math.exp(0.25), 15)
  })

  test('the derivatives by a constant part of a model cost nothing', () => {
    const heavy = p.exp(p.sin(y))
    const before = p.multiply(x, heavy)
    const [bar] = vjp([before], [p.scalar(1)], [x])
    const shared = new Set(topologicalOrder([before]))
    const added = topologicalOrder([bar!]).filter(node => !shared.has(node))
    expect(added.map(node => node.primitive).sort()).toEqual(['constant', 'multiply'])
  })

  test('a derivative carries the origin of what it differentiates', () => {
    const A = variable([2, 2], 'A')
    const b = variable([2, 1], 'b')
    const solution = p.withOrigin('model.ts:12 solve', () => p.solve(A, b))
    const [bar] = vjp([solution], [p.full(1, [2, 1])], [b])
    expect(bar!.primitive).toBe('solve')
    expect(bar!.origin).toBe('model.ts:12 solve')
  })

  test('third derivatives: the polynomial x⁵ through every mixture of modes', () => {
    const forward = (f: Node): Node => jvp([f], [x], [p.scalar(1)])[0]!
    const backward = (f: Node): Node => vjp([f], [p.scalar(1)], [x])[0]!
    const f = p.power(x, p.scalar(5))
    for (let mixture = 0; mixture < 8; mixture++) {
      const modes = [0, 1, 2].map(bit => ((mixture >> bit) & 1 ? forward : backward))
      const third = modes.reduce((node, mode) => mode(node), f)
      expect(interpret(graphOf([x], third), [Float64Array.of(-1.5)])[0][0]).toBe(60 * 2.25)
    }
  })

  test('mistakes are named', () => {
    expect(() => jvp([x], [x], [])).toThrow('jvp: 1 nodes, but 0 derivatives')
    expect(() => vjp([x], [p.full(1, [2])], [x])).toThrow('vjp: derivative 0 has shape [2], its node []')
    expect(() => hvp(p.full(1, [2]), [x], [null])).toThrow('hvp: the output must be a scalar, not [2]')
    const factors = p.factor(variable([2, 2]), 'general')
    expect(() => vjp([factors], [factors], [factors.operands[0]])).toThrow('factor has no derivative')
  })
})
