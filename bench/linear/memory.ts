import {
  compile,
  constant,
  type Graph,
  gather,
  input,
  multiply,
  type Node,
  reshape,
  scatterAdd,
  solve,
  vjp,
} from '../../compiler/index.ts'
import {
  krylovSolver,
  type NodeOperator,
  solveVjp,
  unrolledConjugateGradient,
} from '../../solvers/linear/gradients/index.ts'
import { type CsrMatrix, conjugateGradient } from '../../solvers/linear/krylov/index.ts'
import { poisson } from './multigrid.ts'
import { bytes, scattered, table } from './timing.ts'

const rtol = 1e-10

/** The memory of the compiled gradient of gᵀx by A and b: what its WebAssembly instance takes, program and constants apart. */
function gradientBytes(x: Node, inputs: readonly Node[]): number {
  const g = input('g', x.shape)
  const outputs = vjp([x], [g], inputs).map(node => node!)
  const graph: Graph = { inputs: [...inputs, g], outputs: [x, ...outputs] }
  return compile({ gradient: graph }).statistics.memoryBytes
}

/** W·Wᵀ/n + I/100: a spectrum that is the same for all n, so that the iterations do not grow. */
function wishart(n: number): Float64Array {
  const W = scattered(n * n)
  const A = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? n / 100 : 0
      for (let k = 0; k < n; k++) sum += W[i * n + k] * W[j * n + k]
      A[i * n + j] = sum / n
      A[j * n + i] = sum / n
    }
  return A
}

function dense(n: number): (string | number)[] {
  const A = wishart(n)
  const apply = (x: Float64Array, out: Float64Array) => {
    for (let i = 0; i < n; i++) {
      let sum = 0
      for (let j = 0; j < n; j++) sum += A[i * n + j] * x[j]
      out[i] = sum
    }
  }
  const operator = { rows: n, columns: n, apply }
  const { iterations } = conjugateGradient(operator, new Float64Array(n).fill(1), {
    rtol,
    maxIterations: 5000,
  })
  const inputs = [input('A', [n, n]), input('b', [n, 1])]
  const implicit = gradientBytes(solve(inputs[0], inputs[1], { structure: 'spd' }), inputs)
  const unrolled = gradientBytes(unrolledConjugateGradient(inputs[0], inputs[1], iterations, true), inputs)
  return row(`dense, n = ${n}`, iterations, implicit, unrolled)
}

function sparse(side: number): (string | number)[] {
  const A = poisson(side)
  const n = A.rows
  const b = new Float64Array(n).fill(1)
  const { iterations } = conjugateGradient(A, b, { rtol, maxIterations: 5000 })
  const { inputs, operator } = onPattern(A)
  const unrolled = gradientBytes(unrolledConjugateGradient(operator, inputs[1], iterations, true), inputs)
  const implicit = allocated(() => {
    const values = A.values.slice()
    const solver = krylovSolver(A, { method: 'conjugateGradient', rtol, adjoint: { rtol } })
    solveVjp({ ...A, values }, solver, solver.solve(b).x, b, { symmetric: true })
  })
  return row(`2-D Laplacian, n = ${n}`, iterations, implicit, unrolled)
}

const row = (name: string, iterations: number, implicit: number, unrolled: number) => [
  name,
  String(iterations),
  bytes(implicit),
  bytes(unrolled),
  unrolled / implicit,
]

/** A sparse matrix in a graph: its nonzeros are the input. */
function onPattern(A: CsrMatrix) {
  const n = A.rows
  const rowOf = new Float64Array(A.values.length)
  for (let i = 0; i < n; i++) rowOf.fill(i, A.rowPointers[i], A.rowPointers[i + 1])
  const values = input('A', [A.values.length])
  const rows = constant(rowOf, values.shape)
  const columns = constant(Float64Array.from(A.columnIndices), values.shape)
  const operator: NodeOperator = {
    apply: v => reshape(scatterAdd(multiply(values, gather(reshape(v, [n]), columns)), rows, n), [n, 1]),
  }
  return { inputs: [values, input('b', [n, 1])], operator }
}

/** All bytes of the float64 arrays that a call makes, whether they live at once or not. */
function allocated(call: () => void): number {
  const Plain = globalThis.Float64Array
  let total = 0
  class Counted extends Plain {
    constructor(...args: ConstructorParameters<typeof Plain>) {
      super(...args)
      total += this.byteLength
    }
  }
  globalThis.Float64Array = Counted as unknown as typeof Plain
  try {
    call()
  } finally {
    globalThis.Float64Array = Plain
  }
  return total
}

/** The seed's claim: memory of implicit and of unrolled gradients by conjugate gradients to a relative residual of 1e-10. */
export function memory(): string {
  return table(
    ['', 'iterations', 'implicit', 'unrolled', 'unrolled by implicit'],
    [...[50, 100, 200, 500, 1000, 2000].map(dense), ...[7, 10, 14, 22, 32, 45].map(sparse)],
  )
}
