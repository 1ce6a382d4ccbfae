import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csrFromTriplets, type Triplet } from '../../solvers/linear/csr.ts'
import { poisson } from '../../solvers/linear/testing/matrices.ts'
import { columnGraph, type Graph, graphOf, minimumDegree, nestedDissection, symbolicFactor } from './index.ts'

const natural = (n: number) => Int32Array.from({ length: n }, (_, i) => i)

function graphFromEdges(n: number, edges: readonly (readonly [number, number])[]): Graph {
  return graphOf(
    csrFromTriplets(
      n,
      n,
      edges.map(([i, j]): Triplet => [i, j, 1]),
    ),
  )
}

/** The entries of L column by column, by elimination on sets. */
function eliminated(graph: Graph, ordering: Int32Array): Set<number>[] {
  const place = new Map([...ordering].map((node, k) => [node, k]))
  const columns = [...ordering].map((node, k) => {
    const row = graph.neighbours.subarray(graph.pointers[node], graph.pointers[node + 1])
    return new Set([...row].map(j => place.get(j)!).filter(i => i > k))
  })
  columns.forEach(column => {
    const first = Math.min(...column)
    for (const i of column) if (i !== first) columns[first].add(i)
  })
  return columns
}

const isPermutation = (order: Int32Array) =>
  expect([...order].sort((a, b) => a - b)).toEqual([...natural(order.length)])

const graphs = fc
  .integer({ min: 1, max: 40 })
  .chain(n =>
    fc
      .array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 3 * n })
      .map(edges => graphFromEdges(n, edges)),
  )

describe('orderings', () => {
  test('are permutations, for any graph', () => {
    fc.assert(
      fc.property(graphs, graph => {
        isPermutation(minimumDegree(graph))
        isPermutation(nestedDissection(graph))
      }),
    )
  })

  test('dissect large graphs of any kind: grids, paths, several parts, stars, complete graphs', () => {
    const n = 500
    const path = graphFromEdges(
      n,
      Array.from({ length: n - 1 }, (_, i) => [i, i + 1] as const),
    )
    const parts = graphFromEdges(
      n,
      Array.from({ length: n / 2 - 1 }, (_, i) => [2 * i, 2 * i + 2] as const),
    )
    const star = graphFromEdges(
      n,
      Array.from({ length: n - 1 }, (_, i) => [0, i + 1] as const),
    )
    const complete = graphFromEdges(
      250,
      Array.from({ length: 250 * 250 }, (_, e) => [Math.floor(e / 250), e % 250] as const),
    )
    for (const graph of [path, parts, star, complete, graphFromEdges(n, [])]) {
      isPermutation(nestedDissection(graph))
      isPermutation(minimumDegree(graph))
    }
  })

  test('minimum degree fills nothing in where nothing must be: trees and arrows', () => {
    const tree = graphFromEdges(
      200,
      Array.from({ length: 199 }, (_, i) => [i + 1, Math.floor(i / 3)] as const),
    )
    expect(symbolicFactor(tree, minimumDegree(tree)).nonzeros).toBe(399)
    const arrow = graphFromEdges(
      300,
      Array.from({ length: 299 }, (_, i) => [0, i + 1] as const),
    )
    expect(symbolicFactor(arrow, minimumDegree(arrow)).nonzeros).toBe(599)
    expect(symbolicFactor(arrow, natural(300)).nonzeros).toBe((300 * 301) / 2)
  })

  test('fill of a plane grid grows as n log n, not as n^1.5', () => {
    const fill = (m: number, order: (graph: Graph) => Int32Array) => {
      const graph = graphOf(poisson(m))
      return symbolicFactor(graph, order(graph)).nonzeros / (m * m)
    }
    for (const order of [minimumDegree, nestedDissection, (g: Graph) => nestedDissection(g, gridOf(g))]) {
      const [small, large] = [fill(24, order), fill(96, order)]
      // Four times the side: log₂ n grows by 4, √n fourfold.
      expect(large / small).toBeLessThan(2.4)
      expect(large).toBeLessThan(32)
    }
    expect(fill(96, graph => natural(graph.size)) / fill(24, graph => natural(graph.size))).toBeGreaterThan(
      3.8,
    )
  })
})

/** Coordinates of a square grid, row by row. */
function gridOf({ size }: Graph): Float64Array {
  const m = Math.sqrt(size)
  return Float64Array.from({ length: 2 * size }, (_, e) =>
    e % 2 ? Math.floor(e / 2 / m) : Math.floor(e / 2) % m,
  )
}

describe('the symbolic factor', () => {
  test('has the entries that elimination on sets finds, and fronts that hold them', () => {
    fc.assert(
      fc.property(graphs, graph => {
        const { permutation, nonzeros, operations, fronts } = symbolicFactor(graph, minimumDegree(graph))
        const columns = eliminated(graph, permutation)
        expect(nonzeros).toBe(columns.reduce((sum, column) => sum + column.size + 1, 0))
        expect(operations).toBe(columns.reduce((sum, column) => sum + (column.size + 1) ** 2, 0))
        let next = 0
        fronts.forEach(({ first, width, rows, parent }, s) => {
          expect(first).toBe(next)
          next += width
          for (let k = first; k < first + width; k++) {
            for (const i of columns[k]) expect(i < first + width || rows.includes(i)).toBe(true)
          }
          if (rows.length === 0) expect(parent).toBe(-1)
          else {
            expect(parent).toBeGreaterThan(s)
            const above = fronts[parent]
            for (const i of rows) expect(i < above.first + above.width || above.rows.includes(i)).toBe(true)
          }
        })
        expect(next).toBe(graph.size)
      }),
    )
  })

  test('the graph of AᵀA joins the columns of each row', () => {
    const A = csrFromTriplets(3, 4, [
      [0, 0, 1],
      [0, 3, 1],
      [1, 1, 1],
      [2, 1, 1],
      [2, 3, 1],
    ])
    const { pointers, neighbours } = columnGraph(A)
    expect([...pointers]).toEqual([0, 1, 2, 2, 4])
    expect([...neighbours]).toEqual([3, 3, 0, 1])
  })
})
