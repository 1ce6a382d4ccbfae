import type { Tableau } from '../tableau.ts'
import { hermite } from './hermite.ts'

const b = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]

/** d of the dense output: the weight of θ²(1 − θ)² in b_i(θ), for i = 1 … 7. */
const d = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
]

/** Hermite's cubic on y, y₁, k_1, k_7, plus d_i·θ²(1 − θ)². */
const dense = hermite(b, 6).map(([p1, p2, p3], i) => [p1, p2 + d[i], p3 - 2 * d[i], d[i]])

/** Dormand–Prince 5(4), seven stages, the last the first of the next step, with dense output of order 4. */
export const dopri5: Tableau = {
  name: 'dopri5',
  source:
    'J. R. Dormand & P. J. Prince, A family of embedded Runge–Kutta formulae, J. Comp. Appl. Math. 6 (1980) 19–26; ' +
    'dense output: Hairer, Nørsett & Wanner, Solving ODEs I, II.6, and the code DOPRI5',
  order: 5,
  embeddedOrder: 4,
  denseOrder: 4,
  beta: 0.04,
  trial: 7,
  end: 6,
  c: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
  a: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    b,
  ],
  b,
  error: [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40],
  dense,
}
