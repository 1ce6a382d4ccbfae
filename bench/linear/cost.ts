import { compile, input, vjp } from '../../compiler/index.ts'
import { factor, isFactored, solveCotangents } from '../../solvers/linear/direct/index.ts'
import { krylovSolver, solveVjp, unrolledConjugateGradient } from '../../solvers/linear/gradients/index.ts'
import { localGradient, type RowOracle, windowFunctional } from '../../solvers/linear/local/index.ts'
import { algebraicMultigrid } from '../../solvers/linear/preconditioners/index.ts'
import { poisson } from './multigrid.ts'
import { best, duration, exponent, system, table } from './timing.ts'

interface Operation {
  readonly name: string
  readonly orders: readonly number[]
  /** Of order n: the solution, the gradient by A and b after it, and that by unrolled iterations. */
  at(n: number): {
    readonly forward: () => void
    readonly implicit: () => void
    readonly unrolled?: () => void
  }
}

const dense: Operation = {
  name: 'dense solve',
  orders: [128, 256, 512, 1024],
  at(n) {
    const { general, spd, b } = system(n)
    const forward = () => {
      const factors = factor(general, { structure: 'general' })
      if (!isFactored(factors)) throw new Error(factors.message)
      return factors
    }
    const factors = forward()
    const x = factors.solve(b)
    const inputs = [input('A', [n, n]), input('b', [n, 1])]
    const unrolledX = unrolledConjugateGradient(inputs[0], inputs[1], 20, true)
    const g = input('g', [n, 1])
    const gradient = vjp([unrolledX], [g], inputs).map(node => node!)
    const program = compile({ gradient: { inputs: [...inputs, g], outputs: gradient } })
    program.gradient.inputs[0].set(spd)
    program.gradient.inputs[1].set(b)
    program.gradient.inputs[2].fill(1)
    return {
      forward: () => forward().solve(b),
      implicit: () => solveCotangents(factors, x, b),
      unrolled: () => program.gradient.run(),
    }
  },
}

function sparse(name: string, multigrid: boolean, sides: readonly number[]): Operation {
  return {
    name,
    orders: sides.map(side => side * side),
    at(n) {
      const A = poisson(Math.round(Math.sqrt(n)))
      const b = new Float64Array(n).fill(1)
      const g = Float64Array.from({ length: n }, (_, i) => Math.sin((3 * i) / n))
      const solver = krylovSolver(A, {
        method: 'conjugateGradient',
        rtol: 1e-8,
        maxIterations: 10_000,
        ...(multigrid ? { preconditioner: algebraicMultigrid(A) } : {}),
        adjoint: { rtol: 1e-8, maxIterations: 10_000 },
      })
      const { x } = solver.solve(b)
      return {
        forward: () => solver.solve(b),
        implicit: () => solveVjp(A, solver, x, g, { symmetric: true }),
      }
    },
  }
}

const one = { at: () => 1, maximum: 1 }
/** A row-dominant grid whose rows are made when they are asked for. */
const grid = (m: number, delta: number): RowOracle => ({
  size: m * m,
  dominance: delta,
  maximumRowLength: 5,
  row(k) {
    const [i, j] = [Math.floor(k / m), k % m]
    const columns = [k]
    if (i > 0) columns.push(k - m)
    if (i < m - 1) columns.push(k + m)
    if (j > 0) columns.push(k - 1)
    if (j < m - 1) columns.push(k + 1)
    return { columns, values: columns.map((_, p) => (p ? -1 : 4 + delta)) }
  },
})

const local: Operation = {
  name: 'one entry, certified to 1e-4, δ = 1',
  orders: [1e4, 1e6, 1e8, 1e10, 1e12],
  at(n) {
    const m = Math.round(Math.sqrt(n))
    const c = new Map([[Math.floor(m / 2) * (m + 1), 1]])
    return {
      forward: () => windowFunctional(grid(m, 1), one, c, { tolerance: 1e-4 }),
      implicit: () => localGradient(grid(m, 1), one, c, { tolerance: 1e-4 }),
    }
  },
}

/** The seed's table of costs with measured exponents p of time ∝ nᵖ, and the time at the largest n. */
export function cost(): string {
  const operations = [
    dense,
    sparse('sparse, conjugate gradients', false, [32, 64, 128, 256]),
    sparse('sparse, with multigrid', true, [64, 128, 256, 512]),
    local,
  ]
  return table(
    ['', 'n', 'solution', '', 'its implicit gradient', '', '20 steps unrolled', ''],
    operations.map(({ name, orders, at }) => {
      const runs = orders.map(at)
      const cells = (['forward', 'implicit', 'unrolled'] as const).flatMap(way => {
        const times = runs.map(run => run[way]).map(call => (call ? best(call, 0.3) : Number.NaN))
        if (Number.isNaN(times[0])) return ['', '']
        const p = exponent(orders.map((n, k) => [n, times[k]]))
        return [duration(times[times.length - 1]), `n^${p.toFixed(2).replace('-0.00', '0.00')}`]
      })
      const digits = (n: number) => (n >= 1e5 ? n.toExponential(0) : String(n))
      return [name, `${digits(orders[0])} … ${digits(orders[orders.length - 1])}`, ...cells]
    }),
  )
}
