import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { interpret } from '../../../compiler/interpret/index.ts'
import { trace } from '../../../compiler/trace/index.ts'
import { applyCsr, csrToDense } from '../csr.ts'
import { conjugateGradient } from '../krylov/index.ts'
import { norm } from '../krylov/vectors.ts'
import { uniformNumbers } from '../local/index.ts'
import { directSolver } from '../testing/directSolver.ts'
import { diffusion, poisson } from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import {
  compileLearned,
  conjugateDirections,
  correctedConjugateGradient,
  diagonalPlusLowRank,
  graphNetwork,
  inverseDiagonalPlusLowRank,
  kaporinOfInverse,
  proposeDirection,
  remainingEnergy,
  sparseProduct,
} from './index.ts'

const A = diffusion(4, 10, 2)
const n = A.rows
const b = randomVector(n, 3)
const matrix = { name: 'A', shape: [A.values.length] }
const vector = { name: 'b', shape: [n] }
const relative = (u: Float64Array, v: Float64Array) => norm(u.map((value, i) => value - v[i])) / norm(v)

/** x_k and r_k with these corrections. */
function corrected(alpha: number[], beta: number[]): Float64Array[] {
  const graph = trace(
    (values, right) => {
      const { x, r } = correctedConjugateGradient(sparseProduct(A)(values), right, {
        alpha: tf.tensor1d(alpha),
        beta: tf.tensor1d(beta),
      })
      return [x, r]
    },
    [matrix, vector],
  )
  return interpret(graph, [A.values, b])
}

describe('conjugate gradients with corrected steps', () => {
  it('with corrections of zero is conjugate gradients, iterate by iterate', () => {
    for (const k of [1, 3, 7]) {
      const { x } = conjugateGradient(A, b, { maxIterations: k, rtol: 1e-15 })
      expect(relative(corrected(Array(k).fill(0), Array(k).fill(0))[0], x)).toBeLessThan(1e-12)
    }
  })
  it('k = n agrees with the solution', () => {
    const [x] = corrected(Array(n).fill(0), Array(n).fill(0))
    expect(relative(x, directSolver(A).solve(b).x)).toBeLessThan(1e-9)
  })
  it('r is b − Ax, and converges with any 0 < s < 2: here s = 1.1', () => {
    // s = 2·logistic(θ) = 1.1 where θ = log(1.1/0.9).
    const [x, r] = corrected(Array(60).fill(Math.log(1.1 / 0.9)), Array(60).fill(0))
    const Ax = new Float64Array(n)
    applyCsr(A, x, Ax)
    expect(norm(r.map((value, i) => value - (b[i] - Ax[i])))).toBeLessThan(1e-13)
    expect(norm(r) / norm(b)).toBeLessThan(1e-6)
  })
})

describe('diagonal plus low rank', () => {
  const k = 3
  const d = randomVector(n, 5)
  const U = randomVector(n * k, 6)
  const M = Array.from({ length: n * n }, (_, p) => {
    const [i, j] = [Math.floor(p / n), p % n]
    let sum = i === j ? Math.exp(d[i]) : 0
    for (let a = 0; a < k; a++) sum += U[i * k + a] * U[j * k + a]
    return sum
  })
  it('by Woodbury: M·(M⁻¹r) = r; and the inverse form is its inverse', () => {
    const r = randomVector(n, 7)
    const [z, back] = [new Float64Array(n), new Float64Array(n)]
    diagonalPlusLowRank({ d, U }).apply(r, z)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) back[i] += M[i * n + j] * z[j]
    expect(relative(back, r)).toBeLessThan(1e-12)
    inverseDiagonalPlusLowRank({ d, U }).apply(z, back)
    expect(relative(back, r)).toBeLessThan(1e-12)
  })
  it('with random weights keeps conjugate gradients right: symmetric positive definite by construction', () => {
    for (const preconditioner of [diagonalPlusLowRank({ d, U }), inverseDiagonalPlusLowRank({ d, U })]) {
      const { status, x } = conjugateGradient(A, b, { preconditioner, rtol: 1e-11 })
      expect(status).toBe('converged')
      expect(relative(x, directSolver(A).solve(b).x)).toBeLessThan(1e-8)
    }
  })
  it('in M·A·x = M·b the solution does not depend on M: ∂x/∂M = 0, so M is trained on something else', () => {
    const dense = tf.tensor2d([...csrToDense(A)], [n, n])
    const w = tf.variable(tf.ones([n]))
    const { lossAndGradient } = compileLearned({
      f: right => {
        // M = diag(w): (MA)x = Mb by the normal equations' inverse would do as well; here by n corrected steps on MAM·y = Mb.
        const product = (v: tf.Tensor) =>
          tf.mul(w, tf.squeeze(tf.matMul(dense, tf.expandDims(tf.mul(w, v), 1)), [1]))
        const zeros = tf.zeros([n])
        const { x } = correctedConjugateGradient(product, tf.mul(w, right), { alpha: zeros, beta: zeros })
        return tf.sum(tf.mul(w, x))
      },
      inputs: [vector],
    })
    const { gradient, loss } = lossAndGradient(b)
    expect(norm(gradient)).toBeLessThan(1e-5 * Math.abs(loss))
  })
  it('Kaporin: log K ≥ 0, zero for c·A⁻¹, and its gradient is right', () => {
    const identity = poisson(3)
    const scaled = { ...identity, values: identity.values.map((_, p) => (identity.values[p] > 0 ? 5 : 0)) }
    const dV = tf.variable(tf.zeros([9]))
    const uV = tf.variable(tf.zeros([9, 2]))
    const learned = compileLearned({
      f: (values, diagonal) => kaporinOfInverse(sparseProduct(scaled)(values), diagonal, dV, uV),
      inputs: [
        { name: 'A', shape: [scaled.values.length] },
        { name: 'diagonal', shape: [9] },
      ],
    })
    // A = 5·I, M⁻¹ = I: K = 1. What is left out is −logdet A = −9·log 5.
    const diagonal = new Float64Array(9).fill(5)
    expect(learned.lossAndGradient(scaled.values, diagonal).loss - 9 * Math.log(5)).toBeCloseTo(0, 12)
    const uniform = uniformNumbers(4)
    for (let trial = 0; trial < 5; trial++) {
      learned.parameters.forEach((_, i) => {
        learned.parameters[i] = uniform() - 0.5
      })
      const { loss, gradient } = learned.lossAndGradient(scaled.values, diagonal)
      expect(loss - 9 * Math.log(5)).toBeGreaterThan(0)
      const direction = randomVector(gradient.length, trial)
      const along = gradient.reduce((sum, g, i) => sum + g * direction[i], 0)
      const at = (h: number) => {
        const saved = learned.parameters.slice()
        learned.parameters.forEach((value, i) => {
          learned.parameters[i] = value + h * direction[i]
        })
        const result = learned.lossAndGradient(scaled.values, diagonal).loss
        learned.parameters.set(saved)
        return result
      }
      expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(along, 7)
    }
  })
})

describe('conjugate directions', () => {
  const jacobi = (r: Float64Array, z: Float64Array) => z.set(r)
  it('whatever is proposed, even nonsense, the answer is right', () => {
    const uniform = uniformNumbers(1)
    const proposals: ((r: Float64Array, z: Float64Array) => void)[] = [
      jacobi,
      (_, z) => z.fill(0),
      (_, z) => z.fill(Number.NaN),
      (_, z) => z.set(z.map(() => uniform() - 0.5)),
    ]
    for (const propose of proposals) {
      const { status, x, message } = conjugateDirections(A, b, { propose, rtol: 1e-10 })
      expect(status, message).toBe('converged')
      expect(relative(x, directSolver(A).solve(b).x)).toBeLessThan(1e-8)
    }
  })
  it('with nothing proposed it is conjugate gradients; with the error proposed it is done at once', () => {
    const plain = conjugateGradient(A, b, { rtol: 1e-8 }).iterations
    expect(conjugateDirections(A, b, { propose: (_, z) => z.fill(0), rtol: 1e-8 }).iterations).toBe(plain)
    const solver = directSolver(A)
    const propose = (r: Float64Array, z: Float64Array) => z.set(solver.solve(r).x)
    expect(conjugateDirections(A, b, { propose, rtol: 1e-8 }).iterations).toBe(1)
  })
  it('an indefinite matrix is a status', () => {
    const indefinite = poisson(5, -3)
    expect(conjugateDirections(indefinite, randomVector(25, 1), { propose: jacobi }).status).not.toBe(
      'converged',
    )
  })
})

it('the graph network turns its sign with r, and what it leaves of the energy lies between 0 and 1', () => {
  const network = graphNetwork(2, 4, uniformNumbers(3))
  const learned = compileLearned(
    {
      f: (values, r, e) => {
        const product = sparseProduct(A)(values)
        const squared = sparseProduct(A)(tf.square(values))
        return remainingEnergy(product, proposeDirection(network, product, squared, r), r, e)
      },
      inputs: [matrix, vector, { name: 'e', shape: [n] }],
    },
    {
      direction: {
        f: (values, r) =>
          proposeDirection(network, sparseProduct(A)(values), sparseProduct(A)(tf.square(values)), r),
        inputs: [matrix, vector],
      },
    },
  )
  const e = directSolver(A).solve(b).x
  const { loss, gradient } = learned.lossAndGradient(A.values, b, e)
  expect(loss).toBeGreaterThan(0)
  expect(loss).toBeLessThan(1)
  expect(norm(gradient)).toBeGreaterThan(0)
  const plus = learned.functions.direction(A.values, b)[0].slice()
  const minus = learned.functions.direction(
    A.values,
    b.map(value => -value),
  )[0]
  expect(
    relative(
      minus.map(value => -value),
      plus,
    ),
  ).toBeLessThan(1e-15)
})
