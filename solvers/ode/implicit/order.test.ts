import { describe, expect, it } from 'vitest'
import { odeint } from '../odeint.ts'
import { density, elementaryWeightsOf, type RootedTree, treesOfSize } from '../testing/rootedTrees.ts'
import type { VectorField } from '../vectorField.ts'
import type { EsdirkTableau } from './esdirkTableau.ts'
import { kvaerno3, kvaerno4, kvaerno5 } from './kvaerno.ts'
import * as radau from './radauCoefficients.ts'

const trees = (order: number): RootedTree[] =>
  Array.from({ length: order }, (_, i) => treesOfSize(i + 1)).flat()
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0)

/** The full matrix of an ESDIRK method. */
const matrixOf = ({ a, gamma }: EsdirkTableau) =>
  a.map((row, i) => a.map((_, j) => (i === j && i > 0 ? gamma : (row[j] ?? 0))))

describe.each([kvaerno3, kvaerno4, kvaerno5])('order conditions of $name', tableau => {
  const a = matrixOf(tableau)
  const elementaryWeights = elementaryWeightsOf(a)
  const weights = (theta: number) =>
    tableau.dense.map(row => row.reduce((sum, value, p) => sum + value * theta ** (p + 1), 0))

  it('hold for y₁, for the embedded solution and for the dense output', () => {
    for (const tree of trees(tableau.order))
      expect(dot(a.at(-1)!, elementaryWeights(tree))).toBeCloseTo(1 / density(tree), 13)
    for (const tree of trees(tableau.embeddedOrder))
      expect(dot(a.at(-2)!, elementaryWeights(tree))).toBeCloseTo(1 / density(tree), 13)
    for (const tree of trees(tableau.denseOrder))
      for (const theta of [0.2, 0.5, 0.9])
        expect(dot(weights(theta), elementaryWeights(tree))).toBeCloseTo(
          theta ** tree.size / density(tree),
          12,
        )
  })

  it('the dense output ends at y₁, and leaves out what a singular M leaves open', () => {
    weights(1).forEach((value, i) => {
      expect(value).toBeCloseTo(a.at(-1)![i], 13)
    })
    const open = [1]
    for (let i = 1; i < a.length; i++) open.push(-dot(a[i].slice(0, i), open) / tableau.gamma)
    for (const theta of [0.3, 0.7, 1]) expect(dot(weights(theta), open)).toBeCloseTo(0, 12)
    // an algebraic component is h·Σ_j a_ij·k_j at stage i: its cubes are met where k = A⁻¹·c³ gives θ³
    if (tableau.name !== 'kvaerno5') return
    const c = a.map(row => row.reduce((sum, value) => sum + value, 0))
    const slopes = [0]
    for (let i = 1; i < a.length; i++)
      slopes.push((c[i] ** 3 - dot(a[i].slice(0, i), slopes)) / tableau.gamma)
    for (const theta of [0.3, 0.7, 1]) expect(dot(weights(theta), slopes)).toBeCloseTo(theta ** 3, 12)
  })
})

it("Radau's matrices are the inverses and the eigenvalues that they are said to be", () => {
  const {
    abscissae: c,
    inverseA,
    inverseTransform,
    transform,
    realEigenvalue,
    realPart,
    imaginaryPart,
  } = radau
  const product = (x: Float64Array, y: Float64Array) =>
    Float64Array.from({ length: 9 }, (_, at) => {
      const [i, j] = [Math.floor(at / 3), at % 3]
      return [0, 1, 2].reduce((sum, k) => sum + x[3 * i + k] * y[3 * k + j], 0)
    })
  // collocation: A·c^(q−1) = c^q/q, so A⁻¹·c^q = q·c^(q−1)
  for (const q of [1, 2, 3])
    for (let i = 0; i < 3; i++) {
      const sum = c.reduce((total, value, j) => total + inverseA[3 * i + j] * value ** q, 0)
      expect(sum).toBeCloseTo(q * c[i] ** (q - 1), 13)
    }
  const diagonal = product(product(inverseTransform, inverseA), transform)
  const expected = [realEigenvalue, 0, 0, 0, realPart, -imaginaryPart, 0, imaginaryPart, realPart]
  diagonal.forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at], 13)
  })
})

/** y' = y·cos t, y = exp(sin t), beside z' = −z², z = 1/(1 + t). */
const smooth: VectorField = {
  dimension: 2,
  parameterCount: 0,
  parameters: new Float64Array(0),
  evaluate(t, [y, z], out) {
    out[0] = y * Math.cos(t)
    out[1] = -z * z
  },
  jacobian: (t, [, z], out) => out.set([Math.cos(t), 0, 0, -2 * z]),
  timeDerivative(t, [y], out) {
    out[0] = -y * Math.sin(t)
    out[1] = 0
  },
}
const exact = (t: number) => [Math.exp(Math.sin(t)), 1 / (1 + t)]

/** Prothero & Robinson (1974): y' = λ·(y − φ(t)) + φ'(t) with φ = sin t + 2, stiff for large −λ. */
const prothero = (lambda: number): VectorField => ({
  dimension: 1,
  parameterCount: 0,
  parameters: new Float64Array(0),
  evaluate(t, [y], out) {
    out[0] = lambda * (y - Math.sin(t) - 2) + Math.cos(t)
  },
  jacobian: (_t, _y, out) => out.fill(lambda),
  timeDerivative(t, _y, out) {
    out[0] = -lambda * Math.cos(t) - Math.sin(t)
  },
})

const steps = [16, 32, 64]
const options = { newtonTolerance: 0, rtol: 1e-10, atol: 1e-10 } as const
/** log₂ of the factor by which the last halving of the step makes the error smaller. */
const observed = (errors: readonly number[]) => Math.log2(errors.at(-2)! / errors.at(-1)!)

describe.each([
  { method: 'kvaerno3', order: 3, dense: 3, stiff: 2 },
  { method: 'kvaerno4', order: 4, dense: 3, stiff: 2 },
  { method: 'kvaerno5', order: 5, dense: 3, stiff: 2 },
  { method: 'rodas5p', order: 5, dense: 4, stiff: 4 },
  { method: 'radau5', order: 5, dense: 3, stiff: 3 },
] as const)('$method', ({ method, order, dense, stiff }) => {
  it(`converges with order ${order}, and its dense output with ${dense} or better`, () => {
    const atEnd = steps.map(count => {
      const { y } = odeint(smooth, exact(0), [0, 2], { method, fixedStep: 2 / count, ...options })
      return Math.hypot(...exact(2).map((value, m) => value - y[2 + m]))
    })
    expect(observed(atEnd)).toBeGreaterThan(order - 0.35)
    const between = steps.map(count => {
      const h = 2 / count
      const solution = odeint(smooth, exact(0), [0, 2], { method, fixedStep: h, ...options })
      const errors = Array.from({ length: 8 * count }, (_, i) => {
        const t = ((i + 0.37) * h) / 8
        return Math.hypot(...exact(t).map((value, m) => value - solution.at(t)[m]))
      })
      return Math.max(...errors)
    })
    expect(observed(between)).toBeGreaterThan(dense - 0.35)
  })

  it(`converges with order ${stiff} or better where it is stiff (Prothero & Robinson)`, () => {
    const errors = steps.map(count => {
      const { y } = odeint(prothero(-1e6), [2], [0, 1], { method, fixedStep: 1 / count, ...options })
      return Math.abs(y[1] - Math.sin(1) - 2)
    })
    // errors of a stiffly accurate method are a small multiple of h^q/λ, down at rounding
    expect(errors.at(-1)! < 1e-13 || observed(errors) > stiff - 0.35).toBe(true)
    expect(errors.at(-1)!).toBeLessThan(1e-6)
  })

  it('is the same backwards', () => {
    const there = odeint(smooth, exact(0), [0, 2], { method, rtol: 1e-9, atol: 1e-9 })
    const back = odeint(smooth, there.y.slice(2), [2, 0], { method, rtol: 1e-9, atol: 1e-9 })
    expect(back.y[2]).toBeCloseTo(1, 7)
    expect(back.y[3]).toBeCloseTo(1, 7)
  })
})

it('Rodas5P by a difference quotient for ∂f/∂t is as good', () => {
  const { timeDerivative: _, ...field } = smooth
  const [withIt, without] = [smooth, field].map(f =>
    odeint(f, exact(0), [0, 2], { method: 'rodas5p', rtol: 1e-9, atol: 1e-9 }),
  )
  for (const { y } of [withIt, without]) expect(y[2]).toBeCloseTo(exact(2)[0], 7)
})
