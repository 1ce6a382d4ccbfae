import { compile, input, solve, vjp } from '../../compiler/index.ts'
import { factor, isFactored, solveCotangents } from '../../solvers/linear/direct/index.ts'
import { krylovSolver, type LinearSolver, solveVjp } from '../../solvers/linear/gradients/index.ts'
import { algebraicMultigrid } from '../../solvers/linear/preconditioners/index.ts'
import { poisson } from './multigrid.ts'
import { best, duration, system, table } from './timing.ts'

type Row = readonly [name: string, solution: () => void, withGradient: () => void]

/** One compiled program with the value alone, and one with the gradients by A and b. */
function compiled(n: number, structure: 'general' | 'spd'): Row {
  const { general, spd, b } = system(n)
  const inputs = [input('A', [n, n]), input('b', [n, 1])]
  const x = solve(inputs[0], inputs[1], { structure })
  const cotangent = input('g', [n, 1])
  const gradient = vjp([x], [cotangent], inputs).map(node => node!)
  const program = compile({
    solution: { inputs, outputs: [x] },
    both: { inputs: [...inputs, cotangent], outputs: [x, ...gradient] },
  })
  for (const entry of [program.solution, program.both]) {
    entry.inputs[0].set(structure === 'spd' ? spd : general)
    entry.inputs[1].set(b)
  }
  program.both.inputs[2].fill(1)
  const name = structure === 'spd' ? 'Cholesky' : 'LU'
  return [`in a model, ${name}, n = ${n}`, () => program.solution.run(), () => program.both.run()]
}

function direct(n: number): Row {
  const { general, b } = system(n)
  const g = new Float64Array(n).fill(1)
  const run = (gradient: boolean) => () => {
    const factors = factor(general, { structure: 'general' })
    if (!isFactored(factors)) return
    const x = factors.solve(b)
    if (gradient) solveCotangents(factors, x, g)
  }
  return [`\`factor\`, n = ${n}`, run(false), run(true)]
}

function sparse(side: number, name: string, solverOf: () => LinearSolver): Row {
  const A = poisson(side)
  const b = Float64Array.from({ length: A.rows }, (_, i) => Math.sin(i + 1))
  const g = b.toReversed()
  const run = (gradient: boolean) => () => {
    const solver = solverOf()
    const { x } = solver.solve(b)
    if (gradient) solveVjp(A, solver, x, g, { symmetric: true })
  }
  return [`${name}, 2-D Laplacian, n = ${A.rows}`, run(false), run(true)]
}

/** A solution with the gradients by all of A's entries and b, in units of the solution alone. */
export function gradient(): string {
  const A = poisson(100)
  const preconditioner = algebraicMultigrid(A)
  const rows: Row[] = [
    ...[4, 16, 64, 256, 1000].map(n => compiled(n, 'general')),
    ...[16, 256].map(n => compiled(n, 'spd')),
    ...[16, 256, 1000].map(direct),
    sparse(100, 'conjugate gradients with multigrid', () =>
      krylovSolver(A, {
        method: 'conjugateGradient',
        preconditioner,
        rtol: 1e-10,
        adjoint: { rtol: 1e-10 },
      }),
    ),
    sparse(100, 'GMRES with multigrid', () =>
      krylovSolver(A, { method: 'gmres', preconditioner, rtol: 1e-10, adjoint: { rtol: 1e-10 } }),
    ),
  ]
  return table(
    ['', 'solution', 'with its gradient', 'in solutions'],
    rows.map(([name, solution, withGradient]) => {
      const [one, both] = [best(solution), best(withGradient)]
      return [name, duration(one), duration(both), both / one]
    }),
  )
}
