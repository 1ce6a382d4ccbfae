/** Every solver on one matrix of each classical family, as a table: `npx tsx bench/docs.ts docs/classicalMatrices`. */
import { Matrix, SVD } from 'ml-matrix'
import {
  bicgstab,
  type CsrMatrix,
  conjugateGradient,
  factor,
  gallery,
  gmres,
  incompleteCholesky,
  incompleteLU,
  isFactored,
  type KrylovResult,
  minres,
  refine,
} from '../solvers/index.ts'

const rtol = 1e-8

const denseOf = ({ rows, columns, rowPointers, columnIndices, values }: CsrMatrix) => {
  const dense = Matrix.zeros(rows, columns)
  for (let i = 0; i < rows; i++)
    for (let p = rowPointers[i]; p < rowPointers[i + 1]; p++) dense.set(i, columnIndices[p], values[p])
  return dense
}

function outcome(solve: () => KrylovResult): string {
  try {
    const { status, iterations } = solve()
    return status === 'converged' ? String(iterations) : status
  } catch (error) {
    return (error as Error).message.includes('diagonal') ? 'zero pivot' : 'no preconditioner'
  }
}

const rows = gallery.classicalMatrices().map(({ name, kind, A }) => {
  const b = Float64Array.from({ length: A.rows }, (_, i) => 1 + (i % 3))
  const factors = factor(A)
  const direct = isFactored(factors)
    ? `${factors.structure}, ${refine(factors, b).backwardError.toExponential(0)}`
    : factors.status
  return [
    name,
    kind,
    A.rows,
    new SVD(denseOf(A)).condition.toExponential(0),
    direct,
    kind === 'positive definite'
      ? outcome(() => conjugateGradient(A, b, { rtol, preconditioner: incompleteCholesky(A) }))
      : '',
    kind === 'not symmetric' ? '' : outcome(() => minres(A, b, { rtol })),
    outcome(() => gmres(A, b, { rtol, preconditioner: incompleteLU(A) })),
    outcome(() => bicgstab(A, b, { rtol, preconditioner: incompleteLU(A) })),
  ]
})
const head = [
  'matrix',
  'kind',
  'n',
  'κ₂',
  'factored as, backward error',
  'CG, IC(0)',
  'MINRES',
  'GMRES, ILU(0)',
  'BiCGSTAB, ILU(0)',
]
for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`)
