import * as tf from '@tensorflow/tfjs-core'
import { choleskyForm } from './massMatrix.ts'

/** What is known of every matrix of a form, whatever the network puts out: what certificates and error bounds ask for. */
export interface MatrixConstants {
  /** α with xᵀA·x ≥ α·xᵀx for all x: of a symmetric A the least eigenvalue is at least α, and ‖A⁻¹‖₂ ≤ 1/α. */
  readonly alpha?: number
  /** δ with a_ii ≥ δ + Σ_{j≠i}|a_ij| in every row: ‖A⁻¹‖∞ ≤ 1/δ. */
  readonly dominance?: number
  /** ‖A⁻¹‖₂ is at most this. */
  readonly inverseNorm?: number
}

/** A vector of network outputs as a system matrix that is never singular. */
export interface SystemMatrixForm {
  /** How many outputs it takes. */
  readonly outputs: number
  /** A [n, n]. @param outputs [outputs] */
  matrix(outputs: tf.Tensor1D): tf.Tensor2D
  /** For `solve(A, b, { structure })`. */
  readonly structure: 'general' | 'spd' | 'symmetric'
  readonly constants: MatrixConstants
}

/**
 * A = L·Lᵀ + α·I.
 *
 *     const form = positiveDefinite(10, 0.1)
 *     const A = form.matrix(network.apply(weights, y)) // network with form.outputs outputs
 *     const dydt = solve(A, f, { structure: form.structure })
 */
export const positiveDefinite = (n: number, alpha: number): SystemMatrixForm => {
  positive('alpha', alpha)
  return {
    outputs: (n * (n + 1)) / 2,
    matrix: outputs => choleskyForm(outputs, n, alpha),
    structure: 'spd',
    constants: { alpha, inverseNorm: 1 / alpha },
  }
}

/** |x| ≤ √(x² + ε²), which has a derivative at 0. */
const roundedCorner = 1e-3

/**
 * Row-dominant by δ, not symmetric: off the diagonal what the network says, a_ii = δ + Σ_{j≠i} √(a_ij² + 10⁻⁶) + softplus(d_i). Local
 * solves (`windowFunctional`, `localGradient`) prove their error by δ alone.
 */
export const rowDominant = (n: number, dominance: number): SystemMatrixForm => {
  positive('dominance', dominance)
  return {
    outputs: n * n,
    matrix(outputs) {
      const off = tf.sub(1, tf.eye(n))
      const square = tf.reshape(outputs, [n, n]) as tf.Tensor2D
      const A = tf.mul(square, off)
      const size = tf.sum(tf.mul(tf.sqrt(tf.add(tf.square(square), roundedCorner ** 2)), off), 1)
      const own = tf.sum(tf.mul(square, tf.eye(n)), 1)
      const diagonal = tf.add(tf.add(size, tf.softplus(own)), dominance)
      return tf.add(A, tf.mul(tf.reshape(diagonal, [n, 1]), tf.eye(n)))
    },
    structure: 'general',
    constants: { dominance },
  }
}

/**
 * The Laplacian of a graph with learned positive weights, grounded at each node: A = Bᵀ·diag(softplus(w))·B + g·I, B the incidence
 * matrix. Conduction, diffusion, resistors, springs; symmetric, an M-matrix, dominant by g.
 *
 * @param edges pairs of nodes
 * @throws RangeError where an edge names no node
 */
export const graphLaplacian = (
  n: number,
  edges: readonly (readonly [number, number])[],
  ground: number,
): SystemMatrixForm => {
  positive('ground', ground)
  const incidence = new Float64Array(edges.length * n)
  edges.forEach(([from, to], k) => {
    for (const node of [from, to]) {
      if (!(Number.isInteger(node) && node >= 0 && node < n))
        throw new RangeError(`graphLaplacian: edge ${k} names node ${node}; there are ${n}, from 0`)
    }
    incidence[k * n + from] += 1
    incidence[k * n + to] -= 1
  })
  return {
    outputs: edges.length,
    matrix(outputs) {
      const B = tf.tensor2d(Array.from(incidence), [edges.length, n])
      const weights = tf.reshape(tf.softplus(outputs), [edges.length, 1])
      return tf.add(tf.matMul(B, tf.mul(weights, B), true), tf.mul(ground, tf.eye(n)))
    },
    structure: 'spd',
    constants: { alpha: ground, dominance: ground, inverseNorm: 1 / ground },
  }
}

/**
 * The conditions of equilibrium under constraints, regularised: K = [H Jᵀ; J −α·I] with H = L·Lᵀ + α·I [n, n] and J [m, n], both from
 * the network. Quasi-definite (Vanderbei, SIAM J. Optim. 5, 1995): n eigenvalues are above α and m below −α, whatever J is.
 */
export const saddlePoint = (n: number, m: number, alpha: number): SystemMatrixForm => {
  const size = positiveDefinite(n, alpha)
  return {
    outputs: size.outputs + m * n,
    matrix(outputs) {
      const H = size.matrix(tf.slice(outputs, 0, size.outputs))
      const J = tf.reshape(tf.slice(outputs, size.outputs, m * n), [m, n]) as tf.Tensor2D
      const below = tf.mul(-alpha, tf.eye(m)) as tf.Tensor2D
      return tf.concat([tf.concat([H, tf.transpose(J)], 1), tf.concat([J, below], 1)], 0) as tf.Tensor2D
    },
    structure: 'symmetric',
    constants: { inverseNorm: 1 / alpha },
  }
}

/**
 * The seed's form: ½(W + Wᵀ) + (‖W‖ + 1)·I with the Frobenius norm of the symmetric part. Its eigenvalues are at least 1, but for large n
 * it is close to a multiple of the identity: little is left to learn. The other forms are what to take instead.
 */
export const shiftedSymmetric = (n: number): SystemMatrixForm => ({
  outputs: n * n,
  matrix(outputs) {
    const W = tf.reshape(outputs, [n, n])
    const symmetric = tf.mul(0.5, tf.add(W, tf.transpose(W)))
    const shift = tf.add(tf.sqrt(tf.sum(tf.square(symmetric))), 1)
    return tf.add(symmetric, tf.mul(shift, tf.eye(n))) as tf.Tensor2D
  },
  structure: 'spd',
  constants: { alpha: 1, inverseNorm: 1 },
})

function positive(name: string, value: number): number {
  if (!(value > 0 && value < Infinity))
    throw new RangeError(`${name} must be a positive number, not ${value}: the matrix could be singular`)
  return value
}
