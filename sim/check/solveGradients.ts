import { vjp } from '../../compiler/differentiate/index.ts'
import { type Graph, type Node, type Structure, sizeOf, topologicalOrder } from '../../compiler/graph.ts'
import { interpret, interpretComplex } from '../../compiler/interpret/index.ts'
import { constant, input, matmul, solve } from '../../compiler/primitives.ts'
import { unrolledConjugateGradient } from '../../solvers/linear/unrolledConjugateGradient.ts'

/** How one way of differentiating did. */
export interface GradientRow {
  readonly method: string
  /** ‖g − g_reference‖ / ‖g_reference‖; 0 for the reference itself. */
  readonly error: number
  readonly milliseconds: number
  /** Bytes of all intermediate arrays that are alive for the derivative. */
  readonly bytes: number
  readonly note?: string
}

/**
 * The seed's comparison of gradients of cᵀx, A·x = b, with respect to all entries of A and b: finite differences,
 * complex step (the reference), unrolled iterations, truncated iterations, implicit differentiation.
 *
 * @param A n×n, row-major. Where `structure` says that it is symmetric positive definite, gradients by A are compared as
 * those of a symmetric matrix, (Ā + Āᵀ)/2: conjugate gradients mean nothing for another.
 */
export function compareSolveGradients(
  A: Float64Array,
  b: Float64Array,
  structure: Structure,
  c: Float64Array = new Float64Array(b.length).fill(1),
): GradientRow[] {
  const n = b.length
  const matrix = input('A', [n, n])
  const right = input('b', [n, 1])
  const weights = constant(c, [1, n])
  const x = [A, b]

  const exact: Graph = { inputs: [matrix, right], outputs: [matmul(weights, solve(matrix, right))] }
  const value = (at: Float64Array[]) => interpret(exact, at)[0][0]
  const spd = structure === 'spd'

  const reference = timed(() => complexStep(exact, x))
  const comparable = (gradient: Float64Array) => (spd ? symmetrised(gradient, n) : gradient)
  const rows: GradientRow[] = []
  const report = (method: string, result: Timed, bytes: number, note?: string) =>
    rows.push({
      method,
      error: distance(comparable(result.value), comparable(reference.value)),
      milliseconds: result.milliseconds,
      bytes,
      note,
    })

  const twoSolves = 2 * bytesOf(exact.outputs)
  report(
    'finite differences, forward 1e-6',
    timed(() => forwardDifferences(value, x, 1e-6)),
    twoSolves,
  )
  report(
    'finite differences, central 1e-6',
    timed(() => centralDifferences(value, x, 1e-6)),
    twoSolves,
  )
  report('complex step 1e-200', reference, 2 * bytesOf(exact.outputs), 'reference')
  const full = spd ? n : 2 * n
  const truncated = Math.max(1, Math.floor(n / 2))
  for (const [label, iterations] of [
    ['unrolled CG', full],
    ['truncated CG', truncated],
  ] as const) {
    const solution = unrolledConjugateGradient(matrix, right, iterations, spd)
    const graph = gradientGraph([matrix, right], matmul(weights, solution))
    const result = timed(() => concatenate(interpret(graph, x)))
    report(`${label}, k = ${iterations}${spd ? '' : ' (normal equations)'}`, result, bytesOf(graph.outputs))
  }
  const implicit = gradientGraph([matrix, right], exact.outputs[0])
  report(
    'implicit (one transposed solve)',
    timed(() => concatenate(interpret(implicit, x))),
    bytesOf(implicit.outputs),
  )
  return rows
}

interface Timed {
  readonly value: Float64Array
  readonly milliseconds: number
}

/** The median of three runs. */
function timed(f: () => Float64Array): Timed {
  const runs = Array.from({ length: 3 }, () => {
    const start = performance.now()
    const value = f()
    return { value, milliseconds: performance.now() - start }
  })
  return runs.sort((a, b) => a.milliseconds - b.milliseconds)[1]
}

function gradientGraph(inputs: readonly Node[], output: Node): Graph {
  const gradients = vjp([output], [constant([1], [1, 1])], [...inputs])
  return {
    inputs,
    outputs: gradients.map(
      (g, k) => g ?? constant(new Float64Array(sizeOf(inputs[k].shape)), inputs[k].shape),
    ),
  }
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

function forwardDifferences(
  f: (x: Float64Array[]) => number,
  x: readonly Float64Array[],
  step: number,
): Float64Array {
  const base = f([...x])
  return eachEntry(x, (k, i) => (f(moved(x, k, i, step)) - base) / step)
}

function centralDifferences(
  f: (x: Float64Array[]) => number,
  x: readonly Float64Array[],
  step: number,
): Float64Array {
  return eachEntry(x, (k, i) => (f(moved(x, k, i, step)) - f(moved(x, k, i, -step))) / (2 * step))
}

function moved(x: readonly Float64Array[], k: number, i: number, step: number): Float64Array[] {
  const copy = x.map(array => array.slice())
  copy[k][i] += step
  return copy
}

function eachEntry(
  x: readonly Float64Array[],
  derivative: (array: number, entry: number) => number,
): Float64Array {
  return concatenate(x.map((array, k) => array.map((_, i) => derivative(k, i))))
}

function concatenate(arrays: readonly Float64Array[]): Float64Array {
  return Float64Array.from(arrays.flatMap(array => [...array]))
}

/** A gradient by A (its first n² entries) made symmetric; the rest, by b, as it is. */
function symmetrised(gradient: Float64Array, n: number): Float64Array {
  return gradient.map((value, k) =>
    k < n * n ? 0.5 * (value + gradient[(k % n) * n + Math.floor(k / n)]) : value,
  )
}

/** ‖a − b‖/‖b‖. */
export function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i])) / Math.hypot(...b)
}
