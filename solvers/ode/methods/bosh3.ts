import type { Tableau } from '../tableau.ts'
import { hermite } from './hermite.ts'

const b = [2 / 9, 1 / 3, 4 / 9]

/** Bogacki–Shampine 3(2), four stages, the last the first of the next step, with Hermite's cubic. */
export const bosh3: Tableau = {
  name: 'bosh3',
  source:
    'P. Bogacki & L. F. Shampine, A 3(2) pair of Runge–Kutta formulas, Appl. Math. Lett. 2 (1989) 321–325',
  order: 3,
  embeddedOrder: 2,
  denseOrder: 3,
  beta: 0,
  trial: 4,
  end: 3,
  c: [0, 1 / 2, 3 / 4, 1],
  a: [[], [1 / 2], [0, 3 / 4], b],
  b,
  error: [-5 / 72, 1 / 12, 1 / 9, -1 / 8],
  dense: hermite(b, 3),
}
