import type * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { choleskyForm, diagonalForm, learnedMassMatrix, massMatrixOutputs } from './massMatrix.ts'
import { evaluated } from './testing/evaluated.ts'

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** A size n, outputs for a form of that size, a floor. */
const cases = (form: 'cholesky' | 'diagonal') =>
  fc.integer({ min: 1, max: 5 }).chain(n => {
    const length = massMatrixOutputs(form, n)
    const output = fc.double({ min: -20, max: 20, noNaN: true })
    return fc.tuple(
      fc.constant(n),
      fc.array(output, { minLength: length, maxLength: length }),
      fc.double({ min: 1e-3, max: 2, noNaN: true }),
    )
  })

describe('choleskyForm', () => {
  const form = (n: number, outputs: readonly number[], floor: number) =>
    evaluated((x: tf.Tensor1D) => choleskyForm(x, n, floor), outputs)

  it('is symmetric with eigenvalues ≥ floor', () => {
    fc.assert(
      fc.property(cases('cholesky'), ([n, outputs, floor]) => {
        const M = Matrix.from1DArray(n, n, [...form(n, outputs, floor)])
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(M.get(i, j)).toBe(M.get(j, i))
        const { realEigenvalues } = new EigenvalueDecomposition(M, { assumeSymmetric: true })
        expect(Math.min(...realEigenvalues)).toBeGreaterThan(floor - 1e-14 * n * M.trace())
      }),
    )
  })

  it('is LLᵀ + floor·I, L written row by row', () => {
    fc.assert(
      fc.property(cases('cholesky'), ([n, outputs, floor]) => {
        const L = Matrix.zeros(n, n)
        let k = 0
        for (let i = 0; i < n; i++)
          for (let j = 0; j <= i; j++) L.set(i, j, i === j ? softplus(outputs[k++]) : outputs[k++])
        const expected = L.mmul(L.transpose()).add(Matrix.eye(n).mul(floor))
        form(n, outputs, floor).forEach((value, at) => {
          const wanted = expected.to1DArray()[at]
          expect(Math.abs(value - wanted)).toBeLessThan(1e-13 * expected.trace())
        })
      }),
    )
  })
})

describe('diagonalForm', () => {
  it('is diag(softplus + floor)', () => {
    fc.assert(
      fc.property(cases('diagonal'), ([n, outputs, floor]) => {
        const M = evaluated((x: tf.Tensor1D) => diagonalForm(x, n, floor), outputs)
        M.forEach((value, at) => {
          const i = at % (n + 1) === 0 ? at / (n + 1) : -1
          const wanted = i < 0 ? 0 : softplus(outputs[i]) + floor
          expect(Math.abs(value - wanted)).toBeLessThanOrEqual(4e-16 * wanted)
        })
      }),
    )
  })
})

describe('learnedMassMatrix', () => {
  it.each(['cholesky', 'diagonal'] as const)(
    'is the form of the network’s outputs, and learns what it learns: %s',
    form => {
      const parameters = [{ name: 'w', shape: [], initial: new Float64Array(1) }]
      const network = { parameters, apply: (_: readonly tf.Tensor[], x: tf.Tensor) => x as tf.Tensor1D }
      const learned = learnedMassMatrix(form, 2, 0.5, network)
      const x = [0.3, -0.4, 2].slice(0, massMatrixOutputs(form, 2))
      const direct = form === 'cholesky' ? choleskyForm : diagonalForm
      expect(learned.parameters).toBe(parameters)
      expect(evaluated((v: tf.Tensor) => learned.apply([], v), x)).toEqual(
        evaluated((v: tf.Tensor1D) => direct(v, 2, 0.5), x),
      )
    },
  )
})
