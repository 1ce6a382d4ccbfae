/** Dependencies of matrix products and linear solves. */

import { type Node, sizeOf } from '../graph.ts'
import type { Dependencies, Operand } from './dependencies.ts'
import { emptySet, type IndexSets } from './indexSets.ts'
import { innerExtent } from './support.ts'

/** With more multiplications, a product is not looked at term by term. */
const largestProduct = 2 ** 24

/** c_ij = Σₖ a_ik·b_kj depends on what a_ik does where b_kj may differ from zero, and the other way round. */
export function productDependencies(
  node: Extract<Node, { primitive: 'matmul' }>,
  a: Operand,
  b: Operand,
  sets: IndexSets,
): Dependencies {
  const [m, n] = node.shape.slice(-2)
  const inner = innerExtent(node)
  const { transposeA, transposeB } = node.attributes
  const result = new Int32Array(sizeOf(node.shape))
  const bySupport = (a.support || b.support) && result.length * inner <= largestProduct
  for (let batch = 0; batch < sizeOf(node.shape.slice(0, -2)); batch++) {
    const atA = (i: number, k: number) =>
      (batch * m + (transposeA ? 0 : i)) * inner + (transposeA ? k * m + i : k)
    const atB = (k: number, j: number) =>
      (batch * n + (transposeB ? j : 0)) * inner + (transposeB ? k : k * n + j)
    const line = (operand: Operand, at: (k: number) => number): number =>
      operand.dependencies
        ? sets.unionOf(Array.from({ length: inner }, (_, k) => operand.dependencies![at(k)]))
        : emptySet
    const term = (i: number, j: number): number => {
      const terms: number[] = []
      for (let k = 0; k < inner; k++) {
        const [p, q] = [atA(i, k), atB(k, j)]
        if (a.support?.[p] === 0 || b.support?.[q] === 0) continue
        if (a.dependencies) terms.push(a.dependencies[p])
        if (b.dependencies) terms.push(b.dependencies[q])
      }
      return sets.unionOf(terms)
    }
    const rows = bySupport ? [] : Array.from({ length: m }, (_, i) => line(a, k => atA(i, k)))
    const columns = bySupport ? [] : Array.from({ length: n }, (_, j) => line(b, k => atB(k, j)))
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        result[(batch * m + i) * n + j] = bySupport ? term(i, j) : sets.union(rows[i], columns[j])
      }
    }
  }
  return result
}

/**
 * X with A·X = B: where A is block-diagonal after a permutation, its inverse is so too, and x_ij depends on what is in the
 * rows of its block alone: on A there, and on column j of B there.
 */
export function solveDependencies(node: Node, A: Operand, B: Operand, sets: IndexSets): Dependencies {
  const [n, columns] = node.shape.slice(-2)
  const result = new Int32Array(sizeOf(node.shape))
  for (let batch = 0; batch < sizeOf(node.shape.slice(0, -2)); batch++) {
    const atA = (i: number, k: number) => (batch * n + i) * n + k
    const atB = (i: number, j: number) => (batch * n + i) * columns + j
    for (const block of blocksOf(n, (i, k) => A.support?.[atA(i, k)] !== 0)) {
      const ofMatrix = A.dependencies
        ? sets.unionOf(block.flatMap(i => block.map(k => A.dependencies![atA(i, k)])))
        : emptySet
      for (let j = 0; j < columns; j++) {
        const ofColumn = B.dependencies ? sets.unionOf(block.map(i => B.dependencies![atB(i, j)])) : emptySet
        const all = sets.union(ofMatrix, ofColumn)
        for (const i of block) result[atB(i, j)] = all
      }
    }
  }
  return result
}

/** The connected parts of 0 … n − 1, where i and k are neighbours. */
function blocksOf(n: number, areNeighbours: (i: number, k: number) => boolean): number[][] {
  const blocks: number[][] = []
  const unseen = new Set(Array(n).keys())
  for (const start of unseen) {
    const block = [start]
    unseen.delete(start)
    for (const i of block) {
      for (const k of unseen) {
        if (!areNeighbours(i, k) && !areNeighbours(k, i)) continue
        unseen.delete(k)
        block.push(k)
      }
    }
    blocks.push(block)
  }
  return blocks
}
