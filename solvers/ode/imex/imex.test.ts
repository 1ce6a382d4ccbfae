import { describe, expect, it } from 'vitest'
import { adjoint, tangent } from '../../adjoint/index.ts'
import { brusselator, brusselatorStart } from '../implicit/testing/stiffProblems.ts'
import { odeint } from '../odeint.ts'
import { lotkaVolterra } from '../testing/problems.ts'
import { density, type RootedTree, treesOfSize } from '../testing/rootedTrees.ts'
import { addFields } from './addFields.ts'
import { kencarp3, kencarp4 } from './kennedyCarpenter.ts'
import { splitBrusselator, splitLotkaVolterra } from './testing/splitProblems.ts'

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
const norm = (a: ArrayLike<number>) => Math.sqrt(dot(a, a))
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  norm(Array.from(a, (value, i) => value - b[i]))

describe.each([kencarp3, kencarp4])('$name', tableau => {
  const { explicit, implicit, gamma, b, embedded, dense, order, embeddedOrder, denseOrder } = tableau
  const square = (rows: readonly (readonly number[])[], diagonal: number) =>
    rows.map((row, i) => rows.map((_, j) => (i === j && i > 0 ? diagonal : (row[j] ?? 0))))
  const matrices = [square(explicit, 0), square(implicit, gamma)]

  /** Φ of a tree under every choice of one of the two matrices for each of its edges. */
  const elementaryWeights = (tree: RootedTree): number[][] =>
    tree.children.reduce<number[][]>(
      (products, child) =>
        products.flatMap(product =>
          elementaryWeights(child).flatMap(phi =>
            matrices.map(a => product.map((value, i) => value * dot(a[i], phi))),
          ),
        ),
      [b.map(() => 1)],
    )
  const defect = (weights: readonly number[], upTo: number, theta = 1) =>
    Math.max(
      ...Array.from({ length: upTo }, (_, i) => treesOfSize(i + 1))
        .flat()
        .flatMap(tree =>
          elementaryWeights(tree).map(phi =>
            Math.abs(dot(weights, phi) - theta ** tree.size / density(tree)),
          ),
        ),
    )

  it('meets the order conditions of both parts and of all their couplings', () => {
    expect(defect(b, order)).toBeLessThan(1e-14)
    expect(defect(embedded, embeddedOrder)).toBeLessThan(1e-14)
    expect(defect(embedded, order)).toBeGreaterThan(1e-3)
    for (const theta of [0.2, 0.5, 0.9, 1]) {
      const weights = dense.map(row => row.reduce((sum, value, p) => sum + value * theta ** (p + 1), 0))
      expect(defect(weights, denseOrder, theta)).toBeLessThan(1e-13)
    }
    // stiffly accurate: y₁ of the implicit part is its last stage
    expect(distance(matrices[1].at(-1)!, b)).toBe(0)
    matrices[0].forEach((row, i) => {
      expect(
        dot(
          row,
          row.map(() => 1),
        ) -
          dot(
            matrices[1][i],
            row.map(() => 1),
          ),
      ).toBeCloseTo(0, 14)
    })
  })

  const method = tableau.name as 'kencarp3' | 'kencarp4'

  it('converges with its order, dense output with its own', () => {
    const field = splitLotkaVolterra()
    const exact = odeint(field, [1, 1.2], [0, 2], { method: 'vern9', rtol: 1e-13, atol: 1e-13 })
    const errors = [64, 128, 256].map(count => {
      const options = { method, fixedStep: 2 / count, newtonTolerance: 0, rtol: 1e-12 }
      const end = odeint(field, [1, 1.2], [0, 2], options)
      const within = odeint(field, [1, 1.2], [0, 1 / count], { ...options })
      return {
        end: distance(end.y.subarray(2), exact.y.subarray(2)),
        dense: distance(within.at(0.5 / count), exact.at(0.5 / count)),
      }
    })
    const rate = (from: number, to: number) => Math.log2(from / to)
    expect(rate(errors[1].end, errors[2].end)).toBeGreaterThan(order - 0.2)
    expect(rate(errors[1].end, errors[2].end)).toBeLessThan(order + 0.5)
    expect(rate(errors[0].dense, errors[1].dense)).toBeGreaterThan(denseOrder + 0.7)
  })

  it.each([1e-3, 1e-5, 1e-7])('the Brusselator, diffusion stiff and reaction explicit, to %d', tolerance => {
    const points = 24
    const field = splitBrusselator(points)
    const start = brusselatorStart(points)
    const times = [0, 1, 3, 10]
    const options = { method, rtol: tolerance, atol: tolerance }
    const solution = odeint(field, start, times, options)
    const reference = odeint(brusselator(points), start, times, {
      method: 'kvaerno5',
      rtol: 1e-9,
      atol: 1e-9,
    })
    expect(solution.failure).toBeUndefined()
    const worst = Math.max(...solution.y.map((value, i) => Math.abs(value - reference.y[i])))
    expect(worst).toBeLessThan(30 * tolerance)
    // one constant matrix, factored only when the step changes; an explicit method needs hundreds of steps for stability alone
    expect(solution.statistics.jacobians).toBeLessThan(3)
  })

  it('the whole is the sum of its parts', () => {
    const points = 5
    const [split, whole] = [splitBrusselator(points), brusselator(points)]
    const start = brusselatorStart(points)
    const options = { method: 'radau5', rtol: 1e-6, atol: 1e-6 } as const
    const ends = [split, whole].map(field => odeint(field, start, [0, 2], options).y)
    expect(distance(ends[0], ends[1])).toBeLessThan(1e-9)
    expect(Array.from(split.jacobianPattern!.columnIndices)).toEqual(
      Array.from(whole.jacobianPattern!.columnIndices),
    )
  })

  it('forward derivatives are backward ones, transposed', () => {
    const field = splitBrusselator(6)
    const solution = odeint(field, brusselatorStart(6), [0, 0.03, 0.031, 1.5], {
      method,
      rtol: 1e-5,
      atol: 1e-5,
      newtonTolerance: 0,
    })
    const y0Tangent = Float64Array.from({ length: 12 }, (_, i) => Math.sin(1 + i))
    const thetaTangent = Float64Array.of(0.3, -0.2, 0.1)
    const forward = tangent(field, solution, y0Tangent, thetaTangent)
    const cotangents = solution.y.map((_, i) => Math.cos(3 * i))
    const gradY0 = new Float64Array(12)
    const gradTheta = new Float64Array(3)
    adjoint(field, solution, cotangents, gradY0, gradTheta)
    const difference = dot(forward, cotangents) - dot(gradY0, y0Tangent) - dot(gradTheta, thetaTangent)
    expect(Math.abs(difference) / (norm(forward) * norm(cotangents))).toBeLessThan(1e-13)
  })
})

it('what cannot be split is refused, by name', () => {
  const field = lotkaVolterra()
  expect(() => odeint(field, [1, 1], [0, 1], { method: 'kencarp4' })).toThrow(/addFields\(stiff, nonstiff\)/)
  expect(() => addFields(field, lotkaVolterra())).toThrow('the same array θ')
  expect(() => addFields(field, { ...field, dimension: 3 })).toThrow('dimension 2, the other 3')
  expect(() => addFields({ ...field, mass() {} }, field)).toThrow('no mass matrix')
})
