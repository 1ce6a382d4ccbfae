import { describe, expect, test } from 'vitest'
import { csrFromDense } from '../csr.ts'
import { solveHvp, solveVjp } from '../gradients/index.ts'
import { convection, diffusion, poisson, saddlePoint, tridiagonal } from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import {
  type DenseMatrix,
  denseMatrix,
  directSolver,
  type Factors,
  factor,
  isFactored,
  leastSquares,
  logDeterminantGradient,
  logDeterminantTangent,
  type Matrix,
  minimumNorm,
  type RectangularFactors,
  solveCotangents,
  solveSecondOrder,
  solveTangent,
} from './index.ts'
import { eachEntry, multiplyMatrix, withValues } from './matrixForm.ts'

function factored(A: Matrix): Factors {
  const result = factor(A)
  if (!isFactored(result)) throw new Error(result.message)
  return result
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, entry, i) => sum + entry * b[i], 0)
const norm = (a: Float64Array) => Math.sqrt(dot(a, a))
/** |a − b| relative to the sizes that met in the sums. */
const expectEqual = (a: number, b: number, scale: number, bound = 1e-13) =>
  expect(Math.abs(a - b)).toBeLessThan(bound * Math.max(scale, Math.abs(a), Math.abs(b)))

const systems: [string, Matrix][] = [
  ['dense', denseMatrix(randomVector(225, 1).map((entry, e) => entry + (e % 16 === 0 ? 4 : 0)))],
  ['symmetric', denseMatrix(Float64Array.of(1, 2, 3, 2, -4, 1, 3, 1, 0.5))],
  ['tridiagonal', tridiagonal(20, -1, 2.5, -1)],
  ['banded', poisson(5)],
  ['sparse Cholesky', diffusion(18, 10, 1)],
  ['sparse LDLᵀ', saddlePoint(40)],
  ['sparse LU', convection(18, 5)],
]

describe('derivatives of A⁻¹B', () => {
  for (const columns of [1, 3]) {
    test.each(systems)(`%s, columns: ${columns}: ⟨X̄, Ẋ⟩ = ⟨Ā, Ȧ⟩ + ⟨B̄, Ḃ⟩`, (_, A) => {
      const factors = factored(A)
      const n = A.rows
      const B = randomVector(n * columns, 2)
      const X = factors.solve(B, columns)
      const tangents = { A: randomVector(A.values.length, 3), B: randomVector(n * columns, 4) }
      const cotangent = randomVector(n * columns, 5)
      const Xdot = solveTangent(factors, X, tangents, { columns })
      const gradient = solveCotangents(factors, X, cotangent, { columns })
      const scale = norm(gradient.A) * norm(tangents.A) + norm(gradient.B) * norm(tangents.B)
      expectEqual(dot(cotangent, Xdot), dot(gradient.A, tangents.A) + dot(gradient.B, tangents.B), scale)
      // Only A, or only B.
      const onlyA = solveTangent(factors, X, { A: tangents.A }, { columns })
      const onlyB = solveTangent(factors, X, { B: tangents.B }, { columns })
      expectEqual(dot(cotangent, onlyA), dot(gradient.A, tangents.A), scale)
      expectEqual(dot(cotangent, onlyB), dot(gradient.B, tangents.B), scale)
    })

    test.each(systems)(
      `%s, columns: ${columns}: tangents and second order agree with complex steps`,
      (_, A) => {
        const n = A.rows
        const factors = factored(A)
        const B = randomVector(n * columns, 2)
        const X = factors.solve(B, columns)
        const direction = { A: randomVector(A.values.length, 6), B: randomVector(n * columns, 7) }
        const complex = complexSolve(A, direction.A, B, direction.B, columns)
        const Xdot = solveTangent(factors, X, direction, { columns })
        const close = (a: Float64Array, b: Float64Array) =>
          expect(norm(a.map((entry, i) => entry - b[i]))).toBeLessThan(1e-12 * (norm(b) + norm(X)))
        close(Xdot, complex)
        // L = ½‖X‖²: X̄ = X, and the tangent of X̄ is Ẋ.
        const { B: Lambda, A: gradient } = solveCotangents(factors, X, X, { columns })
        const second = solveSecondOrder(factors, X, Lambda, direction, tangent => tangent, { columns })
        const LambdaDot = complexSolve(A, direction.A, X, Xdot, columns, true)
        close(second.B, LambdaDot)
        const expected = new Float64Array(A.values.length)
        eachEntry(A, (i, j, p) => {
          for (let c = 0; c < columns; c++) {
            const [at, to] = [i * columns + c, j * columns + c]
            expected[p] -= LambdaDot[at] * X[to] + Lambda[at] * Xdot[to]
          }
        })
        const error = norm(second.A.map((entry, p) => entry - expected[p]))
        expect(error).toBeLessThan(1e-12 * (norm(expected) + norm(gradient)))
      },
    )
  }

  test('the Hessian is symmetric', () => {
    const A = convection(8, 3)
    const factors = factored(A)
    const b = randomVector(A.rows, 1)
    const x = factors.solve(b)
    const { B: lambda } = solveCotangents(factors, x, x)
    const product = (tangent: Float64Array) => solveSecondOrder(factors, x, lambda, { A: tangent }, t => t).A
    const [u, v] = [randomVector(A.values.length, 2), randomVector(A.values.length, 3)]
    expectEqual(dot(u, product(v)), dot(v, product(u)), norm(u) * norm(product(v)))
  })

  test('within the symmetric matrices the gradient is symmetric, and the same along symmetric directions', () => {
    const A = diffusion(10, 3, 1)
    const factors = factored(A)
    const x = factors.solve(randomVector(A.rows, 1))
    const g = randomVector(A.rows, 2)
    const plain = solveCotangents(factors, x, g).A
    const symmetric = solveCotangents(factors, x, g, { symmetric: true }).A
    const mirror = new Map<string, number>()
    eachEntry(A, (i, j, p) => mirror.set(`${i},${j}`, p))
    const direction = new Float64Array(A.values.length)
    const random = randomVector(A.values.length, 3)
    eachEntry(A, (i, j, p) => {
      direction[p] = random[Math.min(p, mirror.get(`${j},${i}`)!)]
      expect(symmetric[p]).toBeCloseTo(symmetric[mirror.get(`${j},${i}`)!], 14)
    })
    expectEqual(dot(plain, direction), dot(symmetric, direction), norm(plain) * norm(direction))
  })

  test('as a LinearSolver: the gradient comes with a bound that holds', () => {
    const A = convection(12, 4)
    const factors = factored(A)
    const [b, g] = [randomVector(A.rows, 1), randomVector(A.rows, 2)]
    const solver = directSolver(factors)
    const { x, status } = solver.solve(b)
    expect(status).toBe('converged')
    // The inverse norm of this M-matrix is below 10: any larger number is a bound as well.
    const gradient = solveVjp(A, solver, x, g, { certify: { inverseNorm: 1000, b } })
    const direct = solveCotangents(factors, x, g)
    expect(norm(gradient.A.map((entry, p) => entry - direct.A[p]))).toBeLessThanOrEqual(
      2 * gradient.errorBound!.A,
    )
    expect(gradient.errorBound!.A).toBeLessThan(1e-9)
    const tangent = { A: randomVector(A.values.length, 3), b: randomVector(A.rows, 4) }
    const iterative = solveHvp(A, solver, x, gradient.b, tangent, t => t)
    const second = solveSecondOrder(factors, x, direct.B, { A: tangent.A, B: tangent.b }, t => t)
    expect(norm(iterative.A.map((entry, p) => entry - second.A[p]))).toBeLessThan(1e-12 * norm(second.A))
  })
})

/** The imaginary part over h of the solution with (A + ihȦ), (B + ihḂ), from the real system of twice the size. */
function complexSolve(
  A: Matrix,
  Adot: Float64Array,
  B: Float64Array,
  Bdot: Float64Array,
  columns: number,
  transposed = false,
): Float64Array {
  const n = A.rows
  const h = 1e-30
  const values = new Float64Array(4 * n * n)
  eachEntry(A, (row, column, p) => {
    const [i, j] = transposed ? [column, row] : [row, column]
    values[i * 2 * n + j] = values[(n + i) * 2 * n + n + j] = A.values[p]
    values[(n + i) * 2 * n + j] = h * Adot[p]
    values[i * 2 * n + n + j] = -h * Adot[p]
  })
  const right = Float64Array.of(...B, ...Bdot.map(entry => h * entry))
  const result = factor(denseMatrix(values), { structure: 'general' })
  if (!isFactored(result)) throw new Error(result.message)
  return result
    .solve(right, columns)
    .slice(n * columns)
    .map(entry => entry / h)
}

describe('log |det A|', () => {
  test.each(systems)('%s: the gradient is A⁻ᵀ on the pattern', (_, A) => {
    const factors = factored(A)
    const n = A.rows
    const gradient = logDeterminantGradient(factors)
    // Σ_j ∂/∂a_ij · a_kj = δ_ik where the whole row is stored.
    const unit = new Float64Array(n)
    unit[n >> 1] = 1
    const column = factors.solveTransposed(unit)
    eachEntry(A, (i, j, p) => {
      if (j === n >> 1) expect(gradient[p]).toBeCloseTo(column[i], 12)
    })
    // ⟨A⁻ᵀ, A⟩ = n.
    expect(logDeterminantTangent(factors, A.values)).toBeCloseTo(n, 9)
  })
})

describe('rectangular systems', () => {
  const shapes = [
    [1, 1],
    [3, 2],
    [6, 6],
    [12, 5],
    [30, 17],
  ]
  const matrixOf = (rows: number, columns: number, seed: number): DenseMatrix =>
    denseMatrix(randomVector(rows * columns, seed), rows, columns)
  function full(result: ReturnType<typeof leastSquares>): RectangularFactors {
    if (result.status !== 'factored') throw new Error(result.message)
    return result
  }

  const kinds = { leastSquares, minimumNorm }
  for (const kind of ['leastSquares', 'minimumNorm'] as const) {
    const create = (m: number, n: number) =>
      full(kinds[kind](kind === 'leastSquares' ? matrixOf(m, n, 3) : matrixOf(n, m, 3)))

    test.each(shapes)(`${kind}: ${'%i, %i'}: the optimality conditions`, (m, n) => {
      const factors = create(m, n)
      const A = factors.matrix
      for (const columns of [1, 2]) {
        const B = randomVector(A.rows * columns, 4)
        const X = factors.solve(B, columns)
        const residual = multiplyMatrix(A, X, columns).map((entry, e) => B[e] - entry)
        const bound = 1e-12 * (1 + norm(X))
        if (kind === 'leastSquares')
          expect(norm(multiplyMatrix(A, residual, columns, true))).toBeLessThan(bound)
        else {
          expect(norm(residual)).toBeLessThan(bound)
          // X is in the range of Aᵀ: its best approximation from there leaves nothing.
          const transposed = full(leastSquares(transpose(A)))
          const Z = transposed.solve(X, columns)
          expect(norm(multiplyMatrix(A, Z, columns, true).map((entry, e) => entry - X[e]))).toBeLessThan(
            bound,
          )
        }
      }
    })

    test.each(shapes)(`${kind}: ${'%i, %i'}: ⟨X̄, Ẋ⟩ = ⟨Ā, Ȧ⟩ + ⟨B̄, Ḃ⟩`, (m, n) => {
      const factors = create(m, n)
      const A = factors.matrix
      for (const columns of [1, 2]) {
        const B = randomVector(A.rows * columns, 4)
        const X = factors.solve(B, columns)
        const tangents = { A: randomVector(A.values.length, 5), B: randomVector(B.length, 6) }
        const cotangent = randomVector(X.length, 7)
        const Xdot = factors.tangent(B, X, tangents, columns)
        const gradient = factors.cotangents(B, X, cotangent, columns)
        const scale = norm(gradient.A) * norm(tangents.A) + norm(gradient.B) * norm(tangents.B)
        expectEqual(dot(cotangent, Xdot), dot(gradient.A, tangents.A) + dot(gradient.B, tangents.B), scale)
        const onlyB = factors.tangent(B, X, { B: tangents.B }, columns)
        expectEqual(dot(cotangent, onlyB), dot(gradient.B, tangents.B), scale)
      }
    })

    test(`${kind}: the tangent agrees with a complex step through the normal equations`, () => {
      const factors = create(9, 4)
      const A = factors.matrix
      const B = randomVector(A.rows, 4)
      const X = factors.solve(B)
      const tangents = { A: randomVector(A.values.length, 5), B: randomVector(B.length, 6) }
      const Xdot = factors.tangent(B, X, tangents)
      const change = withValues(A, tangents.A) as DenseMatrix
      const [At, changeT] = [transpose(A), transpose(change)]
      let expected: Float64Array
      if (kind === 'leastSquares') {
        // AᵀA·x = Aᵀb
        const N = denseMatrix(multiplyMatrix(At, A.values, A.columns))
        const Ndot = sum(
          multiplyMatrix(changeT, A.values, A.columns),
          multiplyMatrix(At, change.values, A.columns),
        )
        const right = multiplyMatrix(At, B, 1)
        const rightDot = sum(multiplyMatrix(changeT, B, 1), multiplyMatrix(At, tangents.B, 1))
        expected = complexSolve(N, Ndot, right, rightDot, 1)
      } else {
        // x = Aᵀz, AAᵀ·z = b
        const N = denseMatrix(multiplyMatrix(A, At.values, A.rows))
        const Ndot = sum(multiplyMatrix(change, At.values, A.rows), multiplyMatrix(A, changeT.values, A.rows))
        const z = complexSolve(
          N,
          Ndot.map(() => 0),
          B.map(() => 0),
          B,
          1,
        )
        const zDot = complexSolve(N, Ndot, B, tangents.B, 1)
        expected = sum(multiplyMatrix(A, zDot, 1, true), multiplyMatrix(change, z, 1, true))
      }
      expect(norm(Xdot.map((entry, i) => entry - expected[i]))).toBeLessThan(1e-11 * norm(expected))
    })
  }

  const transpose = ({ rows, columns, values }: DenseMatrix): DenseMatrix =>
    denseMatrix(
      Float64Array.from(values, (_, e) => values[(e % rows) * columns + Math.floor(e / rows)]),
      columns,
      rows,
    )
  const sum = (a: Float64Array, b: Float64Array) => a.map((entry, i) => entry + b[i])

  test('a line through points; a rank that is not full is a result', () => {
    const design = denseMatrix(Float64Array.of(1, 0, 1, 1, 1, 2), 3, 2)
    const x = full(leastSquares(design)).solve(Float64Array.of(1, 3, 5))
    expect(x[0]).toBeCloseTo(1, 14)
    expect(x[1]).toBeCloseTo(2, 14)
    const deficient = leastSquares(denseMatrix(Float64Array.of(1, 2, 2, 4, 3, 6), 3, 2))
    expect(deficient.status === 'rank deficient' && deficient.rank).toBe(1)
    const rows = minimumNorm(denseMatrix(Float64Array.of(1, 2, 3, 2, 4, 6), 2, 3))
    expect(rows.status === 'rank deficient' && rows.message).toMatch(/rank 1 of 2/)
    const bad = leastSquares(denseMatrix(Float64Array.of(1, Number.NaN), 2, 1))
    expect(bad.status).toBe('not finite')
    expect(() => leastSquares(matrixOf(2, 3, 1))).toThrow(/minimumNorm/)
    expect(() => minimumNorm(matrixOf(3, 2, 1))).toThrow(/leastSquares/)
    expect(() => full(leastSquares(design)).solve(new Float64Array(2))).toThrow(/3 rows/)
  })
})

test('gradients by a sparse matrix are those of the dense one, on its pattern', () => {
  const dense = convection(6, 3)
  const values = new Float64Array(36 * 36)
  eachEntry(dense, (i, j, p) => {
    values[i * 36 + j] = dense.values[p]
  })
  const [sparse, full] = [factored(csrFromDense(values, 36, 36)), factored(denseMatrix(values))]
  const [b, g] = [randomVector(36, 1), randomVector(36, 2)]
  const x = sparse.solve(b)
  const [on, everywhere] = [solveCotangents(sparse, x, g).A, solveCotangents(full, x, g).A]
  eachEntry(sparse.matrix, (i, j, p) => {
    expect(on[p]).toBeCloseTo(everywhere[i * 36 + j], 13)
  })
})
