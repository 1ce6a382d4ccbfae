/**
 * Linear solves and their gradients, one table by its name:
 *
 *     dense        LU and Cholesky beside LAPACK (SciPy, NumPy; where PEERS_PYTHON is set) and ml-matrix
 *     multigrid    iterations of preconditioned conjugate gradients as n grows
 *     gradient     a solution with its full gradient, in units of one solution
 *     memory       implicit against unrolled gradients, bytes
 *     cost         the seed's cost table, measured, with fitted exponents
 *     local        rows read by gradients of one entry, n = 1e3 … 1e12, and where locality ends
 *
 *     npx tsx bench/linear.ts NAME
 */
import { dense } from './linear/dense.ts'

const tables: Record<string, () => string | Promise<string>> = { dense }
const name = process.argv[2]
if (!(name in tables)) throw new RangeError(`bench/linear.ts wants one of ${Object.keys(tables).join(', ')}`)
console.log(await tables[name]())
