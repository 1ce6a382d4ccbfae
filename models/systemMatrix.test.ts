import type * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix, SVD } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import {
  graphLaplacian,
  positiveDefinite,
  rowDominant,
  type SystemMatrixForm,
  saddlePoint,
  shiftedSymmetric,
} from './systemMatrix.ts'
import { evaluated } from './testing/evaluated.ts'

const forms: Record<string, (n: number, constant: number) => SystemMatrixForm> = {
  positiveDefinite,
  rowDominant,
  graphLaplacian: (n, ground) =>
    graphLaplacian(
      n,
      Array.from({ length: n }, (_, k) => [k, (k + 1) % n] as const),
      ground,
    ),
  saddlePoint: (n, alpha) => saddlePoint(n, Math.ceil(n / 2), alpha),
  shiftedSymmetric,
}

const matrixOf = (form: SystemMatrixForm, outputs: readonly number[]): Matrix => {
  const values = evaluated((x: tf.Tensor1D) => form.matrix(x), outputs)
  const size = Math.round(Math.sqrt(values.length))
  return Matrix.from1DArray(size, size, [...values])
}

describe.each(Object.entries(forms))('%s', (_, make) => {
  const cases = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.double({ min: 1e-2, max: 3, noNaN: true }))
    .chain(([n, constant]) => {
      const form = make(n, constant)
      const output = fc.double({ min: -10, max: 10, noNaN: true })
      return fc.tuple(
        fc.constant(form),
        fc.array(output, { minLength: form.outputs, maxLength: form.outputs }),
      )
    })

  it('keeps what its constants and its structure promise, whatever the outputs are', () => {
    fc.assert(
      fc.property(cases, ([form, outputs]) => {
        const A = matrixOf(form, outputs)
        const { alpha, dominance, inverseNorm } = form.constants
        const n = A.rows
        const rounding = 1e-11 * n * A.norm('frobenius')
        if (form.structure !== 'general') {
          for (let i = 0; i < n; i++)
            for (let j = 0; j < i; j++) expect(Math.abs(A.get(i, j) - A.get(j, i))).toBeLessThan(rounding)
        }
        if (alpha !== undefined) {
          const { realEigenvalues } = new EigenvalueDecomposition(A, { assumeSymmetric: true })
          expect(Math.min(...realEigenvalues)).toBeGreaterThan(alpha - rounding)
        }
        if (dominance !== undefined) {
          for (let i = 0; i < n; i++) {
            const row = A.getRow(i)
            const rest = row.reduce((sum, entry, j) => sum + (i === j ? 0 : Math.abs(entry)), 0)
            expect(row[i] - rest).toBeGreaterThan(dominance - rounding)
          }
        }
        if (inverseNorm !== undefined) {
          const { realEigenvalues } = new EigenvalueDecomposition(A, { assumeSymmetric: true })
          expect(Math.min(...realEigenvalues.map(Math.abs))).toBeGreaterThan(1 / inverseNorm - rounding)
        }
      }),
    )
  })
})

it('a saddle point has as many positive eigenvalues as unknowns, and as many negative as constraints', () => {
  const form = saddlePoint(4, 2, 0.1)
  const A = matrixOf(
    form,
    Array.from({ length: form.outputs }, (_, k) => 3 * Math.sin(k + 1)),
  )
  const { realEigenvalues } = new EigenvalueDecomposition(A, { assumeSymmetric: true })
  expect(realEigenvalues.filter(value => value > 0)).toHaveLength(4)
  expect(realEigenvalues.filter(value => value < 0)).toHaveLength(2)
})

it('the seed’s shift leaves little to learn: κ tends to 1 as n grows, where the other forms keep their spread', () => {
  const condition = (form: SystemMatrixForm) =>
    new SVD(
      matrixOf(
        form,
        Array.from({ length: form.outputs }, (_, k) => Math.sin(12.9898 * k * k)),
      ),
    ).condition
  expect(condition(shiftedSymmetric(60))).toBeLessThan(1.7)
  expect(condition(positiveDefinite(60, 0.1))).toBeGreaterThan(100)
})

it('refuses constants that prove nothing', () => {
  expect(() => positiveDefinite(2, 0)).toThrow(/alpha must be a positive/)
  expect(() => rowDominant(2, -1)).toThrow(/dominance must be a positive/)
  expect(() => graphLaplacian(2, [[0, 2]], 1)).toThrow(/edge 0 names node 2/)
})
