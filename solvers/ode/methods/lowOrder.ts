import type { Tableau } from '../tableau.ts'
import { hermite } from './hermite.ts'

const book = 'Hairer, Nørsett & Wanner, Solving ODEs I, II.1'

/** Euler's method; no error estimate, so for fixed steps. */
export const euler: Tableau = {
  name: 'euler',
  source: 'L. Euler, Institutiones calculi integralis I (1768), §650; Hermite interpolation',
  order: 1,
  embeddedOrder: 0,
  denseOrder: 1,
  beta: 0,
  trial: 1,
  end: 1,
  c: [0, 1],
  a: [[], [1]],
  b: [1],
  error: [],
  dense: hermite([1], 1),
}

/** Heun's method of order 2, the explicit trapezoidal rule, with Euler's for the error. */
export const heun: Tableau = {
  name: 'heun',
  source: `K. Heun, Z. Math. Phys. 45 (1900) 23–38; ${book}; Hermite interpolation`,
  order: 2,
  embeddedOrder: 1,
  denseOrder: 2,
  beta: 0,
  trial: 2,
  end: 2,
  c: [0, 1, 1],
  a: [[], [1], [1 / 2, 1 / 2]],
  b: [1 / 2, 1 / 2],
  error: [-1 / 2, 1 / 2],
  dense: hermite([1 / 2, 1 / 2], 2),
}

/** The explicit midpoint rule of Runge, with Euler's method for the error. */
export const midpoint: Tableau = {
  name: 'midpoint',
  source: `C. Runge, Math. Ann. 46 (1895) 167–178; ${book}; Hermite interpolation`,
  order: 2,
  embeddedOrder: 1,
  denseOrder: 2,
  beta: 0,
  trial: 2,
  end: 2,
  c: [0, 1 / 2, 1],
  a: [[], [1 / 2], [0, 1]],
  b: [0, 1],
  error: [-1, 1],
  dense: hermite([0, 1], 2),
}

const b = [1 / 6, 1 / 3, 1 / 3, 1 / 6]

/** The classical Runge–Kutta method; no error estimate, so for fixed steps. */
export const rk4: Tableau = {
  name: 'rk4',
  source: `W. Kutta, Z. Math. Phys. 46 (1901) 435–453; ${book}; Hermite interpolation`,
  order: 4,
  embeddedOrder: 0,
  denseOrder: 3,
  beta: 0,
  trial: 4,
  end: 4,
  c: [0, 1 / 2, 1 / 2, 1, 1],
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1], b],
  b,
  error: [],
  dense: hermite(b, 4),
}
