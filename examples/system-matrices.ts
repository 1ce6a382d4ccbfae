// The seed's system matrix beside forms that leave something to learn: what each proves, and what is left.
//     npx tsx examples/system-matrices.ts
import * as tf from '@tensorflow/tfjs'
import { Matrix, SVD } from 'ml-matrix'
import {
  graphLaplacian,
  positiveDefinite,
  rowDominant,
  type SystemMatrixForm,
  saddlePoint,
  shiftedSymmetric,
} from '../models/index.ts'
import { uniformNumbers } from '../solvers/linear/local/index.ts'
import { printTable } from './diffusion.ts'

const ring = (n: number) => Array.from({ length: n }, (_, k) => [k, (k + 1) % n] as const)
const forms: Record<string, (n: number) => SystemMatrixForm> = {
  'the seed’s: symmetric part + (‖W‖ + 1)·I': shiftedSymmetric,
  'LLᵀ + αI': n => positiveDefinite(n, 0.1),
  'row-dominant': n => rowDominant(n, 0.1),
  'Laplacian of a ring, grounded': n => graphLaplacian(n, ring(n), 0.1),
  'saddle point, n/2 constraints': n => saddlePoint(n, n / 2, 0.1),
}

console.log('Outputs uniform in [−1, 1], as of a network before training:\n')
printTable(
  ['form', 'proves', 'n', 'κ₂', 'what differs from a multiple of I'],
  Object.entries(forms).flatMap(([name, make]) =>
    [10, 100].map(n => {
      const form = make(n)
      const uniform = uniformNumbers(n)
      const outputs = Array.from({ length: form.outputs }, () => 2 * uniform() - 1)
      const values = form.matrix(tf.tensor1d(outputs)).arraySync()
      const A = new Matrix(values)
      const multiple = Matrix.eye(A.rows).mul(A.trace() / A.rows)
      const share = Matrix.sub(A, multiple).norm('frobenius') / A.norm('frobenius')
      const proofs = Object.entries(form.constants).map(
        ([constant, value]) =>
          `${constant === 'alpha' ? 'α' : constant === 'dominance' ? 'δ' : '‖A⁻¹‖'} = ${value}`,
      )
      return [name, proofs.join(', '), n, new SVD(A).condition, `${Math.round(100 * share)} %`]
    }),
  ),
)
