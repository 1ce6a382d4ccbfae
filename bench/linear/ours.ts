import { compile, input, solve } from '../../compiler/index.ts'
import { factor, isFactored } from '../../solvers/linear/direct/index.ts'
import { best, orders, system } from './timing.ts'

/** Seconds of a factorisation with a solution, for each order: by the public call, and by `solve(A, b)` in a compiled model. */
console.log(
  JSON.stringify(
    orders.map(n => {
      const { general, spd, b } = system(n)
      const call = (matrix: Float64Array, structure: 'general' | 'spd') =>
        best(() => {
          const factors = factor(matrix, { structure })
          if (isFactored(factors)) factors.solve(b)
        })
      const inModel = (matrix: Float64Array, structure: 'general' | 'spd') => {
        const inputs = [input('A', [n, n]), input('b', [n, 1])]
        const program = compile({ run: { inputs, outputs: [solve(inputs[0], inputs[1], { structure })] } })
        program.run.inputs[0].set(matrix)
        program.run.inputs[1].set(b)
        return best(() => program.run.run())
      }
      return {
        lu: call(general, 'general'),
        luInModel: inModel(general, 'general'),
        cholesky: call(spd, 'spd'),
        choleskyInModel: inModel(spd, 'spd'),
      }
    }),
  ),
)
