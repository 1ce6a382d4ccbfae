import { type StiffField, type StiffProblem, stiffField } from './stiffProblems.ts'

/** Problems of index 1; digits: Radau IIA of order 17 in quadruple precision, which agree with the published ones. */

/** CHEMAKZO of Mazzia & Magherini's test set, θ = (k₁, k₂, k₃, k₄). */
export const chemicalAkzo: StiffProblem = {
  name: 'CHEMAKZO',
  field: {
    ...stiffField(
      6,
      [18.7, 0.58, 0.09, 0.42],
      (_t, [y1, y2, y3, y4, y5, y6], [k1, k2, k3, k4], out) => {
        const root = Math.sqrt(y2)
        const r1 = k1 * y1 * y1 * y1 * y1 * root
        const r2 = k2 * y3 * y4
        const r3 = (k2 / 34.4) * y1 * y5
        const r4 = k3 * y1 * y4 * y4
        const r5 = k4 * y6 * y6 * root
        out[0] = -2 * r1 + r2 - r3 - r4
        out[1] = -0.5 * r1 - r4 - 0.5 * r5 + 3.3 * (0.9 / 737 - y2)
        out[2] = r1 - r2 + r3
        out[3] = -r2 + r3 - 2 * r4
        out[4] = r2 - r3 + r5
        out[5] = 115.83 * y1 * y4 - y6
      },
      (_t, [y1, y2, y3, y4, y5, y6], [k1, k2, k3, k4], fy) => {
        const root = Math.sqrt(y2)
        const r1 = [4 * k1 * y1 ** 3 * root, (k1 * y1 ** 4) / (2 * root), 0, 0, 0, 0]
        const r2 = [0, 0, k2 * y4, k2 * y3, 0, 0]
        const r3 = [(k2 / 34.4) * y5, 0, 0, 0, (k2 / 34.4) * y1, 0]
        const r4 = [k3 * y4 * y4, 0, 0, 2 * k3 * y1 * y4, 0, 0]
        const r5 = [0, (k4 * y6 * y6) / (2 * root), 0, 0, 0, 2 * k4 * y6 * root]
        for (let j = 0; j < 6; j++) {
          fy[j] = -2 * r1[j] + r2[j] - r3[j] - r4[j]
          fy[6 + j] = -0.5 * r1[j] - r4[j] - 0.5 * r5[j] - (j === 1 ? 3.3 : 0)
          fy[12 + j] = r1[j] - r2[j] + r3[j]
          fy[18 + j] = -r2[j] + r3[j] - 2 * r4[j]
          fy[24 + j] = r2[j] - r3[j] + r5[j]
        }
        fy.set([115.83 * y4, 0, 0, 115.83 * y1, 0, -1], 30)
      },
    ),
    mass(_t, _y, out) {
      out.fill(0)
      for (let i = 0; i < 5; i++) out[7 * i] = 1
    },
    massIsConstant: true,
  },
  y0: [0.444, 0.00123, 0, 0.007, 0, 0.35999964],
  t1: 180,
  reference: [
    0.11507949206617021, 0.001203831471567715, 0.16115628874079743, 0.0003656156421249283,
    0.017080108852644042, 0.0048735313103074555,
  ],
  scale: [1e-1, 1e-3, 1e-1, 1e-3, 1e-2, 1e-2],
}

const capacities = [1e-6, 2e-6, 3e-6, 4e-6, 5e-6]
const current = (u: number) => 1e-6 * (Math.exp(u / 0.026) - 1)
const conductance = (u: number) => (1e-6 / 0.026) * Math.exp(u / 0.026)
const input = (t: number) => 0.1 * Math.sin(200 * Math.PI * t)

/** The transistor amplifier of the same test set: M of rank 5 among 8, f depends on t. */
export const transistor: StiffProblem = {
  name: 'the transistor amplifier',
  field: {
    ...stiffField(
      8,
      [],
      (t, y, _theta, out) => {
        const [g1, g2] = [current(y[1] - y[2]), current(y[4] - y[5])]
        out[0] = (y[0] - input(t)) / 1000
        out[1] = y[1] / 9000 + (y[1] - 6) / 9000 + 0.01 * g1
        out[2] = y[2] / 9000 - g1
        out[3] = (y[3] - 6) / 9000 + 0.99 * g1
        out[4] = y[4] / 9000 + (y[4] - 6) / 9000 + 0.01 * g2
        out[5] = y[5] / 9000 - g2
        out[6] = (y[6] - 6) / 9000 + 0.99 * g2
        out[7] = y[7] / 9000
      },
      (_t, y, _theta, fy) => {
        const [c1, c2] = [conductance(y[1] - y[2]), conductance(y[4] - y[5])]
        const set = (i: number, j: number, value: number) => {
          fy[8 * i + j] = value
        }
        set(0, 0, 1 / 1000)
        set(1, 1, 2 / 9000 + 0.01 * c1)
        set(1, 2, -0.01 * c1)
        set(2, 1, -c1)
        set(2, 2, 1 / 9000 + c1)
        set(3, 1, 0.99 * c1)
        set(3, 2, -0.99 * c1)
        set(3, 3, 1 / 9000)
        set(4, 4, 2 / 9000 + 0.01 * c2)
        set(4, 5, -0.01 * c2)
        set(5, 4, -c2)
        set(5, 5, 1 / 9000 + c2)
        set(6, 4, 0.99 * c2)
        set(6, 5, -0.99 * c2)
        set(6, 6, 1 / 9000)
        set(7, 7, 1 / 9000)
      },
    ),
    timeDerivative(t, _y, out) {
      out.fill(0)
      out[0] = -0.02 * Math.PI * Math.cos(200 * Math.PI * t)
    },
    mass(_t, _y, out) {
      out.fill(0)
      const [c1, c2, c3, c4, c5] = capacities
      const pair = (i: number, c: number) => {
        out[9 * i] = -c
        out[9 * i + 1] = c
        out[9 * i + 8] = c
        out[9 * i + 9] = -c
      }
      pair(0, c1)
      out[18] = -c2
      pair(3, c3)
      out[45] = -c4
      pair(6, c5)
    },
    massIsConstant: true,
  },
  y0: [0, 3, 3, 6, 3, 3, 6, 0],
  t1: 0.2,
  reference: [
    -0.005562145012262275, 3.006522471903043, 2.8499587886081286, 2.9264225362062417, 2.7046178650105546,
    2.761837778393144, 4.770927631616773, 1.2369958680915476,
  ],
}

/** The pendulum of length 1, x'' = −λ·x, z'' = −λ·z − g, with the constraint differentiated twice: 0 = u² + v² − λ·(x² + z²) − g·z. */
export const pendulum: StiffField = {
  ...stiffField(
    5,
    [9.81],
    (_t, [x, z, u, v, force], [g], out) => {
      out[0] = u
      out[1] = v
      out[2] = -force * x
      out[3] = -force * z - g
      out[4] = u * u + v * v - force * (x * x + z * z) - g * z
    },
    (_t, [x, z, u, v, force], [g], fy, ftheta) => {
      fy.set([0, 0, 1, 0, 0, 0, 0, 0, 1, 0, -force, 0, 0, 0, -x, 0, -force, 0, 0, -z])
      fy.set([-2 * force * x, -2 * force * z - g, 2 * u, 2 * v, -x * x - z * z], 20)
      ftheta.set([0, 0, 0, -1, -z])
    },
  ),
  mass(_t, _y, out) {
    out.fill(0)
    for (let i = 0; i < 4; i++) out[6 * i] = 1
  },
  massIsConstant: true,
}
