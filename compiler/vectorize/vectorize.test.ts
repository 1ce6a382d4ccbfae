import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { structures } from '../../kernels/structure.ts'
import { jvp, vjp } from '../differentiate/index.ts'
import { type Graph, type Node, sizeOf, topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret/index.ts'
import * as p from '../primitives.ts'
import { compile } from '../program.ts'
import { rewrite } from '../rewrite/index.ts'
import { graphOf, jvpGraph, variable, vjpGraph } from '../testing/derivatives.ts'
import { distance, uniform, uniformFor } from '../testing/numbers.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { vectorized } from './index.ts'

const batch = 3

/** Every choice of some of the inputs. */
const choices = (inputs: readonly Node[]): Node[][] =>
  Array.from({ length: 2 ** inputs.length - 1 }, (_, code) => inputs.filter((_, i) => ((code + 1) >> i) & 1))

/** Values for each input of `graph`, of `batch` samples where it is among `batched`. */
const values = (graph: Graph, batched: readonly Node[], seed = 5): Float64Array[] => {
  const random = uniform(seed)
  return graph.inputs.map(node =>
    Float64Array.from({ length: sizeOf(node.shape) * (batched.includes(node) ? batch : 1) }, random),
  )
}

/** Each sample through the interpreter by itself, its outputs laid one behind the other. */
function oneByOne(graph: Graph, batched: readonly Node[], given: readonly Float64Array[]): Float64Array[] {
  const results = Array.from({ length: batch }, (_, s) =>
    interpret(
      graph,
      graph.inputs.map((node, i) => {
        const size = sizeOf(node.shape)
        return batched.includes(node) ? given[i].slice(s * size, (s + 1) * size) : given[i]
      }),
    ),
  )
  return graph.outputs.map((_, j) => Float64Array.from(results.flatMap(outputs => [...outputs[j]])))
}

function execute(graph: Graph, given: readonly Float64Array[]): Float64Array[] {
  const { entry } = compile({ entry: graph })
  entry.inputs.forEach((view, i) => {
    view?.set(given[i])
  })
  entry.run()
  return entry.outputs.map(output => output.slice())
}

/** The largest defect over all choices of batched inputs, by the interpreter, or for one of them by a program. */
function defect(graph: Graph, given?: (batched: readonly Node[]) => Float64Array[], compiled = true): number {
  const defects = choices(graph.inputs).map((batched, k, all) => {
    const numbers = given?.(batched) ?? values(graph, batched)
    const expected = oneByOne(graph, batched, numbers)
    const together = vectorized(graph, { batch, inputs: batched })
    expect(together.outputs.map(({ shape }) => shape)).toEqual(
      graph.outputs.map(({ shape }) => [batch, ...shape]),
    )
    const interpreted = distance(interpret(together, numbers), expected)
    return compiled && k === all.length >> 1
      ? Math.max(interpreted, distance(execute(together, numbers), expected))
      : interpreted
  })
  return Math.max(...defects)
}

describe('a vectorized graph agrees with one sample at a time', () => {
  test('random graphs over all primitives, every choice of batched inputs', () => {
    fc.assert(
      fc.property(randomGraph(), ({ graph }) => defect(graph, undefined, false) < 1e-13),
      { numRuns: 200 },
    )
  })

  test('so does its program', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 8 }), ({ graph }) => defect(graph) < 1e-13),
      { numRuns: 50 },
    )
  })

  test('a batch of batches', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 6 }), ({ graph }) => {
        const [first] = graph.inputs
        const inner = vectorized(graph, { batch: 2, inputs: [first] })
        return defect(inner, undefined, false) < 1e-13
      }),
      { numRuns: 50 },
    )
  })

  test('products, whatever is shared and however the factors lie', () => {
    for (const leading of [[], [2]]) {
      for (const [m, k, n] of [
        [1, 4, 3],
        [3, 4, 1],
        [3, 1, 2],
        [3, 4, 2],
      ]) {
        // biome-ignore format: a table
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            const a = variable([...leading, ...(transposeA ? [k, m] : [m, k])])
            const b = variable([...leading, ...(transposeB ? [n, k] : [k, n])])
            expect(defect(graphOf([a, b], p.matmul(a, b, { transposeA, transposeB })))).toBeLessThan(1e-14)
          }
        }
      }
    }
  })

  test('rows by indices of each sample’s own, also those that name no row', () => {
    const rows = [0, 2, -1, 1, 3, 0.5, NaN, 1, 1, 2, Infinity, 0]
    for (const axis of [0, 1, 2]) {
      const a = variable([2, 2, 2].with(axis, 3))
      const updates = variable([2, 2, 2].with(axis, 4))
      const indices = variable([4])
      const given = (graph: Graph) => (batched: readonly Node[]) =>
        values(graph, batched).with(1, Float64Array.from(batched.includes(indices) ? rows : rows.slice(0, 4)))
      const gathers = graphOf([a, indices], p.gather(a, indices, axis))
      const scatters = graphOf([updates, indices], p.scatterAdd(updates, indices, 3, axis))
      expect(defect(gathers, given(gathers))).toBe(0)
      expect(defect(scatters, given(scatters))).toBeLessThan(1e-15)
    }
  })

  test('solves and their lowered form', () => {
    for (const leading of [[], [2]]) {
      for (const structure of structures) {
        for (const transposed of [false, true]) {
          const [R, B] = [variable([...leading, 4, 4]), variable([...leading, 4, 2])]
          const identity = Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0))
          const A = p.add(
            p.matmul(R, R, { transposeB: true }),
            p.broadcastTo(p.constant(identity, [4, 4]), R.shape),
          )
          const direct = p.solve(A, B, { structure, transposed })
          const lowered = p.factorSolve(p.factor(A, structure), B, { structure, transposed })
          expect(defect(graphOf([R, B], direct, lowered))).toBeLessThan(1e-13)
        }
      }
    }
  })
})

describe('with derivatives', () => {
  /** Σ outputs·cotangents of a graph as one number. */
  const loss = ({ outputs }: Graph): Node => outputs.map(output => p.sum(output)).reduce(p.add)

  test('the vectorized gradient of a sum of losses is the sum of the gradients', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 6 }), ({ graph }) =>
        choices(graph.inputs).every(batched => {
          const given = values(graph, batched)
          const orZero = (gradients: (Node | null)[], inputs: readonly Node[]) =>
            gradients.map((gradient, i) => gradient ?? p.full(0, inputs[i].shape))
          const of = ({ inputs }: Graph, total: Node) => ({
            inputs,
            outputs: orZero(vjp([total], [p.scalar(1)], inputs), inputs),
          })
          const together = vectorized(graph, { batch, inputs: batched })
          const gradients = interpret(of(together, loss(together)), given)
          const each = oneByOne(of(graph, loss(graph)), batched, given)
          const expected = graph.inputs.map((node, i) => {
            if (batched.includes(node)) return each[i]
            const size = sizeOf(node.shape)
            return Float64Array.from({ length: size }, (_, k) =>
              Array.from({ length: batch }, (_, s) => each[i][s * size + k]).reduce((a, b) => a + b),
            )
          })
          return distance(gradients, expected) < 1e-12
        }),
      ),
      { numRuns: 50 },
    )
  })

  test('a vectorized VJP and JVP are those of each sample', () => {
    fc.assert(
      fc.property(
        randomGraph({ steps: 5 }),
        ({ graph }) => defect(vjpGraph(graph), undefined, false) < 1e-12,
      ),
      { numRuns: 15 },
    )
    fc.assert(
      fc.property(
        randomGraph({ steps: 5 }),
        ({ graph }) => defect(jvpGraph(graph), undefined, false) < 1e-12,
      ),
      { numRuns: 15 },
    )
  })

  test('the JVP of a vectorized graph is the vectorized JVP', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 6 }), ({ graph }) => {
        const together = vectorized(graph, { batch })
        const tangents = together.inputs.map(({ shape }) => variable(shape))
        const rates = jvp(together.outputs, together.inputs, tangents)
        const first = {
          inputs: [...together.inputs, ...tangents],
          outputs: rates.map((rate, j) => rate ?? p.full(0, together.outputs[j].shape)),
        }
        const second = vectorized(jvpGraph(graph), { batch })
        const given = uniformFor(first.inputs, uniform(3))
        return distance(interpret(first, given), interpret(second, given)) < 1e-13
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is made', () => {
  const names = ({ outputs }: Graph) =>
    topologicalOrder(outputs)
      .map(({ primitive }) => primitive)
      .filter(primitive => !['input', 'constant', 'reshape', 'transpose', 'broadcast'].includes(primitive))
  const shapeOf = (graph: Graph, primitive: Node['primitive']) =>
    topologicalOrder(graph.outputs).find(node => node.primitive === primitive)!.shape

  test('a shared weight matrix times a batch of vectors is one product', () => {
    const [x, W] = [variable([1, 5]), variable([5, 7])]
    const rows = vectorized(graphOf([x, W], p.matmul(x, W)), { batch: 64, inputs: [x] })
    expect(names(rows)).toEqual(['matmul'])
    expect(shapeOf(rows, 'matmul')).toEqual([64, 7])

    const [y, V] = [variable([5, 1]), variable([7, 5])]
    const columns = vectorized(graphOf([y, V], p.matmul(V, y)), { batch: 64, inputs: [y] })
    expect(shapeOf(columns, 'matmul')).toEqual([64, 7])
  })

  test('a shared matrix is factored once, for one solve', () => {
    const [A, b] = [variable([4, 4]), variable([4, 1])]
    const graph = vectorized(graphOf([A, b], p.solve(A, b)), { batch: 8, inputs: [b] })
    expect(names(graph)).toEqual(['solve'])
    expect(shapeOf(graph, 'solve')).toEqual([4, 8])
  })

  test('evaluation and gradient of a batched solve share one factorisation', () => {
    for (const inputs of [[0, 1], [1], [0]]) {
      const [A, b] = [variable([4, 4]), variable([4, 1])]
      const one = graphOf([A, b], p.solve(A, b))
      const many = vectorized(one, { batch: 8, inputs: inputs.map(i => one.inputs[i]) })
      const gradients = vjp(many.outputs, [p.full(1, [8, 4, 1])], many.inputs)
      const graph = rewrite({ ...many, outputs: [...many.outputs, ...gradients.map(gradient => gradient!)] })
      expect(names(graph).filter(name => name === 'factor')).toHaveLength(1)
      expect(names(graph).filter(name => name === 'factorSolve')).toHaveLength(2)
    }
  })

  test('a program stores once what one sample and many share', () => {
    const [x, W] = [variable([1, 3]), variable([3, 2])]
    const one = graphOf([x, W], p.tanh(p.matmul(x, W)))
    const program = compile({ one, many: vectorized(one, { batch: 64, inputs: [x] }) })
    expect(program.many.inputs[0]).toHaveLength(192)
    expect(program.many.inputs[1]).toBe(program.one.inputs[1])
    expect(program.many.outputs[0]).toHaveLength(128)
  })

  test('what samples share is computed once', () => {
    const [x, theta] = [variable([3]), variable([3])]
    const heavy = p.exp(p.sin(theta))
    const graph = vectorized(graphOf([x, theta], p.multiply(x, heavy)), { batch: 8, inputs: [x] })
    expect(topologicalOrder(graph.outputs)).toContain(heavy)
    expect(graph.inputs[1]).toBe(theta)
  })

  test('nodes keep their origin', () => {
    const x = variable([2, 2])
    const y = p.withOrigin('model.ts:3 exp', () => p.exp(x))
    expect(vectorized(graphOf([x], y), { batch: 2 }).outputs[0].origin).toBe('model.ts:3 exp')
  })

  test('mistakes are named', () => {
    const x = variable([2])
    const graph = graphOf([x], p.exp(x))
    expect(() => vectorized(graph, { batch: 1.5 })).toThrow('a whole number of samples, 1 or more, not 1.5')
    expect(() => vectorized(graph, { batch: 2, inputs: [variable([2])] })).toThrow(
      'vectorized: inputs[0] is not an input of the graph',
    )
  })
})
