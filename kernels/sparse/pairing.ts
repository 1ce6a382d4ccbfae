import { type OrderingOptions, orderingOf } from './ordering.ts'
import type { Graph, Pattern } from './pattern.ts'
import { type SymbolicFactor, symbolicFactor } from './supernodes.ts'

/** [n]: the row that a row is eliminated together with, or −1. */
export type Pairing = Int32Array

/** A diagonal entry below this share of its row's largest entry is no pivot by itself. */
const small = 0.01

/**
 * Pairs each row whose diagonal entry is small, such as a constraint's, with a neighbour, largest entries first, so that a 2×2
 * pivot is at hand where a 1×1 would fail (Duff & Pralet, SIAM J. Matrix Anal. Appl. 27, 2005, here by a greedy matching).
 * A's lower triangle is read.
 */
export function pairSmallPivots(A: Pattern, values: Float64Array): Pairing {
  const n = A.rows
  const diagonal = new Float64Array(n)
  const largest = new Float64Array(n)
  const entries: number[] = []
  const rows: number[] = []
  for (let i = 0; i < n; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1] && A.columnIndices[p] <= i; p++) {
      const j = A.columnIndices[p]
      const size = Math.abs(values[p])
      if (i === j) diagonal[i] = size
      else if (size > 0) {
        largest[i] = Math.max(largest[i], size)
        largest[j] = Math.max(largest[j], size)
        entries.push(p)
        rows.push(i)
      }
    }
  }
  const isSmall = (i: number) => diagonal[i] < small * largest[i]
  const partner = new Int32Array(n).fill(-1)
  const candidates = entries
    .map((_, k) => k)
    .filter(k => isSmall(rows[k]) || isSmall(A.columnIndices[entries[k]]))
  candidates.sort((a, b) => Math.abs(values[entries[b]]) - Math.abs(values[entries[a]]) || a - b)
  for (const k of candidates) {
    const [i, j] = [rows[k], A.columnIndices[entries[k]]]
    if (partner[i] >= 0 || partner[j] >= 0) continue
    partner[i] = j
    partner[j] = i
  }
  return partner
}

/** Orders the graph in which each pair is one node; both of a pair come one after the other, in one front. */
export function compressed(
  graph: Graph,
  pairing: Pairing,
  options: OrderingOptions,
): { readonly name: string; readonly symbolic: SymbolicFactor } {
  const n = graph.size
  const group = new Int32Array(n)
  const members: (readonly number[])[] = []
  for (let i = 0; i < n; i++) {
    const other = pairing[i]
    if (other >= 0 && other < i) continue
    group[i] = members.length
    if (other >= 0) group[other] = members.length
    members.push(other >= 0 ? [i, other] : [i])
  }
  const ties = new Int32Array(n).fill(-1)
  for (const [first, second] of members) if (second !== undefined) ties[first] = second
  const { coordinates } = options
  const dimensions = coordinates ? coordinates.length / n : 0
  const centres =
    coordinates &&
    Float64Array.from({ length: members.length * dimensions }, (_, e) => {
      return coordinates[members[Math.floor(e / dimensions)][0] * dimensions + (e % dimensions)]
    })
  return orderingOf(quotient(graph, group, members), { ...options, coordinates: centres }, order => {
    return symbolicFactor(graph, Int32Array.from([...order].flatMap(k => [...members[k]])), ties)
  })
}

function quotient(graph: Graph, group: Int32Array, members: readonly (readonly number[])[]): Graph {
  const pointers = new Int32Array(members.length + 1)
  const neighbours = new Int32Array(graph.neighbours.length)
  const seen = new Int32Array(members.length).fill(-1)
  let end = 0
  members.forEach((nodes, k) => {
    seen[k] = k
    for (const node of nodes) {
      for (let p = graph.pointers[node]; p < graph.pointers[node + 1]; p++) {
        const other = group[graph.neighbours[p]]
        if (seen[other] === k) continue
        seen[other] = k
        neighbours[end++] = other
      }
    }
    pointers[k + 1] = end
  })
  return { size: members.length, pointers, neighbours: neighbours.slice(0, end) }
}
