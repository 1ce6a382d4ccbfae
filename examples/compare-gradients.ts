// The seed's comparison of gradients of a linear solve: which one to trust, what each costs.
//     npx tsx examples/compare-gradients.ts [--small]
import { compareGradients, comparisonTable } from '../solvers/linear/gradients/index.ts'
import { uniformNumbers } from '../solvers/linear/local/index.ts'
import { diffusionSystem, randomVector } from './diffusion.ts'

const m = process.argv.includes('--small') ? 3 : 7
const random = uniformNumbers(4)
const { A } = diffusionSystem(m, 100, random)
/** Dominant by a little, so that there is a local gradient. */
const values = A.values.map(value => (value === 1 ? 1.2 : value))
const problem = {
  A: { ...A, values },
  b: randomVector(m * m, random),
  c: randomVector(m * m, random),
  truncated: 10,
}
console.log(comparisonTable(compareGradients({ ...problem, spd: true })))
