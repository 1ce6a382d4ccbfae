import * as tf from '@tensorflow/tfjs-core'
import { jvp } from '../compiler/trace/derivatives.ts'
import { solve } from '../solvers/linear/solve.ts'
import { type TriangleMesh, twiceArea } from './triangleMesh.ts'

/** A quantity at points: of the time, vectors of their x and y, and their temperatures; a vector of the same length. */
export type HeatFunction = (t: tf.Tensor, x: tf.Tensor1D, y: tf.Tensor1D, T: tf.Tensor1D) => tf.Tensor

/** Conduction of heat in a plate, which is one metre thick where powers and energies are counted. SI units. */
export interface HeatConduction {
  readonly mesh: TriangleMesh
  /** k [W/(m·K)], > 0. */
  readonly conductivity: HeatFunction
  /** ρc [J/(m³·K)], > 0; with a consistent mass matrix it may not depend on T. */
  readonly capacity: HeatFunction
  /** q [W/m³]. */
  readonly source?: HeatFunction
  /** Parts of the boundary whose temperature [K] is given, over t, x and y; a node of two parts belongs to the first. */
  readonly temperatures?: Readonly<
    Record<string, (t: tf.Tensor, x: tf.Tensor1D, y: tf.Tensor1D) => tf.Tensor>
  >
  /** What flows in through parts of the boundary [W/m²]; convection is h·(T∞ − T). Elsewhere nothing flows. */
  readonly fluxes?: Readonly<Record<string, HeatFunction>>
  /** C: the finite elements' own matrix, or its row sums on the diagonal. Default: lumped. */
  readonly mass?: 'lumped' | 'consistent'
}

/** The system of ordinary differential equations C·dT/dt = −K(T)·T + q of the free nodes. */
export interface HeatElements {
  /** Numbers of the nodes that are the state, in its order. */
  readonly free: readonly number[]
  /** T of all nodes from those of the free ones. */
  temperatures(t: tf.Tensor, state: tf.Tensor1D): tf.Tensor1D
  /** C [free, free]. */
  mass(t: tf.Tensor, state: tf.Tensor1D): tf.Tensor2D
  /** −K(T)·T + q, less what the given temperatures take up: [free], W/m. */
  flow(t: tf.Tensor, state: tf.Tensor1D): tf.Tensor1D
  /** dT/dt = C⁻¹·flow: [free]. */
  derivative(t: tf.Tensor, state: tf.Tensor1D): tf.Tensor1D
  /** k in the middle of each triangle: [triangles]. */
  conductivity(t: tf.Tensor, state: tf.Tensor1D): tf.Tensor1D
  /** ∫ ρc·T [J/m]. */
  energy(t: tf.Tensor, state: tf.Tensor1D): tf.Tensor
}

/**
 * Linear finite elements for ρc·∂T/∂t = ∇·(k(x, y, T)·∇T) + q. Of a triangle, ∫ ∇φᵢ·∇φⱼ = −½·cot γ with γ the angle opposite to the edge
 * ij, so that
 *
 *     K = Bᵀ·W·B,    W = Σ k·½·cot γ over the one or two triangles at each edge,
 *
 * with B the incidence matrix of edges: what leaves one node arrives at another, and energy is conserved to rounding. k, ρc and q are
 * taken at the middle of each triangle, at the mean of its three temperatures, and fluxes at the nodes: errors O(h²). Where no angle is
 * obtuse W ≥ 0, and with the lumped C the hottest node never gets hotter by conduction (the maximum principle); the consistent C does
 * not have that law. (Strang & Fix, *An Analysis of the Finite Element Method*, 1973, ch. 1 and 7; Thomée, *Galerkin Finite Element
 * Methods for Parabolic Problems*, ch. 15.)
 *
 * @throws RangeError where a part of the boundary is not there, or no node is free
 * @example
 * const mesh = rectangleMesh([1, 1], [10, 10])
 * const plate = heatElements({
 *   mesh,
 *   conductivity: (t, x, y, T) => tf.add(1, tf.mul(0.1, T)),
 *   capacity: (t, x) => tf.onesLike(x),
 *   temperatures: { left: (t, x) => tf.zerosLike(x) },
 * })
 * const field = vectorField((t, T) => plate.derivative(t, T), { state: [plate.free.length] })
 */
export function heatElements(conduction: HeatConduction): HeatElements {
  const { mesh, conductivity, capacity, source, fluxes = {}, mass: kind = 'lumped' } = conduction
  const count = mesh.nodes.length / 2
  const fixed = fixedNodes(conduction)
  const owner = new Map(fixed.flatMap(({ nodes }, part) => nodes.map(node => [node, part] as const)))
  const free = Array.from({ length: count }, (_, k) => k).filter(k => !owner.has(k))
  if (free.length === 0) throw new RangeError('heat: the temperature of every node is given: nothing is free')
  const order = [...free, ...fixed.flatMap(({ nodes }) => nodes)]
  const place = new Map(order.map((node, k) => [node, k]))
  const { edges, triangles, corners } = incidence(mesh)
  const sides = Object.entries(fluxes).map(([name, flux]) => ({ flux, ...ends(mesh, name) }))

  const given = (t: tf.Tensor) =>
    tf.concat(
      fixed.map(({ value, nodes }) => over(value(t, ...places(mesh, nodes)), nodes.length)),
    ) as tf.Tensor1D
  const temperatures = (t: tf.Tensor, state: tf.Tensor1D): tf.Tensor1D =>
    fixed.length === 0
      ? state
      : (tf.gather(
          tf.concat([state, given(t)]),
          integers(Array.from({ length: count }, (_, k) => place.get(k)!)),
        ) as tf.Tensor1D)
  const ofFree = (values: tf.Tensor): tf.Tensor1D =>
    (fixed.length === 0 ? values : tf.gather(values, integers(free))) as tf.Tensor1D

  /** A function at the middle of each triangle: [triangles]. */
  function atCentroids(f: HeatFunction, t: tf.Tensor, T: tf.Tensor1D): tf.Tensor1D {
    const mean = tf.div(tf.addN(corners.map(nodes => tf.gather(T, integers(nodes)))), 3) as tf.Tensor1D
    const [x, y] = [triangles.x, triangles.y].map(values => tf.tensor1d(values))
    return over(f(t, x, y, mean), triangles.x.length)
  }
  /** Σ of a third of each triangle's integral at its corners: [nodes]. */
  function shared(f: HeatFunction, t: tf.Tensor, T: tf.Tensor1D): tf.Tensor1D {
    const thirds = tf.mul(
      atCentroids(f, t, T),
      tf.tensor1d(triangles.area.map(area => area / 3)),
    ) as tf.Tensor1D
    return tf.unsortedSegmentSum(tf.concat([thirds, thirds, thirds]), integers(corners.flat()), count)
  }
  /** −K(T)·T + q of all nodes. */
  function balance(t: tf.Tensor, T: tf.Tensor1D): tf.Tensor1D {
    const k = tf.gather(atCentroids(conductivity, t, T), integers(edges.triangles))
    const conductances = tf.unsortedSegmentSum(
      tf.mul(k, tf.tensor1d(edges.halfCotangents)) as tf.Tensor1D,
      integers(edges.of),
      edges.from.length,
    )
    const [from, to] = [integers(edges.from), integers(edges.to)]
    const flow = tf.mul(conductances, tf.sub(tf.gather(T, to), tf.gather(T, from))) as tf.Tensor1D
    const terms: tf.Tensor[] = [
      tf.unsortedSegmentSum(flow, from, count),
      tf.neg(tf.unsortedSegmentSum(flow, to, count)),
    ]
    if (source) terms.push(shared(source, t, T))
    for (const { flux, nodes, halfLengths } of sides) {
      const here = tf.gather(T, integers(nodes)) as tf.Tensor1D
      const density = over(flux(t, ...places(mesh, nodes), here), nodes.length)
      terms.push(
        tf.unsortedSegmentSum(
          tf.mul(density, tf.tensor1d(halfLengths)) as tf.Tensor1D,
          integers(nodes),
          count,
        ),
      )
    }
    return tf.addN(terms) as tf.Tensor1D
  }
  /** Consistent C of all nodes, times a vector: ∫ φᵢ·φⱼ = area·(1 + δᵢⱼ)/12. */
  function consistentTimes(t: tf.Tensor, T: tf.Tensor1D, v: tf.Tensor1D): tf.Tensor1D {
    const twelfths = tf.mul(atCentroids(capacity, t, T), tf.tensor1d(triangles.area.map(area => area / 12)))
    const own = corners.map(nodes => tf.gather(v, integers(nodes)))
    const sum = tf.addN(own)
    const parts = own.map(value => tf.mul(twelfths, tf.add(sum, value)))
    return tf.unsortedSegmentSum(tf.concat(parts) as tf.Tensor1D, integers(corners.flat()), count)
  }
  /** Consistent C of the free nodes: [free, free]. */
  function consistent(t: tf.Tensor, T: tf.Tensor1D): tf.Tensor2D {
    const n = free.length
    const twelfths = tf.mul(atCentroids(capacity, t, T), tf.tensor1d(triangles.area.map(area => area / 12)))
    const [values, cells]: [tf.Tensor[], number[]] = [[], []]
    for (const [i, rows] of corners.entries())
      for (const [j, columns] of corners.entries()) {
        values.push(i === j ? tf.mul(2, twelfths) : twelfths)
        // entries of given temperatures go into one more cell, which is cut off
        cells.push(...rows.map((node, k) => cellOf(place.get(node)!, place.get(columns[k])!, n)))
      }
    const sums = tf.unsortedSegmentSum(tf.concat(values) as tf.Tensor1D, integers(cells), n * n + 1)
    return tf.reshape(tf.slice(sums, 0, n * n), [n, n]) as tf.Tensor2D
  }
  function flow(t: tf.Tensor, state: tf.Tensor1D): tf.Tensor1D {
    const T = temperatures(t, state)
    const all = balance(t, T)
    if (kind === 'lumped' || fixed.length === 0) return ofFree(all)
    const rates = jvp(time => temperatures(time, state))([t], [tf.scalar(1)]).tangent as tf.Tensor1D
    return ofFree(tf.sub(all, consistentTimes(t, T, rates)))
  }
  const lumped = (t: tf.Tensor, state: tf.Tensor1D) => shared(capacity, t, temperatures(t, state))
  const mass = (t: tf.Tensor, state: tf.Tensor1D): tf.Tensor2D =>
    kind === 'consistent'
      ? consistent(t, temperatures(t, state))
      : (tf.mul(tf.reshape(ofFree(lumped(t, state)), [-1, 1]), tf.eye(free.length)) as tf.Tensor2D)
  return {
    free,
    temperatures,
    mass,
    flow,
    derivative: (t, state) =>
      kind === 'consistent'
        ? (solve(mass(t, state), flow(t, state), { structure: 'spd' }) as tf.Tensor1D)
        : (tf.div(flow(t, state), ofFree(lumped(t, state))) as tf.Tensor1D),
    conductivity: (t, state) => atCentroids(conductivity, t, temperatures(t, state)),
    energy: (t, state) => tf.sum(tf.mul(lumped(t, state), temperatures(t, state))),
  }
}

const cellOf = (i: number, j: number, n: number): number => (i < n && j < n ? i * n + j : n * n)

const integers = (values: readonly number[]): tf.Tensor1D => tf.tensor1d([...values], 'int32')

/** A number or a vector as a vector of this length. */
const over = (value: tf.Tensor, length: number): tf.Tensor1D =>
  (value.rank === 1 ? value : tf.mul(value, tf.ones([length]))) as tf.Tensor1D

/** x and y of nodes. */
const places = ({ nodes }: TriangleMesh, of: readonly number[]): [x: tf.Tensor1D, y: tf.Tensor1D] => [
  tf.tensor1d(of.map(node => nodes[2 * node])),
  tf.tensor1d(of.map(node => nodes[2 * node + 1])),
]

/** Edges of a part of the boundary. */
function part({ boundary }: TriangleMesh, name: string): number[] {
  if (!Object.hasOwn(boundary, name))
    throw new RangeError(
      `heat: the mesh has no boundary "${name}". There are: ${Object.keys(boundary).join(', ') || 'none'}`,
    )
  return Array.from(boundary[name])
}

/** Nodes whose temperature is given, each once. */
function fixedNodes({ mesh, temperatures = {} }: HeatConduction) {
  const taken = new Set<number>()
  return Object.entries(temperatures).map(([name, value]) => {
    const nodes = [...new Set(part(mesh, name))].filter(node => !taken.has(node))
    for (const node of nodes) taken.add(node)
    return { value, nodes }
  })
}

/** Both ends of each edge of a part, and what of the boundary belongs to them: half of the edge, m. */
function ends(mesh: TriangleMesh, name: string): { nodes: number[]; halfLengths: number[] } {
  const nodes = part(mesh, name)
  const halfLengths = nodes.map((_, k) => {
    const [a, b] = [nodes[k - (k % 2)], nodes[k - (k % 2) + 1]].map(node => 2 * node)
    const [dx, dy] = [0, 1].map(axis => mesh.nodes[b + axis] - mesh.nodes[a + axis])
    return Math.sqrt(dx * dx + dy * dy) / 2
  })
  return { nodes, halfLengths }
}

/** Triangles by their middles and areas, corners [3][triangles], and edges with ½·cot γ of each triangle at them. */
function incidence({ nodes, triangles }: TriangleMesh) {
  const count = triangles.length / 3
  const corners = [0, 1, 2].map(corner => Array.from({ length: count }, (_, k) => triangles[3 * k + corner]))
  const [x, y] = [0, 1].map(axis =>
    corners[0].map((_, k) => corners.reduce((sum, of) => sum + nodes[2 * of[k] + axis], 0) / 3),
  )
  const area = corners[0].map((a, k) => twiceArea(nodes, a, corners[1][k], corners[2][k]) / 2)
  const numbers = new Map<string, number>()
  const edges = {
    from: [] as number[],
    to: [] as number[],
    of: [] as number[],
    triangles: [] as number[],
    halfCotangents: [] as number[],
  }
  for (let k = 0; k < count; k++)
    for (let corner = 0; corner < 3; corner++) {
      const [c, a, b] = [0, 1, 2].map(step => triangles[3 * k + ((corner + step) % 3)])
      const key = `${Math.min(a, b)},${Math.max(a, b)}`
      let number = numbers.get(key)
      if (number === undefined) {
        number = edges.from.push(a) - 1
        edges.to.push(b)
        numbers.set(key, number)
      }
      const [ax, ay, bx, by] = [a, b].flatMap(node =>
        [0, 1].map(axis => nodes[2 * node + axis] - nodes[2 * c + axis]),
      )
      edges.of.push(number)
      edges.triangles.push(k)
      edges.halfCotangents.push((ax * bx + ay * by) / (4 * area[k]))
    }
  return { edges, corners, triangles: { x, y, area } }
}
