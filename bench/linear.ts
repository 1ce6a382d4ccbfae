/**
 * Linear solves and their gradients, one table by its name:
 *
 *     dense        LU and Cholesky beside LAPACK (SciPy, NumPy; where PEERS_PYTHON is set) and ml-matrix
 *     multigrid    iterations of preconditioned conjugate gradients as n grows
 *     gradient     a solution with its full gradient, in units of one solution
 *     memory       implicit against unrolled gradients, bytes
 *     cost         the seed's cost table, measured, with fitted exponents
 *
 *     npx tsx bench/linear.ts NAME
 */
import { cost } from './linear/cost.ts'
import { dense } from './linear/dense.ts'
import { gradient } from './linear/gradient.ts'
import { memory } from './linear/memory.ts'
import { multigrid } from './linear/multigrid.ts'

const tables: Record<string, () => string | Promise<string>> = { dense, multigrid, gradient, memory, cost }
const name = process.argv[2]
if (!(name in tables)) throw new RangeError(`bench/linear.ts wants one of ${Object.keys(tables).join(', ')}`)
console.log(await tables[name]())
