import { minimumDegree } from './minimumDegree.ts'
import { type Graph, subgraph } from './pattern.ts'

/** Parts of at most this many nodes are ordered by minimum degree. */
const smallest = 200

/**
 * The nested dissection ordering: a separator's nodes come last, after the two parts that it keeps apart, and the parts
 * likewise (George, SIAM J. Numer. Anal. 10, 1973). Fill in a plane grid is O(n log n), and less than minimum degree's on
 * large grids, above all in space.
 *
 * @param coordinates [size × dimensions], row-major: a part is cut across its longest side, through the middle. Without
 *   them by a middle level of the distances from a node far out (George & Liu, 1978).
 */
export function nestedDissection(graph: Graph, coordinates?: Float64Array): Int32Array {
  const n = graph.size
  const order = new Int32Array(n)
  const place = new Int32Array(n).fill(-1)
  const dimensions = coordinates ? coordinates.length / n : 0
  if (coordinates && (!Number.isInteger(dimensions) || dimensions < 1)) {
    throw new RangeError(`nestedDissection: ${coordinates.length} coordinates do not divide among ${n} nodes`)
  }
  /** The parts to do: their nodes, and the end of their places in the order. */
  const parts: { nodes: Int32Array; end: number }[] = [
    { nodes: Int32Array.from({ length: n }, (_, i) => i), end: n },
  ]
  for (let part = parts.pop(); part; part = parts.pop()) {
    const { nodes, end } = part
    const sub = subgraph(graph, nodes, place)
    const sides =
      nodes.length <= smallest
        ? null
        : separate(sub, coordinates && ((k, d) => coordinates[nodes[k] * dimensions + d]), dimensions)
    if (!sides) {
      minimumDegree(sub).forEach((k, position) => {
        order[end - nodes.length + position] = nodes[k]
      })
      continue
    }
    const [first, second, separator] = [0, 1, 2].map(side => nodes.filter((_, k) => sides[k] === side))
    order.set(separator, end - separator.length)
    parts.push({ nodes: first, end: end - separator.length - second.length })
    parts.push({ nodes: second, end: end - separator.length })
  }
  return order
}

/** For each node 0 or 1, its part, or 2: the separator. Null where the graph cannot be cut in two. */
function separate(
  graph: Graph,
  coordinate: ((node: number, dimension: number) => number) | undefined,
  dimensions: number,
): Uint8Array | null {
  const sides = coordinate ? halves(graph, coordinate, dimensions) : levelSets(graph)
  const inside = [0, 0]
  for (const side of sides) inside[side]++
  if (inside[0] === 0 || inside[1] === 0) return null
  coverEdges(graph, sides)
  const parts = [0, 0, 0]
  for (const side of sides) parts[side]++
  return parts[0] > 0 && parts[1] > 0 ? sides : null
}

/** Below and above the median of the coordinate with the largest range. */
function halves(
  { size }: Graph,
  coordinate: (node: number, dimension: number) => number,
  dimensions: number,
): Uint8Array {
  let best = { range: -1, values: new Float64Array() }
  for (let d = 0; d < dimensions; d++) {
    const values = Float64Array.from({ length: size }, (_, k) => coordinate(k, d))
    let [least, most] = [values[0], values[0]]
    for (const value of values) {
      if (value < least) least = value
      if (value > most) most = value
    }
    if (most - least > best.range) best = { range: most - least, values }
  }
  const median = best.values.slice().sort()[size >> 1]
  return Uint8Array.from(best.values, value => +(value >= median))
}

/** By the distance from a node that is as far out as can be: the levels that hold half of the nodes, and the others. */
function levelSets(graph: Graph): Uint8Array {
  const { size } = graph
  let levels = distances(graph, 0)
  for (let turn = 0; turn < 4; turn++) {
    const next = distances(graph, levels.last)
    if (next.most <= levels.most) break
    levels = next
  }
  if (levels.reached < size) return Uint8Array.from(levels.distance, distance => +(distance < 0))
  const counts = new Int32Array(levels.most + 1)
  for (const distance of levels.distance) counts[distance]++
  // Of the levels that leave at least 2 in 5 nodes on each side, the one with fewest nodes.
  let below = 0
  let best = { level: -1, cost: Number.POSITIVE_INFINITY }
  counts.forEach((count, level) => {
    const side = Math.min(below, size - below)
    const cost = count * (side >= 0.4 * size ? 1 : (0.4 * size) / Math.max(side, 1))
    if (level > 0 && cost < best.cost) best = { level, cost }
    below += count
  })
  return Uint8Array.from(levels.distance, distance => +(distance >= best.level))
}

/** Distances from a node, by breadth; −1 where there is no path. */
function distances({ size, pointers, neighbours }: Graph, from: number) {
  const distance = new Int32Array(size).fill(-1)
  const queue = new Int32Array(size)
  let reached = 1
  queue[0] = from
  distance[from] = 0
  for (let k = 0; k < reached; k++) {
    const i = queue[k]
    for (let p = pointers[i]; p < pointers[i + 1]; p++) {
      const j = neighbours[p]
      if (distance[j] >= 0) continue
      distance[j] = distance[i] + 1
      queue[reached++] = j
    }
  }
  const last = queue[reached - 1]
  return { distance, last, most: distance[last], reached }
}

/**
 * Moves the nodes of a smallest cover of the edges between the two sides into the separator: by a largest matching of those
 * edges, König's theorem (Ashcraft & Liu, SIAM J. Matrix Anal. Appl. 19, 1998).
 */
function coverEdges({ size, pointers, neighbours }: Graph, sides: Uint8Array): void {
  const match = new Int32Array(size).fill(-1)
  const seen = new Int32Array(size).fill(-1)
  const next = new Int32Array(size)
  const stack = new Int32Array(size + 1)
  /** Looks for an augmenting path from the unmatched node `from` of side 0, without recursion. */
  const augment = (from: number): void => {
    let depth = 0
    stack[0] = from
    next[from] = pointers[from]
    while (depth >= 0) {
      const i = stack[depth]
      if (next[i] === pointers[i + 1]) {
        depth--
        continue
      }
      const j = neighbours[next[i]++]
      if (sides[j] !== 1 || seen[j] === from) continue
      seen[j] = from
      if (match[j] >= 0) {
        stack[++depth] = match[j]
        next[match[j]] = pointers[match[j]]
        continue
      }
      // Along the path each node of side 0 takes the one that it reached last.
      for (; depth >= 0; depth--) {
        const node = stack[depth]
        const other = neighbours[next[node] - 1]
        match[other] = node
        match[node] = other
      }
      return
    }
  }
  for (let i = 0; i < size; i++) if (sides[i] === 0) augment(i)
  // What unmatched nodes of side 0 reach by alternating paths: the cover is side 0 not reached, side 1 reached.
  const reached = new Uint8Array(size)
  let top = 0
  for (let i = 0; i < size; i++) {
    if (sides[i] !== 0 || match[i] >= 0) continue
    reached[i] = 1
    stack[top++] = i
    while (top > 0) {
      const node = stack[--top]
      for (let p = pointers[node]; p < pointers[node + 1]; p++) {
        const j = neighbours[p]
        if (sides[j] !== 1 || reached[j]) continue
        reached[j] = 1
        if (!reached[match[j]]) {
          reached[match[j]] = 1
          stack[top++] = match[j]
        }
      }
    }
  }
  const cover = sides.map((side, i) => +(match[i] >= 0 && (side === 0 ? !reached[i] : reached[i] === 1)))
  cover.forEach((inCover, i) => {
    if (inCover) sides[i] = 2
  })
}
