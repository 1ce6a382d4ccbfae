import type { LinearSolver, Solution } from '../gradients/linearSolver.ts'
import { conditionEstimate, type Factors } from './factors.ts'
import { refine } from './refine.ts'

/**
 * Factors as a `LinearSolver`: for derivatives on the pattern with bounds of their error (`solveVjp`, `solveJvp`, `solveHvp` of
 * `solvers/linear/gradients`). Solutions are refined; `relativeResidual` is the componentwise backward error.
 *
 *     const gradient = solveVjp(A, directSolver(factors), x, g)
 */
export function directSolver(factors: Factors): LinearSolver {
  const solve = (b: Float64Array, transposed: boolean): Solution => {
    const { x, backwardError } = refine(factors, b, { transposed })
    if (backwardError <= 1e-10)
      return { x, status: 'converged', message: '', relativeResidual: backwardError }
    const condition = conditionEstimate(factors).toExponential(1)
    return {
      x,
      status: 'stagnated',
      message: `refinement stopped at a backward error of ${backwardError.toExponential(1)}; the condition is about ${condition}`,
      relativeResidual: backwardError,
    }
  }
  return { size: factors.size, solve: b => solve(b, false), solveTransposed: g => solve(g, true) }
}
