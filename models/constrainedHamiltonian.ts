import * as tf from '@tensorflow/tfjs-core'
import { grad, jvp, vjp } from '../compiler/trace/derivatives.ts'
import { solve } from '../solvers/linear/solve.ts'
import { times } from './matrices.ts'

/** Point masses in Cartesian coordinates X [count, d] under holonomic constraints. SI units. */
export interface ConstrainedBodies {
  readonly count: number
  /** d: 1, 2 or 3 */
  readonly dimensions: number
  /** [count], > 0; the exponential of what is learned. */
  readonly masses: tf.Tensor1D
  /** V(X) [J]. */
  potential(positions: tf.Tensor2D): tf.Tensor
  /** g(X) = 0: [m], none of which follows from the others, such as `rodConstraints`. */
  constraints(positions: tf.Tensor2D): tf.Tensor1D
}

/** H = Σ |pᵢ|²/(2mᵢ) + V(X): a scalar [J]. @param y [2·count·d]: positions, body by body, then momenta */
export function constrainedHamiltonian(bodies: ConstrainedBodies, y: tf.Tensor1D): tf.Tensor {
  const [x, p] = halves(bodies, y)
  const kinetic = tf.mul(0.5, tf.sum(tf.mul(p, byMass(bodies, p))))
  return tf.add(kinetic, bodies.potential(positions(bodies, x)))
}

/**
 * d/dt (X, p) on the manifold Φ = (g, ġ) = 0, by Dirac's bracket. With J the symplectic unit and D = ∂Φ/∂(X, p),
 *
 *     ẏ = (J − J·Dᵀ·(D·J·Dᵀ)⁻¹·D·J)·∇H.
 *
 * The matrix is skew and D times it is zero: H, g and ġ are conserved whatever V and the masses are, also learned ones, and also off
 * the manifold. (Finzi, Wang & Wilson, Simplifying Hamiltonian and Lagrangian neural networks via explicit constraints, NeurIPS 2020.)
 * With G = ∂g/∂X, C = ∂(G·v)/∂X at v = M⁻¹p, A = G·M⁻¹·Gᵀ, the system of twice as many multipliers has the blocks
 *
 *     D·J·Dᵀ = [0 A; −A S],    S = C·M⁻¹·Gᵀ − G·M⁻¹·Cᵀ,
 *
 * so that two solves with the symmetric positive definite A do.
 *
 * @param y [2·count·d]: positions, body by body, then momenta
 * @example
 * // a pendulum of length 1 in the plane
 * const pendulum = (): ConstrainedBodies => ({
 *   count: 1,
 *   dimensions: 2,
 *   masses: tf.tensor1d([1]),
 *   potential: X => tf.mul(9.81, tf.sum(tf.slice(X, [0, 1], [1, 1]))),
 *   constraints: X => rodConstraints(X, [['ground', 0, 1]]),
 * })
 * const field = vectorField((t, y) => constrainedHamiltonianDynamics(pendulum(), y), { state: [4] })
 */
export function constrainedHamiltonianDynamics(bodies: ConstrainedBodies, y: tf.Tensor1D): tf.Tensor1D {
  const [x, p] = halves(bodies, y)
  const v = byMass(bodies, p)
  const { G, C, A, rate, curvature } = geometry(bodies, x, v)
  const f = tf.neg(grad(at => bodies.potential(positions(bodies, at as tf.Tensor1D)))(x)) as tf.Tensor1D
  const [Gt, Ct] = [tf.transpose(G), tf.transpose(C)]
  // D·J·Dᵀ·(a, b) = D·J·∇H = (ġ, g̈ without constraint forces)
  const b = solve(A, rate, { structure: 'spd' }) as tf.Tensor1D
  const correction = byMass(bodies, times(Gt, b))
  const free = tf.add(times(G, byMass(bodies, f)), curvature)
  const skew = tf.sub(times(C, correction), times(G, byMass(bodies, times(Ct, b))))
  const a = solve(A, tf.sub(skew, free) as tf.Tensor1D, { structure: 'spd' }) as tf.Tensor1D
  return tf.concat([tf.sub(v, correction), tf.addN([f, times(Gt, a), times(Ct, b)])]) as tf.Tensor1D
}

/**
 * d/dt (X, v) of the same bodies: the acceleration by Gauss' principle,
 *
 *     M·v̇ = f − Gᵀλ,    G·M⁻¹·Gᵀ·λ = G·M⁻¹·f + Ġ·v.
 *
 * The motion is that of `constrainedHamiltonianDynamics` where g = ġ = 0; off it g̈ = 0, and a drift grows linearly.
 *
 * @param y [2·count·d]: positions, body by body, then velocities
 */
export function constrainedLagrangianDynamics(bodies: ConstrainedBodies, y: tf.Tensor1D): tf.Tensor1D {
  const [x, v] = halves(bodies, y)
  const { G, A, curvature } = geometry(bodies, x, v)
  const f = tf.neg(grad(at => bodies.potential(positions(bodies, at as tf.Tensor1D)))(x)) as tf.Tensor1D
  const free = tf.add(times(G, byMass(bodies, f)), curvature) as tf.Tensor1D
  const lambda = solve(A, free, { structure: 'spd' }) as tf.Tensor1D
  return tf.concat([v, byMass(bodies, tf.sub(f, times(tf.transpose(G), lambda)) as tf.Tensor1D)])
}

/** A body by its number, or the origin. */
export type RodEnd = number | 'ground'

/** |xᵢ − xⱼ|² − l² of rigid rods from i to j of length l [m]: [rods]. @param X [count, d] */
export function rodConstraints(
  X: tf.Tensor2D,
  rods: readonly (readonly [from: RodEnd, to: RodEnd, length: number])[],
): tf.Tensor1D {
  const [count, d] = X.shape
  const grounded = tf.concat([X, tf.zeros([1, d])]) as tf.Tensor2D
  const ends = [0, 1].map(end =>
    tf.gather(
      grounded,
      tf.tensor1d(
        rods.map(rod => (rod[end] === 'ground' ? count : (rod[end] as number))),
        'int32',
      ),
    ),
  )
  const squares = tf.sum(tf.square(tf.sub(ends[1], ends[0])), 1)
  return tf.sub(squares, tf.tensor1d(rods.map(([, , length]) => length * length)))
}

/** G = ∂g/∂X and C = ∂(G·v)/∂X, [m, count·d]; A = G·M⁻¹·Gᵀ; G·v and its rate C·v. */
function geometry(bodies: ConstrainedBodies, x: tf.Tensor1D, v: tf.Tensor1D) {
  const g = (at: tf.Tensor) => bodies.constraints(positions(bodies, at as tf.Tensor1D))
  const rateAt = (at: tf.Tensor) => jvp(g)([at], [v]).tangent
  const G = jacobian(g, x)
  const C = jacobian(rateAt, x)
  const inverse = inverseMasses(bodies)
  const A = tf.matMul(tf.mul(G, inverse) as tf.Tensor2D, G, false, true) as tf.Tensor2D
  return { G, C, A, rate: times(G, v), curvature: times(C, v) }
}

/** ∂f/∂x: [m, n], row by row. */
function jacobian(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor1D): tf.Tensor2D {
  const m = f(x).shape[0]!
  const rows = Array.from({ length: m }, (_, i) => {
    const unit = tf.tensor1d(Array.from({ length: m }, (__, j) => (i === j ? 1 : 0)))
    return vjp(f)([x], unit).gradients[0]
  })
  return tf.stack(rows) as tf.Tensor2D
}

const positions = ({ count, dimensions }: ConstrainedBodies, x: tf.Tensor1D): tf.Tensor2D =>
  tf.reshape(x, [count, dimensions])

/** 1/m of each coordinate: [count·d]. */
function inverseMasses({ count, dimensions, masses }: ConstrainedBodies): tf.Tensor1D {
  const spread = tf.mul(tf.reshape(masses, [count, 1]), tf.ones([1, dimensions]))
  return tf.reshape(tf.div(1, spread), [count * dimensions])
}

const byMass = (bodies: ConstrainedBodies, vector: tf.Tensor1D): tf.Tensor1D =>
  tf.mul(vector, inverseMasses(bodies))

/** Positions, then momenta or velocities. */
function halves({ count, dimensions }: ConstrainedBodies, y: tf.Tensor1D): [x: tf.Tensor1D, v: tf.Tensor1D] {
  const n = count * dimensions
  return [tf.slice(y, 0, n), tf.slice(y, n, n)]
}
