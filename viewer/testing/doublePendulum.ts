import type { Trajectory } from '../../sim/files/trajectory.ts'
import { pointSeries, truthSeries } from '../../sim/files/viewerSeries.ts'

/** A double pendulum of two point masses on massless rods; angles from the vertical, SI units. */
export interface Pendulum {
  m1: number
  m2: number
  l1: number
  l2: number
  g: number
}

const shipped: Pendulum = { m1: 1, m2: 0.8, l1: 1, l2: 0.8, g: 9.81 }

/** d/dt (a, b, ȧ, ḃ), from M(q)·q̈ = forces with the 2×2 system solved by Cramer's rule. */
function derivative([a, b, ad, bd]: number[], { m1, m2, l1, l2, g }: Pendulum): number[] {
  const m11 = (m1 + m2) * l1 * l1
  const m12 = m2 * l1 * l2 * Math.cos(a - b)
  const m22 = m2 * l2 * l2
  const f1 = -m2 * l1 * l2 * Math.sin(a - b) * bd * bd - (m1 + m2) * g * l1 * Math.sin(a)
  const f2 = m2 * l1 * l2 * Math.sin(a - b) * ad * ad - m2 * g * l2 * Math.sin(b)
  const determinant = m11 * m22 - m12 * m12
  return [ad, bd, (f1 * m22 - f2 * m12) / determinant, (f2 * m11 - f1 * m12) / determinant]
}

function energyOf([a, b, ad, bd]: number[], { m1, m2, l1, l2, g }: Pendulum): number {
  const kinetic =
    0.5 * (m1 + m2) * l1 * l1 * ad * ad +
    0.5 * m2 * l2 * l2 * bd * bd +
    m2 * l1 * l2 * ad * bd * Math.cos(a - b)
  return kinetic - (m1 + m2) * g * l1 * Math.cos(a) - m2 * g * l2 * Math.cos(b)
}

/** The classical Runge–Kutta method, with 10 steps between two samples. */
function integrate(start: number[], pendulum: Pendulum, samples: number, interval: number): number[][] {
  const add = (y: number[], k: number[], h: number): number[] => y.map((value, i) => value + h * k[i])
  const h = interval / 10
  const rows = [start]
  for (let y = start; rows.length < samples; rows.push(y))
    for (let step = 0; step < 10; step++) {
      const k1 = derivative(y, pendulum)
      const k2 = derivative(add(y, k1, h / 2), pendulum)
      const k3 = derivative(add(y, k2, h / 2), pendulum)
      const k4 = derivative(add(y, k3, h), pendulum)
      y = y.map((value, i) => value + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]))
    }
  return rows
}

/** The shipped scene as a trajectory: the prediction is a pendulum whose masses are slightly off, the truth is exact. */
export function doublePendulum({
  samples = 1001,
  interval = 0.01,
  start = [2.1, -0.35, 0, 0],
} = {}): Trajectory {
  const predicted = { ...shipped, m2: 0.801, l2: 0.8008 }
  const main = integrate(start, predicted, samples, interval)
  const truth = integrate(start, shipped, samples, interval)
  const points = (rows: number[][], { l1, l2 }: Pendulum, second: boolean) => ({
    shape: [samples, 3],
    data: Float64Array.from(
      rows.flatMap(([a, b]) => {
        const far = second ? l2 : 0
        return [l1 * Math.sin(a) + far * Math.sin(b), -l1 * Math.cos(a) - far * Math.cos(b), 0]
      }),
    ),
  })
  const energy = (rows: number[][], pendulum: Pendulum) => ({
    shape: [samples],
    data: Float64Array.from(rows, row => energyOf(row, pendulum)),
  })
  return {
    t: Float64Array.from({ length: samples }, (_, i) => i * interval),
    y: Float64Array.from(main.flat()),
    names: ['a', 'b', 'a_dot', 'b_dot'],
    series: {
      energy: energy(main, shipped),
      [pointSeries('p1')]: points(main, predicted, false),
      [pointSeries('p2')]: points(main, predicted, true),
      [truthSeries('y')]: { shape: [samples, 4], data: Float64Array.from(truth.flat()) },
      [truthSeries('energy')]: energy(truth, shipped),
      [truthSeries(pointSeries('p1'))]: points(truth, shipped, false),
      [truthSeries(pointSeries('p2'))]: points(truth, shipped, true),
    },
    meta: {
      name: 'double-pendulum',
      units: { a: 'rad', b: 'rad', a_dot: 'rad/s', b_dot: 'rad/s', energy: 'J' },
      viewer: {
        camera: { view: 'front' },
        rods: [
          ['world', 'p1'],
          ['p1', 'p2'],
        ],
        trails: { p2: 2 },
        compare: { truth: 'ghost' },
      },
    },
  }
}
