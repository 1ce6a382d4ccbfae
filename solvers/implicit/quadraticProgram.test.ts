import { describe, expect, it } from 'vitest'
import { random, randomVector } from '../linear/testing/random.ts'
import { type QuadraticProgram, quadraticProgram } from './index.ts'

const identity = (n: number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0))
const negative = (v: Float64Array): Float64Array => v.map(value => -value)
const dot = (u: Float64Array, v: Float64Array): number => u.reduce((sum, value, i) => sum + value * v[i], 0)

/** BᵀB + ½. */
function spd(n: number, seed: number): Float64Array {
  const B = randomVector(n * n, seed)
  const Q = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 0.5 : 0
      for (let k = 0; k < n; k++) sum += B[k * n + i] * B[k * n + j]
      Q[i * n + j] = sum
      Q[j * n + i] = sum
    }
  return Q
}

/** A random program with a feasible point. */
function randomProgram(n: number, p: number, m: number, seed: number): Required<QuadraticProgram> {
  const [A, G, x] = [randomVector(p * n, seed + 1), randomVector(m * n, seed + 2), randomVector(n, seed + 3)]
  const uniform = random(seed + 4)
  const row = (M: Float64Array, k: number) => dot(M.subarray(k * n, (k + 1) * n), x)
  return {
    Q: spd(n, seed),
    q: randomVector(n, seed + 5).map(value => 3 * value),
    A,
    b: Float64Array.from({ length: p }, (_, k) => row(A, k)),
    G,
    h: Float64Array.from({ length: m }, (_, k) => row(G, k) + 0.3 * uniform()),
  }
}

/** The solution by trying every active set: slow and obvious. */
function byEnumeration(program: Required<QuadraticProgram>): Float64Array | undefined {
  const [n, m] = [program.q.length, program.h.length]
  for (let set = 0; set < 2 ** m; set++) {
    const active = Array.from({ length: m }, (_, i) => i).filter(i => (set >> i) & 1)
    const rows = active.flatMap(i => [...program.G.subarray(i * n, (i + 1) * n)])
    const p = program.b.length
    if (p + active.length > n) continue
    const trial = quadraticProgram({
      Q: program.Q,
      q: program.q,
      A: Float64Array.of(...program.A, ...rows),
      b: Float64Array.of(...program.b, ...active.map(i => program.h[i])),
    })
    if (trial.status !== 'converged') continue
    const feasible = program.h.every(
      (h, i) => dot(program.G.subarray(i * n, (i + 1) * n), trial.x) <= h + 1e-9,
    )
    if (feasible && trial.equalityMultipliers.slice(p).every(value => value >= -1e-9)) return trial.x
  }
  return undefined
}

describe('a quadratic program', () => {
  it('projects onto the simplex as sorting does', () => {
    for (let seed = 1; seed < 20; seed++) {
      const c = randomVector(8, seed)
      const sorted = c.toSorted((a, b) => b - a)
      let [sum, threshold] = [0, 0]
      sorted.forEach((value, k) => {
        sum += value
        if (value - (sum - 1) / (k + 1) > 0) threshold = (sum - 1) / (k + 1)
      })
      const { x, status, residual } = quadraticProgram({
        Q: identity(8),
        q: negative(c),
        A: new Float64Array(8).fill(1),
        b: new Float64Array([1]),
        G: negative(identity(8)),
        h: new Float64Array(8),
      })
      expect(status).toBe('converged')
      expect(residual).toBeLessThan(1e-14)
      x.forEach((value, i) => {
        expect(value).toBeCloseTo(Math.max(c[i] - threshold, 0), 13)
      })
    }
  })

  it('agrees with a search through all active sets', () => {
    for (let seed = 10; seed < 40; seed++) {
      const program = randomProgram(4, seed % 2, 5, 100 * seed)
      const { x, status, residual, inequalityMultipliers } = quadraticProgram(program)
      expect(status).toBe('converged')
      expect(residual).toBeLessThan(1e-11)
      expect(Math.min(...inequalityMultipliers)).toBeGreaterThanOrEqual(0)
      const expected = byEnumeration(program)!
      x.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 9)
      })
    }
  })

  it('is linear programming where Q = 0', () => {
    // max x + y, x + 2y ≤ 4, 3x + y ≤ 6, x, y ≥ 0: (8/5, 6/5).
    const { x, status } = quadraticProgram({
      Q: new Float64Array(4),
      q: new Float64Array([-1, -1]),
      G: new Float64Array([1, 2, 3, 1, -1, 0, 0, -1]),
      h: new Float64Array([4, 6, 0, 0]),
    })
    expect(status).toBe('converged')
    expect(x[0]).toBeCloseTo(1.6, 12)
    expect(x[1]).toBeCloseTo(1.2, 12)
  })

  it('says that it is infeasible, unbounded, or singular', () => {
    const line = { Q: identity(1), q: new Float64Array(1) }
    const infeasible = quadraticProgram({
      ...line,
      G: new Float64Array([1, -1]),
      h: new Float64Array([-1, -1]),
    })
    expect(infeasible.status).toBe('infeasible')
    expect(() => infeasible.vjp(new Float64Array(1))).toThrow(/no derivative, since infeasible/)
    const unbounded = { Q: new Float64Array(1), q: new Float64Array([-1]) }
    expect(quadraticProgram({ ...unbounded, G: new Float64Array([-1]), h: new Float64Array(1) }).status).toBe(
      'unbounded',
    )
    expect(quadraticProgram(unbounded).status).toBe('singular')
    const twice = { A: new Float64Array([1, 0, 1, 0]), b: new Float64Array([1, 1]) }
    expect(quadraticProgram({ Q: identity(2), q: new Float64Array(2), ...twice }).message).toMatch(/depend/)
  })

  it('refuses what does not fit', () => {
    expect(() => quadraticProgram({ Q: identity(2), q: new Float64Array(3) })).toThrow(
      /Q has 4 numbers, but must have 9/,
    )
    expect(() => quadraticProgram({ Q: new Float64Array([1, 2, 0, 1]), q: new Float64Array(2) })).toThrow(
      /not symmetric/,
    )
  })
})

describe('its derivatives', () => {
  const changeOf = (program: Required<QuadraticProgram>, seed: number): Required<QuadraticProgram> => {
    const n = program.q.length
    const skewed = randomVector(n * n, seed)
    const Q = skewed.map((value, k) => (value + skewed[(k % n) * n + Math.floor(k / n)]) / 2)
    const like = (values: Float64Array, k: number) => randomVector(values.length, seed + k)
    const { q, A, b, G, h } = program
    return { Q, q: like(q, 1), A: like(A, 2), b: like(b, 3), G: like(G, 4), h: like(h, 5) }
  }

  it('are adjoint to one another', () => {
    for (let seed = 1; seed < 30; seed++) {
      const program = randomProgram(6, 2, 7, 1000 * seed)
      const solution = quadraticProgram(program)
      const change = changeOf(program, seed)
      const g = randomVector(6, seed + 9)
      const forward = dot(g, solution.jvp(change))
      const gradient = solution.vjp(g)
      const parts = (['Q', 'q', 'A', 'b', 'G', 'h'] as const).map(name => dot(gradient[name], change[name]))
      const size = parts.reduce((sum, part) => sum + Math.abs(part), Math.abs(forward))
      expect(Math.abs(forward - parts.reduce((sum, part) => sum + part)) / size).toBeLessThan(1e-13)
    }
  })

  it('are those of the solution: Richardson extrapolation of differences within one active set', () => {
    for (let seed = 1; seed < 12; seed++) {
      const program = randomProgram(5, 1, 6, 500 * seed)
      const solution = quadraticProgram(program)
      if (solution.strictComplementarity < 1e-3) continue
      const change = changeOf(program, seed)
      const moved = (epsilon: number) => {
        const shifted = Object.fromEntries(
          Object.entries(program).map(([name, values]) => [
            name,
            values.map((value, i) => value + epsilon * change[name as 'q'][i]),
          ]),
        )
        return quadraticProgram(shifted as unknown as QuadraticProgram).x
      }
      const difference = (step: number) => {
        const [above, below] = [moved(step), moved(-step)]
        return above.map((value, i) => (value - below[i]) / (2 * step))
      }
      const [coarse, fine] = [difference(2e-4), difference(1e-4)]
      solution.jvp(change).forEach((value, i) => {
        expect(value).toBeCloseTo((4 * fine[i] - coarse[i]) / 3, 8)
      })
    }
  })

  it('have a measure of how near a kink is', () => {
    // min ½(x − c)², x ≥ 0: a kink at c = 0.
    const at = (c: number) =>
      quadraticProgram({
        Q: identity(1),
        q: new Float64Array([-c]),
        G: new Float64Array([-1]),
        h: new Float64Array(1),
      })
    expect(at(0).strictComplementarity).toBeLessThan(1e-5)
    expect(at(0.5).strictComplementarity).toBeGreaterThan(0.1)
    expect(at(0.5).vjp(new Float64Array([1])).q[0]).toBe(-1)
    expect(at(-0.5).vjp(new Float64Array([1])).q[0]).toBeCloseTo(0, 15)
  })
})
