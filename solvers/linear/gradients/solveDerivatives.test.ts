import { describe, expect, it } from 'vitest'
import { vjp as graphVjp } from '../../../compiler/differentiate/index.ts'
import { constant, input, multiply, reshape, scatterAdd, solve, sum } from '../../../compiler/primitives.ts'
import { complexStep } from '../../../compiler/testing/complexStep.ts'
import type { CsrMatrix } from '../csr.ts'
import { dot, norm } from '../krylov/vectors.ts'
import { incompleteLU } from '../preconditioners/index.ts'
import { directSolver } from '../testing/directSolver.ts'
import { convection, diffusion, randomDominant } from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import { krylovSolver, type LinearSolver, solveHvp, solveJvp, solveVjp } from './index.ts'

/** The loss ½Σ w_i·x_i², A·x = b, as a graph of the nonzeros and b. */
function lossGraph(A: CsrMatrix, weights: Float64Array) {
  const n = A.rows
  const places = new Float64Array(A.values.length)
  for (let i = 0; i < n; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) places[p] = i * n + A.columnIndices[p]
  }
  const values = input('values', [A.values.length])
  const b = input('b', [n, 1])
  const dense = reshape(scatterAdd(values, constant(places, [places.length]), n * n), [n, n])
  const x = solve(dense, b)
  const loss = sum(multiply(constant(weights, [n, 1]), multiply(x, x)), [0, 1])
  return { inputs: [values, b], output: loss, x }
}

const subtract = (u: Float64Array, v: Float64Array) => u.map((value, i) => value - v[i])
const relative = (u: Float64Array, v: Float64Array) => norm(subtract(u, v)) / norm(v)

const cases: [string, CsrMatrix, (A: CsrMatrix) => LinearSolver][] = [
  ['nonsymmetric, direct', convection(4, 3, 0.5), directSolver],
  [
    'nonsymmetric, GMRES',
    convection(4, 3, 0.5),
    A =>
      krylovSolver(A, {
        method: 'gmres',
        rtol: 1e-15,
        preconditioner: incompleteLU(A),
        adjoint: { rtol: 1e-15 },
      }),
  ],
  [
    'SPD, CG',
    diffusion(4, 10, 3),
    A => krylovSolver(A, { method: 'conjugateGradient', rtol: 1e-15, adjoint: { rtol: 1e-15 } }),
  ],
  ['random signs, direct', randomDominant(15, 3, 0.7, 1), directSolver],
]

describe.each(cases)('derivatives of A⁻¹b on the pattern: %s', (_, A, make) => {
  const n = A.rows
  const solver = make(A)
  const [b, w] = [randomVector(n, 1), randomVector(n, 2)]
  const { x } = solver.solve(b)
  const g = x.map((value, i) => 2 * w[i] * value)
  const gradient = solveVjp(A, solver, x, g)
  const tangent = { A: randomVector(A.values.length, 3), b: randomVector(n, 4) }
  const graph = lossGraph(A, w)

  it('VJP: along random directions as the complex step', () => {
    for (let seed = 10; seed < 15; seed++) {
      const [dA, db] = [randomVector(A.values.length, seed), randomVector(n, seed + 50)]
      const [[exact]] = complexStep(
        { inputs: graph.inputs, outputs: [graph.output] },
        [A.values, b],
        [dA, db],
      )
      const along = dot(gradient.A, dA) + dot(gradient.b, db)
      expect(Math.abs(along - exact)).toBeLessThan(
        1e-14 * (norm(gradient.A) * norm(dA) + norm(gradient.b) * norm(db)),
      )
    }
  })
  it('JVP: as the complex step, and ⟨g, Jv⟩ = ⟨Jᵀg, v⟩', () => {
    const { x: xDot } = solveJvp(A, solver, x, tangent)
    const [exact] = complexStep(
      { inputs: graph.inputs, outputs: [graph.x] },
      [A.values, b],
      [tangent.A, tangent.b],
    )
    expect(relative(xDot, exact)).toBeLessThan(1e-14)
    const right = dot(gradient.A, tangent.A) + dot(gradient.b, tangent.b)
    expect(Math.abs(dot(g, xDot) - right)).toBeLessThan(1e-14 * norm(g) * norm(xDot))
    expect(relative(solveJvp(A, solver, x, { b: tangent.b }).x, solver.solve(tangent.b).x)).toBe(0)
  })
  it('HVP: as the complex step of the gradient, and symmetric', () => {
    const hessianOfLoss = (v: Float64Array) => v.map((value, i) => 2 * w[i] * value)
    const product = (v: { A: Float64Array; b: Float64Array }) =>
      solveHvp(A, solver, x, gradient.b, v, hessianOfLoss)
    const Hv = product(tangent)
    const gradients = graphVjp([graph.output], [constant([1], [])], graph.inputs).map(node => node!)
    const [exactA, exactB] = complexStep(
      { inputs: graph.inputs, outputs: gradients },
      [A.values, b],
      [tangent.A, tangent.b],
    )
    expect(relative(Hv.A, exactA)).toBeLessThan(2e-14)
    expect(relative(Hv.b, exactB)).toBeLessThan(2e-14)
    const other = { A: randomVector(A.values.length, 5), b: randomVector(n, 6) }
    const Hu = product(other)
    const left = dot(other.A, Hv.A) + dot(other.b, Hv.b)
    const right = dot(tangent.A, Hu.A) + dot(tangent.b, Hu.b)
    expect(Math.abs(left - right)).toBeLessThan(
      2e-14 * (norm(Hv.A) * norm(other.A) + norm(Hv.b) * norm(other.b)),
    )
  })
})

describe('the certificate of a gradient', () => {
  const A = convection(10, 2, 0.5)
  const b = randomVector(A.rows, 1)
  const g = randomVector(A.rows, 2)
  const exact = solveVjp(A, directSolver(A), directSolver(A).solve(b).x, g)
  // Rows and columns inside are dominant by 0.5 and more: ‖A⁻¹‖₂ ≤ √(‖A⁻¹‖₁‖A⁻¹‖∞) ≤ 2.
  const inverseNorm = 2
  const rtols = [1e-2, 1e-4, 1e-6, 1e-8]
  const sweep = rtols.map(rtol => {
    const solver = krylovSolver(A, { method: 'gmres', rtol: 1e-13, adjoint: { rtol } })
    const gradient = solveVjp(A, solver, solver.solve(b).x, g, { certify: { inverseNorm, b } })
    return {
      error: norm(subtract(gradient.A, exact.A)),
      errorB: norm(subtract(gradient.b, exact.b)),
      ...gradient,
    }
  })
  it('is never less than the error, nor far above it', () => {
    for (const { error, errorB, errorBound } of sweep) {
      expect(errorBound!.A).toBeGreaterThan(error)
      expect(errorBound!.b).toBeGreaterThan(errorB)
      expect(errorBound!.A).toBeLessThan(200 * error)
    }
  })
  it('the error is proportional to the adjoint’s own tolerance: slope 1', () => {
    const slope = Math.log10(sweep[0].error / sweep[3].error) / 6
    expect(slope).toBeGreaterThan(0.85)
    expect(slope).toBeLessThan(1.15)
  })
  it('the adjoint does not inherit the forward tolerance, and has its own status', () => {
    const loose = krylovSolver(A, { method: 'gmres', rtol: 0.1 })
    expect(solveVjp(A, loose, b, g).relativeResidual).toBeLessThan(1e-10)
    const short = krylovSolver(A, { method: 'gmres', adjoint: { maxIterations: 2 } })
    expect(short.solve(b).status).toBe('converged')
    expect(solveVjp(A, short, b, g).status).toBe('too many iterations')
  })
})

it('a symmetric matrix: (i, j) and (j, i) get the same, and together what one shared parameter gets', () => {
  const A = diffusion(3, 10, 1)
  const solver = directSolver(A)
  const b = randomVector(9, 1)
  const { x } = solver.solve(b)
  const g = randomVector(9, 2)
  const plain = solveVjp(A, solver, x, g)
  const symmetric = solveVjp(A, solver, x, g, { symmetric: true })
  const at = (values: Float64Array, i: number, j: number) => {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++)
      if (A.columnIndices[p] === j) return values[p]
    return Number.NaN
  }
  expect(at(symmetric.A, 0, 1)).toBe(at(symmetric.A, 1, 0))
  expect(2 * at(symmetric.A, 0, 1)).toBeCloseTo(at(plain.A, 0, 1) + at(plain.A, 1, 0), 14)
})
