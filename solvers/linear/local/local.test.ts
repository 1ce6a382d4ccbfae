import { describe, expect, it } from 'vitest'
import { cosh, log, sinh } from '../../../kernels/elementary/numbers.ts'
import { solveVjp } from '../gradients/index.ts'
import { directSolver } from '../testing/directSolver.ts'
import { convection, poisson, tridiagonal } from '../testing/matrices.ts'
import { randomVector } from '../testing/random.ts'
import {
  csrOracle,
  denseRightSide,
  localGradient,
  NotDominantError,
  push,
  type RightSide,
  type RowOracle,
  sampledCotangent,
  sparseRightSide,
  uniformNumbers,
  walk,
  windowEntries,
  windowFunctional,
} from './index.ts'

/** tridiag(−1, diagonal, −1) of any size. */
const chain = (size: number, diagonal: number): RowOracle => ({
  size,
  dominance: diagonal - 2,
  maximumRowLength: 3,
  row(i) {
    const columns = [i - 1, i, i + 1].filter(j => j >= 0 && j < size)
    return { columns, values: columns.map(j => (j === i ? diagonal : -1)) }
  },
})

/** Upwind convection and diffusion on an m×m grid, with δ on top: nonsymmetric. */
const grid = (m: number, delta: number): RowOracle => ({
  size: m * m,
  dominance: delta,
  maximumRowLength: 5,
  row(k) {
    const [i, j] = [Math.floor(k / m), k % m]
    const columns = [k]
    const values = [5 + delta]
    const add = (inside: boolean, column: number, value: number) => {
      if (!inside) return
      columns.push(column)
      values.push(value)
    }
    add(i > 0, k - m, -1.5)
    add(i < m - 1, k + m, -1)
    add(j > 0, k - 1, -1.5)
    add(j < m - 1, k + 1, -1)
    return { columns, values }
  },
})

const unit = (i: number) => new Map([[i, 1]])
const constantRightSide: RightSide = { at: () => 1, maximum: 1 }

const solvers: Record<
  string,
  (
    A: RowOracle,
    b: RightSide,
    c: Map<number, number>,
    tolerance: number,
  ) => { value: number; errorBound: number; status: string }
> = {
  push: (A, b, c, tolerance) => push(A, b, c, { tolerance }),
  windowFunctional: (A, b, c, tolerance) => windowFunctional(A, b, c, { tolerance }),
  windowEntries(A, b, c, tolerance) {
    const [i] = [...c.keys()]
    const { values, errorBounds, status } = windowEntries(A, b, [i], { tolerance })
    return { value: values.get(i)!, errorBound: errorBounds.get(i)!, status }
  },
}

describe.each(Object.entries(solvers))('%s: known answers', (_, solve) => {
  it('tridiag(−1, 5/2, −1), n = 1e12: (A⁻¹)_ij = ⅔·2^−|i−j|', () => {
    const i = 5e11
    for (const distance of [0, 1, 7, 20]) {
      const b = sparseRightSide(unit(i + distance))
      const { value, errorBound, status } = solve(chain(1e12, 2.5), b, unit(i), 1e-12)
      expect(status).toBe('converged')
      expect(Math.abs(value - (2 / 3) * 2 ** -distance)).toBeLessThanOrEqual(errorBound)
      expect(errorBound).toBeLessThanOrEqual(1e-12)
    }
  })
  it('finite n: sinh(iθ)·sinh((n+1−j)θ)/(sinh θ·sinh((n+1)θ)), also at the ends', () => {
    const n = 30
    const theta = log(2) // a = 2·cosh θ = 5/2
    expect(2 * cosh(theta)).toBeCloseTo(2.5, 14)
    for (const [i, j] of [
      [1, 1],
      [1, 4],
      [15, 17],
      [30, 30],
    ]) {
      const exact = (sinh(i * theta) * sinh((n + 1 - j) * theta)) / (sinh(theta) * sinh((n + 1) * theta))
      const { value } = solve(chain(n, 2.5), sparseRightSide(unit(j - 1)), unit(i - 1), 1e-12)
      expect(Math.abs(value - exact)).toBeLessThan(2e-12)
    }
  })
  it('chain(4), b = e_t and e_{t+2}: 1/√12 and (2 − √3)²/√12; stopping early would give 0.25 and 0', () => {
    const decay = 2 - Math.sqrt(3)
    const at = (s: number) => solve(chain(1e6, 4), sparseRightSide(unit(s)), unit(500), 1e-13).value
    expect(Math.abs(at(500) - 1 / Math.sqrt(12))).toBeLessThan(1e-13)
    expect(Math.abs(at(502) - (decay * decay) / Math.sqrt(12))).toBeLessThan(1e-13)
  })
  it('a dense nonsymmetric right-hand side agrees with elimination, within the bound', () => {
    const A = convection(12, 2, 0.7)
    const b = randomVector(A.rows, 3)
    const { x } = directSolver(A).solve(b)
    for (const i of [0, 70, 143]) {
      const { value, errorBound } = solve(csrOracle(A), denseRightSide(b), unit(i), 1e-9)
      expect(Math.abs(value - x[i])).toBeLessThanOrEqual(errorBound + 1e-14)
      expect(errorBound).toBeLessThanOrEqual(1e-9)
    }
  })
  it('what is beyond rounding is said', () => {
    const { status, errorBound, value } = solve(chain(1e6, 2.5), constantRightSide, unit(500), 1e-17)
    expect(status).toBe('limit of rounding')
    expect(errorBound).toBeLessThan(1e-12)
    expect(Math.abs(value - 2)).toBeLessThanOrEqual(errorBound)
  })
})

describe('push', () => {
  it('tridiag(−1, 5/2, −1), tol 1e-12: about 95 unknowns and 3,357 pushes, the same from n = 1e3 on', () => {
    const runs = [1e3, 1e6, 1e12].map(n =>
      push(chain(n, 2.5), sparseRightSide(unit(n / 2)), unit(n / 2), { tolerance: 1e-12 }),
    )
    for (const { touched, pushes, rowAccesses } of runs) {
      expect([touched, pushes, rowAccesses]).toEqual([runs[0].touched, runs[0].pushes, runs[0].rowAccesses])
    }
    expect(Math.abs(runs[0].touched - 95)).toBeLessThanOrEqual(2)
    expect(Math.abs(runs[0].pushes - 3357)).toBeLessThan(0.05 * 3357)
  })
  it('on the transposed oracle it is the forward solve: x̂, with ‖x − x̂‖₁ bounded', () => {
    // Symmetric, so that the oracle is its own transpose.
    const A = poisson(9, 0.5)
    const b = unit(40)
    const { adjoint, adjointErrorBound } = push(csrOracle(A), constantRightSide, b, { tolerance: 1e-10 })
    const right = new Float64Array(81)
    right[40] = 1
    const { x } = directSolver(A).solve(right)
    const error = x.reduce((sum, value, i) => sum + Math.abs(value - (adjoint.get(i) ?? 0)), 0)
    expect(error).toBeLessThanOrEqual(adjointErrorBound)
    expect(adjointErrorBound).toBeLessThan(1e-9)
  })
  it('too few pushes are a status, and the bound still holds', () => {
    const { status, value, errorBound } = push(chain(1e6, 2.5), constantRightSide, unit(5e5), {
      tolerance: 1e-10,
      maximumPushes: 50,
    })
    expect(status).toBe('too many pushes')
    expect(Math.abs(value - 2)).toBeLessThanOrEqual(errorBound)
  })
})

describe('windows', () => {
  it('touch the same unknowns whatever n is, and rows ∝ 1/√δ on a chain', () => {
    const touched = (n: number, delta: number) =>
      windowFunctional(chain(n, 2 + delta), constantRightSide, unit(n / 2), { tolerance: 1e-6 }).touched
    expect(touched(1e12, 0.25)).toBe(touched(1e5, 0.25))
    const ratio = touched(1e12, 1 / 1024) / touched(1e12, 1 / 64)
    expect(ratio).toBeGreaterThan(3)
    expect(ratio).toBeLessThan(8)
  })
  it('locality ends as δ → 0: too many unknowns is a status, with a bound that still holds', () => {
    const { status, errorBound, value } = windowFunctional(
      chain(1e12, 2 + 1e-5),
      constantRightSide,
      unit(5e11),
      {
        tolerance: 1e-2,
        maximumUnknowns: 1000,
      },
    )
    expect(status).toBe('too many unknowns')
    expect(Math.abs(1e5 - value)).toBeLessThanOrEqual(errorBound)
  })
})

describe('walk', () => {
  const A = convection(8, 1, 0.8)
  const b = randomVector(A.rows, 2)
  const c = new Map([
    [20, 1.5],
    [21, -0.5],
  ])
  const { x } = directSolver(A).solve(b)
  const truth = 1.5 * x[20] - 0.5 * x[21]
  const run = (seed: number, walks: number) =>
    walk(csrOracle(A), denseRightSide(b), c, { walks, random: uniformNumbers(seed) })
  it('is unbiased: the mean of many runs is within three standard errors, which are right', () => {
    const values = Array.from({ length: 60 }, (_, seed) => run(seed, 300))
    const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length
    const spread = Math.sqrt(values.reduce((sum, { value }) => sum + (value - mean) * (value - mean), 0) / 59)
    expect(Math.abs(mean - truth)).toBeLessThan((3 * spread) / Math.sqrt(60))
    expect(spread / values[0].standardError).toBeGreaterThan(0.7)
    expect(spread / values[0].standardError).toBeLessThan(1.4)
    for (const { value, errorBound } of values) expect(Math.abs(value - truth)).toBeLessThan(errorBound)
  })
  it('its error falls as 1/√walks, and its adjoint is λ', () => {
    expect(run(1, 200).standardError / run(1, 20000).standardError).toBeCloseTo(10, 0)
    const right = new Float64Array(A.rows)
    for (const [i, value] of c) right[i] = value
    const { x: lambda } = directSolver(A).solveTransposed(right)
    const { adjoint, value } = run(3, 20000)
    lambda.forEach((exact, j) => {
      expect(Math.abs(exact - (adjoint.get(j) ?? 0))).toBeLessThan(0.03)
    })
    const again = [...adjoint].reduce((sum, [j, own]) => sum + own * b[j], 0)
    expect(again).toBeCloseTo(value, 12)
  })
  it('signs: a negative diagonal and positive neighbours', () => {
    const flipped = { ...A, values: A.values.map((value, p) => (p % 3 === 0 ? -value : value)) }
    const { x } = directSolver(flipped).solve(b)
    const { value, standardError } = walk(csrOracle(flipped), denseRightSide(b), unit(30), {
      walks: 20000,
      random: uniformNumbers(5),
    })
    expect(Math.abs(value - x[30])).toBeLessThan(4 * standardError)
  })
})

describe('localGradient', () => {
  it('tridiag(−1, 5/2, −1), b = e_s: ∂x_t/∂a_jk = −(4/9)·2^(−|t−j|−|k−s|), n = 1e12', () => {
    const t = 5e11
    const s = t + 3
    const { A, AErrorBound, b, status } = localGradient(chain(1e12, 2.5), sparseRightSide(unit(s)), unit(t), {
      tolerance: 1e-10,
    })
    expect(status).toBe('converged')
    let error = 0
    A.values.forEach((value, p) => {
      const [j, k] = [A.rows[p], A.columns[p]]
      error += Math.abs(value + (4 / 9) * 2 ** (-Math.abs(t - j) - Math.abs(k - s)))
    })
    expect(error).toBeLessThanOrEqual(AErrorBound)
    expect(AErrorBound).toBeLessThanOrEqual(1e-10)
    expect(b.get(t)).toBeCloseTo(2 / 3, 10)
  })
  it('agrees with the gradient over the whole matrix, within the bound', () => {
    const A = convection(20, 2, 1)
    const b = randomVector(A.rows, 1)
    const c = new Map([
      [210, 1],
      [211, -2],
    ])
    const local = localGradient(csrOracle(A), denseRightSide(b), c, { tolerance: 1e-6 })
    const g = new Float64Array(A.rows)
    for (const [i, value] of c) g[i] = value
    const solver = directSolver(A)
    const { x } = solver.solve(b)
    const whole = solveVjp(A, solver, x, g)
    const found = new Map<number, number>()
    local.A.values.forEach((value, p) => {
      found.set(local.A.rows[p] * A.rows + local.A.columns[p], value)
    })
    let error = 0
    for (let j = 0; j < A.rows; j++) {
      for (let p = A.rowPointers[j]; p < A.rowPointers[j + 1]; p++) {
        error += Math.abs(whole.A[p] - (found.get(j * A.rows + A.columnIndices[p]) ?? 0))
      }
    }
    expect(error).toBeLessThanOrEqual(local.AErrorBound)
    expect(local.AErrorBound).toBeLessThanOrEqual(1e-6)
    expect(local.value).toBeCloseTo(x[210] - 2 * x[211], 6)
  })
  it('touches the same unknowns of a 2-D grid at n = 1e4, 1e7 and 1e12, and takes the same time', () => {
    const runs = [1e2, 3163, 1e6].map(m => {
      const center = Math.floor(m / 2) * m + Math.floor(m / 2)
      const { touched, rowAccesses, status } = localGradient(grid(m, 0.5), constantRightSide, unit(center), {
        tolerance: 1e-4,
      })
      expect(status).toBe('converged')
      return [touched, rowAccesses]
    })
    for (const [touched, rowAccesses] of runs.slice(1)) {
      expect(Math.abs(touched / runs[1][0] - 1)).toBeLessThan(0.05)
      expect(Math.abs(rowAccesses / runs[1][1] - 1)).toBeLessThan(0.05)
    }
  })
})

describe('the sampled gradient', () => {
  const A = convection(4, 1, 0.5)
  const n = A.rows
  const solver = directSolver(A)
  const b = randomVector(n, 1)
  const { x } = solver.solve(b)
  const g = x.map(value => 2 * value)
  const exact = solveVjp(A, solver, x, g)
  it('averages to the exact one over all samples', () => {
    const mean = new Float64Array(A.values.length)
    for (let i = 0; i < n; i++) {
      // The i-th of n equally likely samples of size one.
      const sample = sampledCotangent(n, k => g[k], { samples: 1, random: () => (i + 0.5) / n })
      const cotangent = new Float64Array(n)
      for (const [k, value] of sample) cotangent[k] = value
      solveVjp(A, solver, x, cotangent).A.forEach((value, p) => {
        mean[p] += value / n
      })
    }
    mean.forEach((value, p) => {
      expect(value).toBeCloseTo(exact.A[p], 13)
    })
  })
  it('is exact where every output is drawn, and draws each output equally often', () => {
    const all = sampledCotangent(n, k => g[k], { samples: n, random: uniformNumbers(1) })
    expect([...all].sort(([i], [j]) => i - j)).toEqual([...g.entries()])
    const random = uniformNumbers(2)
    const counts = new Float64Array(n)
    for (let k = 0; k < 4000; k++) {
      for (const i of sampledCotangent(n, () => 1, { samples: 4, random }).keys()) counts[i]++
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000))
    expect(() => sampledCotangent(3, () => 1, { samples: 4, random })).toThrow(/from 1 to 3, not 4/)
  })
})

describe('what is refused', () => {
  it('a row that is not as dominant as declared, by name', () => {
    const liar: RowOracle = { ...chain(1e9, 2.1), dominance: 0.5 }
    for (const attempt of [
      () => push(liar, constantRightSide, unit(7), { tolerance: 1e-3 }),
      () => windowFunctional(liar, constantRightSide, unit(7), { tolerance: 1e-3 }),
      () => localGradient(liar, constantRightSide, unit(7), { tolerance: 1e-3 }),
      () => walk(liar, constantRightSide, unit(7), { walks: 10, random: uniformNumbers(1) }),
    ]) {
      expect(attempt).toThrow(NotDominantError)
      expect(attempt).toThrow(/row 7 has .* but δ = 0.5 was declared/)
    }
  })
  it('a right-hand side larger than declared, an index outside, a tolerance of zero, δ = 0', () => {
    const A = chain(100, 3)
    expect(() => push(A, { at: () => 2, maximum: 1 }, unit(7), { tolerance: 1e-3 })).toThrow(/entry 2 at/)
    expect(() => push(A, constantRightSide, unit(100), { tolerance: 1e-3 })).toThrow(/index 100 lies outside/)
    expect(() => windowFunctional(A, constantRightSide, unit(1), { tolerance: 0 })).toThrow(
      /must be positive/,
    )
    expect(() => push(chain(100, 2), constantRightSide, unit(1), { tolerance: 1 })).toThrow(/δ > 0, not 0/)
    expect(() => csrOracle(tridiagonal(5, -1, 2, -1))).toThrow(NotDominantError)
  })
})
