import { vjp } from '../../../compiler/differentiate/index.ts'
import { type Graph, type Node, sizeOf, topologicalOrder } from '../../../compiler/graph.ts'
import { interpretComplex } from '../../../compiler/interpret/index.ts'
import {
  constant,
  gather,
  input,
  matmul,
  multiply,
  reshape,
  scatterAdd,
  solve,
} from '../../../compiler/primitives.ts'
import { compile } from '../../../compiler/program.ts'
import type { CsrMatrix } from '../csr.ts'
import { norm } from '../krylov/vectors.ts'
import {
  csrOracle,
  denseRightSide,
  localGradient,
  NotDominantError,
  sampledCotangent,
  uniformNumbers,
} from '../local/index.ts'
import { incompleteLU } from '../preconditioners/index.ts'
import { type NodeOperator, unrolledConjugateGradient } from '../unrolledConjugateGradient.ts'
import { krylovSolver } from './linearSolver.ts'
import { solveVjp } from './solveDerivatives.ts'

/** The loss cᵀx, A·x = b, whose gradient by A's nonzeros and by b is asked for. */
export interface GradientProblem {
  readonly A: CsrMatrix
  /** [n] */
  readonly b: Float64Array
  /** [n]; default: ones */
  readonly c?: Float64Array
  /** A is symmetric positive definite, and varies within the symmetric matrices. Default false. */
  readonly spd?: boolean
  /** Iterations of the truncated method. Default n/2. */
  readonly truncated?: number
  /** Outputs that the stochastic gradient samples. Default n/4. */
  readonly samples?: number
}

/** How one way of differentiating did. */
export interface GradientComparison {
  readonly method: string
  /** ‖g − g_reference‖ / ‖g_reference‖ over the nonzeros of A and all of b; 0 for the reference itself. */
  readonly error: number
  readonly milliseconds: number
  /** Bytes of the arrays that are alive together: the arena of a compiled gradient, or the arrays that a solver keeps. */
  readonly bytes: number
  readonly note?: string
}

/**
 * The seed's comparison of gradients of a linear solve: finite differences, complex step (the reference: no difference is
 * taken, so no digit is lost), unrolled iterations, truncated ones, implicit, local, stochastic. The reference costs one
 * elimination by the interpreter per entry: n up to about 100.
 *
 *     console.log(comparisonTable(compareGradients({ A, b, spd: true })))
 */
export function compareGradients({
  A,
  b,
  c = new Float64Array(b.length).fill(1),
  spd = false,
  truncated = Math.max(1, Math.floor(b.length / 2)),
  samples = Math.max(1, Math.floor(b.length / 4)),
}: GradientProblem): GradientComparison[] {
  const n = b.length
  const at = [A.values, b]
  const { inputs, dense, operator } = graphOf(A)
  const weights = constant(c, [1, n])
  const value = matmul(weights, solve(dense, inputs[1]))
  const f = compile({ value: { inputs, outputs: [value] } })
  const comparable = spd ? symmetrised(A) : (gradient: Float64Array) => gradient

  const reference = timed(() => complexStep({ inputs, outputs: [value] }, at))
  const exact = comparable(reference.value)
  const rows: GradientComparison[] = []
  const report = (method: string, compute: () => Float64Array, bytes: number, note?: string) => {
    const { value, milliseconds } = timed(compute)
    const error = distance(comparable(value), exact)
    rows.push({ method, error, milliseconds, bytes, ...(note ? { note } : {}) })
  }
  const evaluate = (x: readonly Float64Array[]): number => {
    x.forEach((values, k) => {
      f.value.inputs[k].set(values)
    })
    f.value.run()
    return f.value.outputs[0][0]
  }
  const one = bytesOf([value])
  report('finite differences, forward 1e-6', () => differences(evaluate, at, 1e-6, false), one)
  report('finite differences, central 1e-6', () => differences(evaluate, at, 1e-6, true), one)
  rows.push({
    method: 'complex step 1e-200',
    error: 0,
    milliseconds: reference.milliseconds,
    bytes: 2 * one,
    note: 'reference',
  })

  const full = spd ? n : 2 * n
  const normal = spd ? '' : ' on the normal equations'
  for (const [label, iterations] of [
    ['unrolled', full],
    ['truncated', truncated],
  ] as const) {
    const x = unrolledConjugateGradient(operator, inputs[1], iterations, spd)
    const gradient = vjp([matmul(weights, x)], [constant([1], [1, 1])], inputs)
    const program = compile({ gradient: { inputs, outputs: gradient.map(node => node!) } })
    program.gradient.inputs.forEach((view, k) => {
      view.set(at[k])
    })
    const run = () => {
      program.gradient.run()
      return program.gradient.flatOutputs.slice()
    }
    report(`${label} CG, k = ${iterations}${normal}`, run, program.statistics.memoryBytes)
  }

  const solver = krylovSolver(A, {
    method: spd ? 'conjugateGradient' : 'gmres',
    rtol: 1e-14,
    preconditioner: incompleteLU(A),
    adjoint: { rtol: 1e-14 },
  })
  const implicit = (cotangent: Float64Array) => {
    const gradient = solveVjp(A, solver, solver.solve(b).x, cotangent)
    return concatenate([gradient.A, gradient.b])
  }
  // Vectors of the Krylov method and its answers, the incomplete factors, the gradient.
  const krylovBytes = 8 * ((spd ? 6 : 36) * n + 2 * A.values.length)
  report('implicit, one transposed solve', () => implicit(c), krylovBytes)

  const oracle = oracleOf(A)
  if (oracle) {
    const entries = new Map([...c.entries()].filter(([, own]) => own !== 0))
    const tolerance = 1e-6
    let cost = ''
    const local = () => {
      const result = localGradient(oracle, denseRightSide(b), entries, { tolerance })
      cost = `${result.touched} of ${n} unknowns touched, ℓ¹ error ≤ ${result.AErrorBound.toExponential(1)}`
      return concatenate([onPattern(A, result.A), vectorOf(n, result.b)])
    }
    local()
    report(`local, tolerance ${tolerance.toExponential()}`, local, 8 * (20 * n + 4 * A.values.length), cost)
  }

  const random = uniformNumbers(1)
  const draw = () =>
    implicit(
      vectorOf(
        n,
        sampledCotangent(n, i => c[i], { samples, random }),
      ),
    )
  const draws = 200
  const mean = new Float64Array(A.values.length + n)
  for (let k = 0; k < draws; k++) {
    draw().forEach((own, i) => {
      mean[i] += own / draws
    })
  }
  const error = distance(comparable(mean), exact).toExponential(1)
  report(
    `stochastic, ${samples} of ${n} outputs`,
    draw,
    krylovBytes,
    `unbiased: mean of ${draws} draws ${error}`,
  )
  return rows
}

/** The rows as a Markdown table. */
export function comparisonTable(rows: readonly GradientComparison[]): string {
  const lines = rows.map(({ method, error, milliseconds, bytes, note = '' }) => {
    const kilobytes = (bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)
    return `| ${method} | ${error === 0 ? '0' : error.toExponential(1)} | ${milliseconds.toFixed(2)} | ${kilobytes} | ${note} |`
  })
  return ['| gradient by | relative error | ms | kB | |', '| --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  )
}

/** A's nonzeros and b as inputs, A as a dense node and as an operator of its nonzeros. */
function graphOf(A: CsrMatrix) {
  const n = A.rows
  const rowOf = new Float64Array(A.values.length)
  for (let i = 0; i < n; i++) rowOf.fill(i, A.rowPointers[i], A.rowPointers[i + 1])
  const length = [A.values.length]
  const values = input('A', length)
  const right = input('b', [n, 1])
  const rows = constant(rowOf, length)
  const columns = constant(Float64Array.from(A.columnIndices), length)
  const places = constant(
    rowOf.map((i, p) => i * n + A.columnIndices[p]),
    length,
  )
  const product = (from: Node, to: Node) => (v: Node) =>
    reshape(scatterAdd(multiply(values, gather(reshape(v, [n]), from)), to, n), [n, 1])
  const operator: NodeOperator = { apply: product(columns, rows), applyTransposed: product(rows, columns) }
  return { inputs: [values, right], dense: reshape(scatterAdd(values, places, n * n), [n, n]), operator }
}

/** The median of three runs. */
function timed(compute: () => Float64Array): { value: Float64Array; milliseconds: number } {
  const runs = Array.from({ length: 3 }, () => {
    const start = performance.now()
    const value = compute()
    return { value, milliseconds: performance.now() - start }
  })
  return runs.sort((a, b) => a.milliseconds - b.milliseconds)[1]
}

const bytesOf = (outputs: readonly Node[]): number =>
  8 * topologicalOrder(outputs).reduce((sum, node) => sum + sizeOf(node.shape), 0)

function complexStep(graph: Graph, x: readonly Float64Array[]): Float64Array {
  const step = 1e-200
  return eachEntry(x, (k, i) => {
    const inputs = x.map(re => ({ re, im: new Float64Array(re.length) }))
    inputs[k].im[i] = step
    return interpretComplex(graph, inputs)[0].im[0] / step
  })
}

function differences(
  f: (x: readonly Float64Array[]) => number,
  x: readonly Float64Array[],
  step: number,
  central: boolean,
): Float64Array {
  const moved = x.map(values => values.slice())
  const base = f(x)
  return eachEntry(x, (k, i) => {
    moved[k][i] = x[k][i] + step
    const above = f(moved)
    moved[k][i] = x[k][i] - step
    const below = central ? f(moved) : base
    moved[k][i] = x[k][i]
    return (above - below) / (central ? 2 * step : step)
  })
}

const eachEntry = (x: readonly Float64Array[], derivative: (array: number, entry: number) => number) =>
  concatenate(x.map((values, k) => values.map((_, i) => derivative(k, i))))

function concatenate(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0))
  let end = 0
  for (const array of arrays) {
    all.set(array, end)
    end += array.length
  }
  return all
}

const distance = (u: Float64Array, v: Float64Array): number =>
  norm(u.map((value, i) => value - v[i])) / norm(v)

/** Ā and Āᵀ in the mean, on a symmetric pattern; b̄ as it is. */
function symmetrised(A: CsrMatrix): (gradient: Float64Array) => Float64Array {
  const placeOf = new Map<number, number>()
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++)
      placeOf.set(i * A.columns + A.columnIndices[p], p)
  }
  return gradient => {
    const result = gradient.slice()
    for (const [key, p] of placeOf) {
      const mirror = placeOf.get((key % A.columns) * A.columns + Math.floor(key / A.columns))
      result[p] = 0.5 * (gradient[p] + (mirror === undefined ? 0 : gradient[mirror]))
    }
    return result
  }
}

function onPattern(
  A: CsrMatrix,
  { rows, columns, values }: { rows: Float64Array; columns: Float64Array; values: Float64Array },
): Float64Array {
  const touched = new Map<number, number>()
  values.forEach((value, p) => {
    touched.set(rows[p] * A.columns + columns[p], value)
  })
  const all = new Float64Array(A.values.length)
  for (let i = 0; i < A.rows; i++) {
    for (let p = A.rowPointers[i]; p < A.rowPointers[i + 1]; p++) {
      all[p] = touched.get(i * A.columns + A.columnIndices[p]) ?? 0
    }
  }
  return all
}

function vectorOf(n: number, entries: ReadonlyMap<number, number>): Float64Array {
  const vector = new Float64Array(n)
  for (const [i, value] of entries) vector[i] = value
  return vector
}

/** A local gradient is for dominant matrices only. */
function oracleOf(A: CsrMatrix) {
  try {
    return csrOracle(A)
  } catch (error) {
    if (error instanceof NotDominantError) return null
    throw error
  }
}
