import type { CsrMatrix } from '../csr.ts'
import {
  biharmonic,
  clement,
  convectionDiffusion,
  dorr,
  frank,
  grcar,
  hilbert,
  kahan,
  lehmer,
  lesp,
  moler,
  parter,
  poisson,
  stokes,
  wathen,
} from './matrices.ts'

export interface ClassicalMatrix {
  readonly name: string
  readonly kind: 'positive definite' | 'symmetric, indefinite' | 'not symmetric'
  readonly A: CsrMatrix
}

/** One of each family, with some tens or hundreds of unknowns: what a solver has to stand, or to refuse with a reason. */
export const classicalMatrices = (): ClassicalMatrix[] => [
  { name: 'Poisson, 16×16', kind: 'positive definite', A: poisson(16) },
  { name: 'biharmonic, 12×12', kind: 'positive definite', A: biharmonic(12) },
  {
    name: 'Wathen, 6×5',
    kind: 'positive definite',
    A: wathen(6, 5, (i, j) => 1 + ((37 * i + 61 * j) % 100)),
  },
  { name: 'Lehmer, 40', kind: 'positive definite', A: lehmer(40) },
  { name: 'Moler, 14', kind: 'positive definite', A: moler(14) },
  { name: 'Hilbert, 9', kind: 'positive definite', A: hilbert(9) },
  { name: 'Stokes, 8×8', kind: 'symmetric, indefinite', A: stokes(8) },
  { name: 'Clement, 40', kind: 'symmetric, indefinite', A: clement(40) },
  { name: 'convection 0.5', kind: 'not symmetric', A: convectionDiffusion(16, 0.5) },
  { name: 'convection 20', kind: 'not symmetric', A: convectionDiffusion(16, 20) },
  { name: 'Grcar, 100', kind: 'not symmetric', A: grcar(100) },
  { name: 'Lesp, 100', kind: 'not symmetric', A: lesp(100) },
  { name: 'Dorr, 100', kind: 'not symmetric', A: dorr(100) },
  { name: 'Kahan, 40', kind: 'not symmetric', A: kahan(40) },
  { name: 'Frank, 14', kind: 'not symmetric', A: frank(14) },
  { name: 'Parter, 60', kind: 'not symmetric', A: parter(60) },
]
