import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Node, sizeOf } from '../graph.ts'
import * as p from '../primitives.ts'
import { complexStep } from '../testing/complexStep.ts'
import { graphOf, variable } from '../testing/derivatives.ts'
import { uniform } from '../testing/numbers.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import {
  colourColumns,
  jacobianPattern,
  rowIndices,
  type SparsityPattern,
  transposedPattern,
} from './index.ts'

/** The pattern as rows of text: × where an entry may differ from zero. */
const picture = ({ rows, columns, rowPointers, columnIndices }: SparsityPattern): string[] =>
  Array.from({ length: rows }, (_, i) => {
    const row = new Set(columnIndices.subarray(rowPointers[i], rowPointers[i + 1]))
    return Array.from({ length: columns }, (_, j) => (row.has(j) ? '×' : '·')).join('')
  })

const pictureOf = (f: (x: Node) => Node, shape: readonly number[]): string[] => {
  const x = variable(shape)
  return picture(jacobianPattern(f(x), x))
}

/** Where the complex step finds an entry that is not zero. */
function nonzeros(
  output: Node,
  inputs: readonly Node[],
  k: number,
  values: Float64Array[],
): [number, number][] {
  return Array.from({ length: sizeOf(inputs[k].shape) }, (_, j) => {
    const direction = inputs.map((node, i) => {
      const unit = new Float64Array(sizeOf(node.shape))
      if (i === k) unit[j] = 1
      return unit
    })
    const [column] = complexStep(graphOf(inputs, output), values, direction)
    return [...column].flatMap((entry, i): [number, number][] => (entry === 0 ? [] : [[i, j]]))
  }).flat()
}

describe('the pattern of a Jacobian', () => {
  test('contains every entry that is not zero, on random graphs over all primitives', () => {
    fc.assert(
      fc.property(randomGraph({ steps: 8 }), ({ graph: { inputs, outputs }, inputs: values }) => {
        for (const output of outputs.slice(0, 2)) {
          for (const [k, input] of inputs.entries()) {
            const rows = picture(jacobianPattern(output, input))
            for (const [i, j] of nonzeros(output, inputs, k, values)) expect(rows[i][j]).toBe('×')
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  const eye = p.constant([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3])
  const laws: [string, (x: Node) => Node, number[], string[]][] = [
    ['elementwise functions are diagonal', x => p.multiply(p.sin(x), x), [3], ['×··', '·×·', '··×']],
    ['a jump function is zero', x => p.floor(x), [3], ['···', '···', '···']],
    ['a slice', x => p.slice(x, [1], [2]), [4], ['·×··', '··×·']],
    ['every second element', x => p.slice(x, [1], [2], [2]), [4], ['·×··', '···×']],
    ['a pad', x => p.pad(x, [5], [1], [2]), [2], ['··', '×·', '··', '·×', '··']],
    ['a reversal', x => p.reverse(x, [0]), [3], ['··×', '·×·', '×··']],
    ['a transpose', x => p.transposeMatrix(x), [2, 2], ['×···', '··×·', '·×··', '···×']],
    ['repetition', x => p.broadcast(x, [2, 2]), [2, 1], ['×·', '×·', '·×', '·×']],
    ['concatenation', x => p.concatenate([p.exp(x), x], 0), [2], ['×·', '·×', '×·', '·×']],
    ['sums along an axis', x => p.sum(x, [0]), [2, 2], ['×·×·', '·×·×']],
    ['extrema along an axis', x => p.maximumOf(x, [1]), [2, 2], ['××··', '··××']],
    ['rows chosen now', x => p.gather(x, p.constant([2, 0, 7], [3])), [3], ['··×', '×··', '···']],
    ['rows chosen at run time', x => p.gather(x, p.floor(x)), [3], ['×××', '×××', '×××']],
    ['rows added', x => p.scatterAdd(x, p.constant([1, 1, 0], [3]), 2), [3], ['··×', '××·']],
    ['a known mask', x => p.multiply(x, p.constant([1, 0, 2], [3])), [3], ['×··', '···', '··×']],
    [
      'a known choice',
      x => p.select(p.constant([1, 0, 1], [3]), x, p.reverse(x, [0])),
      [3],
      ['×··', '·×·', '··×'],
    ],
    [
      'a choice at run time',
      x => p.select(p.greater(x, p.reverse(x, [0])), x, p.reverse(x, [0])),
      [3],
      ['×·×', '·×·', '×·×'],
    ],
    [
      'a diagonal matrix of parameters',
      x => p.matmul(p.multiply(eye, variable([3, 3])), x),
      [3, 1],
      ['×··', '·×·', '··×'],
    ],
    [
      'the square of a diagonal matrix',
      x => {
        const D = p.multiply(eye, p.broadcast(x, [3, 3]))
        return p.sum(p.matmul(D, D), [1])
      },
      [3, 1],
      ['×··', '·×·', '··×'],
    ],
    [
      'a solve with two blocks',
      x => p.solve(p.constant([2, 0, 1, 0, 1, 0, 1, 0, 3], [3, 3]), x),
      [3, 1],
      ['×·×', '·×·', '×·×'],
    ],
    ['a solve', x => p.solve(p.add(eye, variable([3, 3])), x), [3, 1], ['×××', '×××', '×××']],
  ]
  test.each(laws)('%s', (_, f, shape, expected) => {
    expect(pictureOf(f, shape)).toEqual(expected)
  })

  test('an inner node counts as independent', () => {
    const x = variable([2])
    const inner = p.broadcastTo(p.sum(x), [2])
    expect(picture(jacobianPattern(p.sin(inner), inner))).toEqual(['×·', '·×'])
    const known = p.constant([0, 1], [2])
    expect(picture(jacobianPattern(p.multiply(known, known), known))).toEqual(['×·', '·×'])
  })

  test('is given up where it has more entries than asked for', () => {
    const x = variable([20])
    expect(jacobianPattern(p.broadcastTo(p.sum(x), [20]), x, 399)).toBeUndefined()
    expect(jacobianPattern(p.broadcastTo(p.sum(x), [20]), x, 400)).toBeDefined()
  })
})

/** u″ on n points with u = 0 outside, by slices and pads. */
const secondDifference = (u: Node, axis: number): Node => {
  const n = u.shape[axis]
  const shifted = (by: number): Node => {
    const begin = u.shape.map((_, i) => (i === axis && by > 0 ? by : 0))
    const to = u.shape.map((_, i) => (i === axis && by < 0 ? -by : 0))
    return p.pad(p.slice(u, begin, u.shape.with(axis, n - 1)), u.shape, to)
  }
  return p.subtract(p.add(shifted(1), shifted(-1)), p.multiply(p.full(2, u.shape), u))
}

/** u̇ = 1 + u²v − 4u + α u″, v̇ = 3u − u²v + α v″ (Hairer, Wanner, Solving ODEs II, IV.1), state (u, v). */
function brusselator(n: number): { y: Node; rate: Node } {
  const y = variable([2 * n])
  const [u, v] = [p.slice(y, [0], [n]), p.slice(y, [n], [n])]
  const times = (c: number, x: Node) => p.multiply(p.full(c, x.shape), x)
  const reaction = p.multiply(p.multiply(u, u), v)
  const du = p.subtract(
    p.add(p.full(1, [n]), p.add(reaction, times(0.02, secondDifference(u, 0)))),
    times(4, u),
  )
  const dv = p.subtract(p.add(times(3, u), times(0.02, secondDifference(v, 0))), reaction)
  return { y, rate: p.concatenate([du, dv], 0) }
}

describe('colours', () => {
  const colours = (output: Node, x: Node) => colourColumns(jacobianPattern(output, x)).count

  test.each([3, 10, 1000])('a tridiagonal matrix takes 3, with %i rows too', n => {
    const x = variable([n])
    const pattern = jacobianPattern(secondDifference(p.sin(x), 0), x)
    expect(pattern.columnIndices).toHaveLength(3 * n - 2)
    expect(colourColumns(pattern).count).toBe(3)
  })

  test.each([20, 100])(
    'a band of 7, as a product with a masked matrix of parameters, takes 7 (n = %i)',
    n => {
      const x = variable([n, 1])
      const band = Array.from({ length: n * n }, (_, k) => Number(Math.abs((k % n) - Math.floor(k / n)) <= 3))
      const A = p.multiply(p.constant(band, [n, n]), variable([n, n]))
      expect(colours(p.tanh(p.matmul(A, x)), x)).toBe(7)
    },
  )

  test('the Brusselator in one dimension takes 4', () => {
    const n = 200
    const { y, rate } = brusselator(n)
    expect(jacobianPattern(rate, y).columnIndices).toHaveLength(2 * (3 * n - 2) + 2 * n)
    expect(colours(rate, y)).toBe(4)
  })

  test("the five-point Laplacian's pattern is tight, and few colours serve any size", () => {
    for (const n of [8, 30]) {
      const x = variable([n, n])
      const laplacian = p.add(secondDifference(x, 0), secondDifference(x, 1))
      expect(jacobianPattern(laplacian, x).columnIndices).toHaveLength(5 * n * n - 4 * n)
      expect(colours(laplacian, x)).toBeLessThanOrEqual(n > 20 ? 5 : 7)
    }
  })

  test('columns of one colour have no row in common, on random patterns', () => {
    const patterns = fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), fc.nat())
      .map(([rows, columns, seed]): SparsityPattern => {
        const random = uniform(seed)
        const lists = Array.from({ length: rows }, () =>
          [...Array(columns).keys()].filter(() => random() > 0.5),
        )
        const rowPointers = Int32Array.from([0, ...lists.map(list => list.length)])
        for (let i = 0; i < rows; i++) rowPointers[i + 1] += rowPointers[i]
        return { rows, columns, rowPointers, columnIndices: Int32Array.from(lists.flat()) }
      })
    fc.assert(
      fc.property(patterns, pattern => {
        const { count, colours } = colourColumns(pattern)
        for (let i = 0; i < pattern.rows; i++) {
          const row = pattern.columnIndices.subarray(pattern.rowPointers[i], pattern.rowPointers[i + 1])
          expect(new Set(Array.from(row, j => colours[j])).size).toBe(row.length)
        }
        expect(Math.max(-1, ...colours) + 1).toBe(count)
        expect(transposedPattern(transposedPattern(pattern))).toEqual(pattern)
        expect([...rowIndices(pattern)].toSorted((a, b) => a - b)).toEqual([...rowIndices(pattern)])
      }),
    )
  })
})

test('10,000 variables take milliseconds, not the square of it', () => {
  const { y, rate } = brusselator(5000)
  const start = performance.now()
  expect(colourColumns(jacobianPattern(rate, y)).count).toBe(4)
  expect(performance.now() - start).toBeLessThan(2000)
})
