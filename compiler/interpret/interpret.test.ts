import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import { structures } from '../../kernels/structure.ts'
import type { Node, Structure } from '../graph.ts'
import * as p from '../primitives.ts'
import { graphOf, variable } from '../testing/derivatives.ts'
import { distance, uniform, uniformFor } from '../testing/numbers.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { interpret, interpretComplex } from './index.ts'

/** The value of a graph without inputs. */
const evaluated = (node: Node): number[] => [...interpret({ inputs: [], outputs: [node] }, [])[0]]
const vector = (...x: number[]): Node => p.constant(x, [x.length])
/** 0, 1, 2, … in this shape. */
const counting = (...shape: number[]): Node =>
  p.constant(
    Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i),
    shape,
  )

describe('elementwise', () => {
  const specials = vector(-1.5, -0.5, 0.5, 1.5, 2.5, -Infinity, NaN)
  const cases: [string, Node, number[]][] = [
    ['round is to the nearest even', p.round(specials), [-2, -0, 0, 2, 2, -Infinity, NaN]],
    ['isFinite', p.isFinite(specials), [1, 1, 1, 1, 1, 0, 0]],
    ['isNaN', p.isNaN(specials), [0, 0, 0, 0, 0, 0, 1]],
    ['remainder has the sign of the divisor', p.remainder(vector(5, -5, 5), vector(3, 3, -3)), [2, 1, -1]],
    ['NaN wins both extrema', p.maximum(vector(NaN, 1), vector(1, NaN)), [NaN, NaN]],
    ['nothing equals NaN', p.equal(vector(NaN, 2), vector(NaN, 2)), [0, 1]],
    ['notEqual', p.notEqual(vector(NaN, 2), vector(NaN, 2)), [1, 0]],
    ['select', p.select(vector(2, 0, -1), vector(1, 2, 3), vector(4, 5, 6)), [1, 5, 3]],
    [
      'x⁰, 1ˣ and (−1)^∞ are 1, as in IEEE 754',
      p.power(vector(NaN, 1, -1), vector(0, NaN, Infinity)),
      [1, 1, 1],
    ],
    ['softplus and logistic far out', p.softplus(vector(800, -800)), [800, 0]],
  ]
  test.each(cases)('%s', (_, node, expected) => {
    expect(evaluated(node)).toEqual(expected.map(x => (Object.is(x, -0) ? expect.closeTo(0) : x)))
  })

  test('softplus x − softplus −x = x, logistic x + logistic −x = 1', () => {
    const x = vector(-30, -3, -0.1, 0.2, 5, 40)
    const odd = p.subtract(p.softplus(x), p.softplus(p.negate(x)))
    evaluated(odd).forEach((value, i) => {
      expect(value).toBeCloseTo(evaluated(x)[i], 14)
    })
    for (const one of evaluated(p.add(p.logistic(x), p.logistic(p.negate(x))))) expect(one).toBeCloseTo(1, 15)
  })
})

describe('structure, on counted elements', () => {
  const cases: [string, Node, number[]][] = [
    ['broadcast', p.broadcastTo(counting(2, 1), [2, 2, 2]), [0, 0, 1, 1, 0, 0, 1, 1]],
    ['transpose', p.transpose(counting(2, 3), [1, 0]), [0, 3, 1, 4, 2, 5]],
    ['transpose of three axes', p.transpose(counting(1, 2, 3), [2, 0, 1]), [0, 3, 1, 4, 2, 5]],
    ['slice', p.slice(counting(3, 4), [1, 0], [2, 2], [1, 3]), [4, 7, 8, 11]],
    ['pad', p.pad(vector(7, 8), [6], [1], [3]), [0, 7, 0, 0, 8, 0]],
    ['concatenate', p.concatenate([counting(2, 1), counting(2, 2)], 1), [0, 0, 1, 1, 2, 3]],
    ['reverse', p.reverse(counting(2, 3), [1]), [2, 1, 0, 5, 4, 3]],
    ['gather', p.gather(counting(3, 2), vector(2, 0, 2)), [4, 5, 0, 1, 4, 5]],
    ['gather out of range', p.gather(vector(5, 6), vector(1, 2, -1, 0.5)), [6, NaN, NaN, NaN]],
    ['scatterAdd', p.scatterAdd(vector(1, 2, 4, 8), vector(0, 2, 0, 9), 3), [5, 0, 2]],
    ['sum', p.sum(counting(2, 3), [0]), [3, 5, 7]],
    ['productOf', p.productOf(counting(2, 2), [1]), [0, 6]],
    ['maximumOf', p.maximumOf(counting(2, 3), [1]), [2, 5]],
    ['minimumOf, with a tie', p.minimumOf(vector(0.1, 0.1, 0.1, 2)), [0.1]],
    ['an extremum of infinities', p.maximumOf(vector(-Infinity, -Infinity)), [-Infinity]],
    ['an empty sum', p.sum(counting(0)), [0]],
  ]
  test.each(cases)('%s', (_, node, expected) => {
    expect(evaluated(node)).toEqual(expected)
  })
})

describe('linear algebra', () => {
  test('(A·B)ᵀ = Bᵀ·Aᵀ, and the flags are transposes', () => {
    const [a, b] = [variable([3, 2, 4], 'a'), variable([3, 4, 5], 'b')]
    const product = p.matmul(a, b)
    const others = [
      p.matmul(p.transposeMatrix(a), b, { transposeA: true }),
      p.matmul(a, p.transposeMatrix(b), { transposeB: true }),
      p.transposeMatrix(p.matmul(b, a, { transposeA: true, transposeB: true })),
    ]
    const [expected, ...actual] = interpret(
      graphOf([a, b], product, ...others),
      uniformFor([a, b], uniform(1)),
    )
    for (const value of actual) expect(value).toEqual(expected)
  })

  /** A matrix of the structure. */
  function matrixOf(M: Node, structure: Structure): Node {
    if (structure === 'general') return M
    if (structure === 'spd') return p.matmul(M, M, { transposeB: true })
    if (structure === 'symmetric') return p.add(M, p.transposeMatrix(M))
    const n = M.shape.at(-1)!
    const sign = structure === 'lower triangular' ? 1 : -1
    const mask = Array.from({ length: n * n }, (_, k) => Number(sign * (Math.floor(k / n) - (k % n)) >= 0))
    const diagonal = mask.map((_, k) => (k % (n + 1) ? 0 : 2))
    const onto = (values: number[]) => p.broadcastTo(p.constant(values, [n, n]), M.shape)
    return p.add(p.multiply(M, onto(mask)), onto(diagonal))
  }
  test.each(structures)('op(A)·X = B, and the lowered form is the same: %s', structure => {
    for (const transposed of [false, true]) {
      for (const n of [1, 2, 5, 12]) {
        const [M, B] = [variable([2, n, n], 'M'), variable([2, n, 3], 'B')]
        const A = matrixOf(M, structure)
        const X = p.solve(A, B, { structure, transposed })
        const lowered = p.factorSolve(p.factor(A, structure), B, { structure, transposed })
        const graph = graphOf([M, B], p.matmul(A, X, { transposeA: transposed }), B, X, lowered)
        const [AX, b, x, same] = interpret(graph, uniformFor([M, B], uniform(n)))
        expect(distance([AX], [b])).toBeLessThan(1e-12)
        expect(same).toEqual(x)
      }
    }
  })

  test('a triangular or symmetric matrix is read where it says', () => {
    const B = p.constant([1, 2], [2, 1])
    const solved = (entries: number[], structure: Structure, transposed: boolean) =>
      evaluated(p.solve(p.constant(entries, [2, 2]), B, { structure, transposed }))
    for (const transposed of [false, true]) {
      for (const structure of ['symmetric', 'lower triangular'] as const)
        expect(solved([4, NaN, 1, 3], structure, transposed)).toEqual(
          solved([4, structure === 'symmetric' ? 1 : 0, 1, 3], 'general', transposed),
        )
      expect(solved([4, 1, NaN, 3], 'upper triangular', transposed)).toEqual(
        solved([4, 1, 0, 3], 'general', transposed),
      )
    }
  })

  test('spd reads the lower triangle alone', () => {
    const B = p.constant([1, 2], [2, 1])
    const lower = p.constant([4, NaN, 1, 3], [2, 2])
    const whole = p.constant([4, 1, 1, 3], [2, 2])
    expect(evaluated(p.solve(lower, B, { structure: 'spd' }))).toEqual(
      evaluated(p.solve(whole, B, { structure: 'spd' })),
    )
  })

  test('a singular matrix is an error with pivot, matrix and origin', () => {
    const unit = [1, 0, 0, 1]
    const solve = (matrix: number[], structure: Structure): unknown => {
      const A = p.constant([...unit, ...matrix], [2, 2, 2])
      const X = p.withOrigin('pendulum.ts:7', () => p.solve(A, p.full(1, [2, 2, 1]), { structure }))
      try {
        return evaluated(X)
      } catch (error) {
        return error
      }
    }
    const general = { pivot: 1, structure: 'general', batch: 1, origin: 'pendulum.ts:7' }
    expect(solve([1, 2, 2, 4], 'general')).toBeInstanceOf(SingularMatrixError)
    expect(solve([1, 2, 2, 4], 'general')).toMatchObject(general)
    expect(solve([1, 0, 0, NaN], 'general')).toMatchObject(general)
    expect(solve([1, 0, 2, 3], 'spd')).toMatchObject({ ...general, structure: 'spd' })
    expect(solve([1, 2, 2, 4], 'symmetric')).toMatchObject({ ...general, structure: 'symmetric' })
    expect(solve([1, 2, 2, 0], 'lower triangular')).toMatchObject({
      ...general,
      structure: 'lower triangular',
    })
    expect(solve([-1, 0, 0, 3], 'spd')).toMatchObject({ ...general, structure: 'spd', pivot: 0 })
  })
})

test('over complex numbers without imaginary parts, a graph has the same values', () => {
  fc.assert(
    fc.property(randomGraph(), ({ graph, inputs }) => {
      const zeros = inputs.map(re => ({ re, im: new Float64Array(re.length) }))
      const outputs = interpretComplex(graph, zeros)
      const same = distance(
        outputs.map(output => output.re),
        interpret(graph, inputs),
      )
      return same < 1e-13 && outputs.every(output => output.im.every(x => x === 0))
    }),
    { numRuns: 200 },
  )
})

test('what is missing is named', () => {
  const [x, y] = [variable([2], 'x'), variable([2], 'y')]
  const graph = graphOf([x], p.add(x, y))
  expect(() => interpret(graph, [])).toThrow('interpret: the graph has 1 inputs, but 0 are given')
  expect(() => interpret(graph, [new Float64Array(3)])).toThrow(
    'interpret: input 0 has 3 numbers, its shape [2] takes 2',
  )
  expect(() => interpret(graph, [new Float64Array(2)])).toThrow('input y was given no value')
})
