/** Triangles in the plane. */
export interface TriangleMesh {
  /** x and y of each node, m: (count, 2), row by row. */
  readonly nodes: Float64Array
  /** Nodes of each triangle, counter-clockwise: (triangles, 3). */
  readonly triangles: Uint32Array
  /** Edges of the named parts of the boundary, as pairs of nodes: (edges, 2). What is not named is boundary without a name. */
  readonly boundary: Readonly<Record<string, Uint32Array>>
}

/** The sides of a rectangle. */
export const rectangleSides = ['left', 'right', 'bottom', 'top'] as const

/**
 * A rectangle of columns × rows cells, each cut along its rising diagonal; no angle is obtuse. Node (i, j), column i of row j from the
 * lower left, is number j·(columns + 1) + i.
 *
 * @param size width and height, m
 * @param origin its lower left corner, m
 * @throws RangeError where a length is not positive, or there is no cell
 * @example
 * const mesh = rectangleMesh([2, 1], [20, 10])
 */
export function rectangleMesh(
  [width, height]: readonly [number, number],
  [columns, rows]: readonly [number, number],
  [x0, y0]: readonly [number, number] = [0, 0],
): TriangleMesh {
  if (!(width > 0 && height > 0 && width < Infinity && height < Infinity))
    throw new RangeError(`rectangleMesh: the sides must be positive lengths, not ${width} and ${height}`)
  if (![columns, rows].every(count => Number.isInteger(count) && count > 0))
    throw new RangeError(`rectangleMesh: columns and rows are counts from 1, not ${columns} and ${rows}`)
  const at = (i: number, j: number) => j * (columns + 1) + i
  const nodes = new Float64Array(2 * (columns + 1) * (rows + 1))
  for (let j = 0; j <= rows; j++)
    for (let i = 0; i <= columns; i++)
      nodes.set([x0 + (width * i) / columns, y0 + (height * j) / rows], 2 * at(i, j))
  const triangles: number[] = []
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      const [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)]
      triangles.push(a, b, c, a, c, d)
    }
  const side = (count: number, node: (k: number) => number) =>
    Uint32Array.from({ length: 2 * count }, (_, k) => node((k >> 1) + (k & 1)))
  return {
    nodes,
    triangles: Uint32Array.from(triangles),
    boundary: {
      left: side(rows, k => at(0, rows - k)),
      right: side(rows, k => at(columns, k)),
      bottom: side(columns, k => at(k, 0)),
      top: side(columns, k => at(columns - k, rows)),
    },
  }
}

/** A mesh as a file has it: `{"nodes": [[x, y], …], "triangles": [[a, b, c], …], "boundary": {"rim": [[a, b], …]}}`. */
export interface WrittenMesh {
  readonly nodes: readonly (readonly number[])[]
  readonly triangles: readonly (readonly number[])[]
  readonly boundary?: Readonly<Record<string, readonly (readonly number[])[]>>
}

/**
 * A mesh from lists; triangles that are written clockwise are turned over.
 *
 * @throws RangeError where an index names no node, a triangle has no area, a node belongs to no triangle, or an edge of the boundary
 *   is no edge of exactly one triangle
 */
export function triangleMesh({ nodes, triangles, boundary = {} }: WrittenMesh): TriangleMesh {
  const bad = (what: string) => new RangeError(`mesh: ${what}`)
  const count = nodes.length
  nodes.forEach((point, k) => {
    if (point.length !== 2 || !point.every(Number.isFinite))
      throw bad(`node ${k} must be two numbers, [x, y]`)
  })
  const indices = (list: readonly number[], length: number, place: string) => {
    if (list.length !== length) throw bad(`${place} has ${list.length} nodes, not ${length}`)
    for (const node of list)
      if (!(Number.isInteger(node) && node >= 0 && node < count))
        throw bad(`${place} names node ${node}; there are ${count}, from 0`)
    return list
  }
  const flat = Float64Array.from(nodes.flat())
  const turned = triangles.flatMap((corners, k) => {
    const [a, b, c] = indices(corners, 3, `triangle ${k}`)
    const twice = twiceArea(flat, a, b, c)
    if (!(Math.abs(twice) > 0)) throw bad(`triangle ${k} has no area`)
    return twice > 0 ? [a, b, c] : [a, c, b]
  })
  const used = new Set(turned)
  for (let k = 0; k < count; k++) if (!used.has(k)) throw bad(`node ${k} belongs to no triangle`)
  const sides = new Map<number, number>()
  const key = (a: number, b: number) => Math.min(a, b) * count + Math.max(a, b)
  for (let k = 0; k < turned.length; k++) {
    const edge = key(turned[k], turned[k - (k % 3) + ((k + 1) % 3)])
    sides.set(edge, (sides.get(edge) ?? 0) + 1)
  }
  const parts = Object.entries(boundary).map(([name, edges]): [string, Uint32Array] => [
    name,
    Uint32Array.from(
      edges.flatMap((edge, k) => {
        const [a, b] = indices(edge, 2, `edge ${k} of boundary ${name}`)
        if (sides.get(key(a, b)) !== 1)
          throw bad(`edge ${k} of boundary ${name}, [${a}, ${b}], is not on the rim`)
        return [a, b]
      }),
    ),
  ])
  return { nodes: flat, triangles: Uint32Array.from(turned), boundary: Object.fromEntries(parts) }
}

/** Twice the area of a triangle, m²; negative where it runs clockwise. */
export function twiceArea(nodes: Float64Array, a: number, b: number, c: number): number {
  const [x, y] = [nodes[2 * a], nodes[2 * a + 1]]
  return (nodes[2 * b] - x) * (nodes[2 * c + 1] - y) - (nodes[2 * b + 1] - y) * (nodes[2 * c] - x)
}

/**
 * The triangle that holds a point, and the point's barycentric coordinates in it: what is linear in each triangle has there the value
 * Σ weights·values of the nodes.
 *
 * @throws RangeError where the point lies outside
 */
export function locate(
  { nodes, triangles }: TriangleMesh,
  x: number,
  y: number,
): { nodes: readonly number[]; weights: readonly number[] } {
  const point = Float64Array.from([...nodes, x, y])
  const p = nodes.length / 2
  const rounding = 1e-12
  for (let k = 0; k < triangles.length; k += 3) {
    const [a, b, c] = triangles.subarray(k, k + 3)
    const whole = twiceArea(nodes, a, b, c)
    const weights = [twiceArea(point, p, b, c), twiceArea(point, a, p, c), twiceArea(point, a, b, p)].map(
      part => part / whole,
    )
    if (weights.every(weight => weight >= -rounding)) return { nodes: [a, b, c], weights }
  }
  throw new RangeError(`the point [${x}, ${y}] lies outside of the mesh`)
}
