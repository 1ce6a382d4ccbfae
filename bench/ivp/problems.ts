/**
 * Sixteen initial value problems with reference solutions in quadruple precision (`reference.json` says where each comes
 * from): nonstiff (DETEST, SciMLBenchmarks), stiff (Hairer & Wanner, Mazzia & Magherini) and with a singular mass matrix.
 */
import { readFileSync } from 'node:fs'
import type { VectorField } from '../../solvers/ode/index.ts'

interface Reference {
  readonly name: string
  readonly t0: number
  readonly t1: number
  readonly y0: readonly number[]
  readonly params: Readonly<Record<string, number>>
  readonly reference_y: readonly number[]
  readonly mass_matrix?: readonly (readonly number[])[]
}

export interface InitialValueProblem {
  readonly name: string
  readonly kind: 'nonstiff' | 'stiff'
  readonly field: VectorField
  readonly y0: readonly number[]
  readonly span: readonly [number, number]
  readonly reference: readonly number[]
  /** atol for a relative tolerance of 1: the size below which a component does not matter. */
  readonly size: number
}

type Parameters = Reference['params']
type RightHandSide = (t: number, y: Float64Array, out: Float64Array) => void

const path = new URL('./reference.json', import.meta.url)
const references = JSON.parse(readFileSync(path, 'utf8')) as Reference[]

const rober = ({ k1, k2, k3 }: Parameters): RightHandSide => {
  return (_t, [a, b, c], out) => {
    out[0] = -k1 * a + k3 * b * c
    out[1] = k1 * a - k2 * b * b - k3 * b * c
    out[2] = k2 * b * b
  }
}

interface Equations {
  readonly size?: number
  readonly kind?: 'stiff'
  readonly make: (p: Parameters) => RightHandSide
  readonly jacobian?: (p: Parameters) => RightHandSide
}

const equations: Record<string, Equations> = {
  lotka_volterra: {
    make:
      ({ a, b, c, d }) =>
      (_t, [x, y], out) => {
        out[0] = a * x - b * x * y
        out[1] = -c * y + d * x * y
      },
  },
  rigid_body_forced: {
    make:
      ({ I1, I2, I3, k0 }) =>
      (t, [x, y, z], out) => {
        out[0] = I1 * y * z
        out[1] = I2 * x * z
        out[2] = I3 * x * y + k0 * Math.sin(t) ** 2
      },
  },
  euler_rigid_body: {
    make:
      ({ a, b, c }) =>
      (_t, [x, y, z], out) => {
        out[0] = a * y * z
        out[1] = b * x * z
        out[2] = c * x * y
      },
  },
  kepler_e01: {
    make:
      ({ GM }) =>
      (_t, [x, y, u, v], out) => {
        const r3 = (x * x + y * y) ** 1.5
        out[0] = u
        out[1] = v
        out[2] = (-GM * x) / r3
        out[3] = (-GM * y) / r3
      },
  },
  lorenz_t1: {
    make:
      ({ sigma, rho, beta }) =>
      (_t, [x, y, z], out) => {
        out[0] = sigma * (y - x)
        out[1] = x * (rho - z) - y
        out[2] = x * y - beta * z
      },
  },
  fitzhugh_nagumo: {
    make:
      ({ a, b, tauinv, l }) =>
      (_t, [v, w], out) => {
        out[0] = v - v ** 3 / 3 - w + l
        out[1] = tauinv * (v + a - b * w)
      },
  },
  outer_planets: {
    make: ({ k2, m0, ...others }) => {
      const masses = [1, 2, 3, 4, 5].map(j => others[`m${j}`])
      return (_t, y, out) => {
        const cube = (x: number, z: number, w: number) => (x * x + z * z + w * w) ** 1.5
        const radius = masses.map((_, j) => cube(y[3 * j], y[3 * j + 1], y[3 * j + 2]))
        for (let j = 0; j < 5; j++)
          for (let d = 0; d < 3; d++) {
            out[3 * j + d] = y[15 + 3 * j + d]
            let sum = (-(m0 + masses[j]) * y[3 * j + d]) / radius[j]
            for (let k = 0; k < 5; k++) {
              if (k === j) continue
              const apart = [0, 1, 2].map(e => y[3 * k + e] - y[3 * j + e])
              const distance = cube(apart[0], apart[1], apart[2])
              sum += masses[k] * (apart[d] / distance - y[3 * k + d] / radius[k])
            }
            out[15 + 3 * j + d] = k2 * sum
          }
      }
    },
  },
  double_pendulum: {
    make:
      ({ m1, m2, l1, l2, g }) =>
      (_t, [a, b, u, v], out) => {
        const [s, c] = [Math.sin(a - b), Math.cos(a - b)]
        const [a11, a12, a22] = [(m1 + m2) * l1 * l1, m2 * l1 * l2 * c, m2 * l2 * l2]
        const f1 = -m2 * l1 * l2 * v * v * s - (m1 + m2) * g * l1 * Math.sin(a)
        const f2 = m2 * l1 * l2 * u * u * s - m2 * g * l2 * Math.sin(b)
        const determinant = a11 * a22 - a12 * a12
        out[0] = u
        out[1] = v
        out[2] = (a22 * f1 - a12 * f2) / determinant
        out[3] = (a11 * f2 - a12 * f1) / determinant
      },
  },
  brusselator_1d: {
    make:
      ({ A, B, alpha }) =>
      (_t, y, out) => {
        const n = y.length / 2
        const diffusion = alpha * (n + 1) ** 2
        for (let i = 0; i < n; i++) {
          const [u, v] = [y[2 * i], y[2 * i + 1]]
          const [uBefore, vBefore] = i === 0 ? [1, 3] : [y[2 * i - 2], y[2 * i - 1]]
          const [uAfter, vAfter] = i === n - 1 ? [1, 3] : [y[2 * i + 2], y[2 * i + 3]]
          out[2 * i] = A + u * u * v - (B + 1) * u + diffusion * (uBefore - 2 * u + uAfter)
          out[2 * i + 1] = B * u - u * u * v + diffusion * (vBefore - 2 * v + vAfter)
        }
      },
  },
  rober_40: { kind: 'stiff', size: 1e-4, make: rober },
  orego_30: {
    kind: 'stiff',
    make:
      ({ s, q, w }) =>
      (_t, [x, y, z], out) => {
        out[0] = s * (y + x * (1 - q * x - y))
        out[1] = (z - (1 + x) * y) / s
        out[2] = w * (x - z)
      },
  },
  e5: {
    kind: 'stiff',
    size: 1e-20,
    make:
      ({ A, B, C, M }) =>
      (_t, [a, b, c, d], out) => {
        out[0] = -A * a - B * a * c
        out[1] = A * a - M * C * b * c
        out[3] = B * a * c - C * d
        out[2] = out[1] - out[3]
      },
    // differences are no good among numbers of 1e-20
    jacobian:
      ({ A, B, C, M }) =>
      (_t, [a, b, c], out) => {
        out.set([-A - B * c, 0, -B * a, 0])
        out.set([A, -M * C * c, -M * C * b, 0], 4)
        out.set([B * c, 0, B * a, -C], 12)
        for (let m = 0; m < 4; m++) out[8 + m] = out[4 + m] - out[12 + m]
      },
  },
  pollu: { kind: 'stiff', size: 1e-2, make: pollution },
  rober_dae: {
    kind: 'stiff',
    size: 1e-4,
    make: p => {
      const f = rober(p)
      return (t, y, out) => {
        f(t, y, out)
        out[2] = y[0] + y[1] + y[2] - 1
      }
    },
  },
  chem_akzo_dae: {
    kind: 'stiff',
    size: 1e-2,
    make:
      ({ k1, k2, k3, k4, K, klA, Ks, pCO2, H }) =>
      (_t, [a, b, c, d, e, f], out) => {
        const root = Math.sqrt(Math.max(b, 0))
        const [r1, r2, r3] = [k1 * a ** 4 * root, k2 * c * d, (k2 / K) * a * e]
        const [r4, r5, inflow] = [k3 * a * d * d, k4 * f * f * root, klA * (pCO2 / H - b)]
        out[0] = -2 * r1 + r2 - r3 - r4
        out[1] = -r1 / 2 - r4 - r5 / 2 + inflow
        out[2] = r1 - r2 + r3
        out[3] = -r2 + r3 - 2 * r4
        out[4] = r2 - r3 + r5
        out[5] = Ks * a * d - f
      },
  },
  transistor: {
    kind: 'stiff',
    make: ({ Ub, UF, alpha, beta, R0, R1, R2, R3, R4, R5, R6, R7, R8, R9 }) => {
      const g = (x: number) => beta * (Math.exp(x / UF) - 1)
      return (t, y, out) => {
        const [g1, g2] = [g(y[1] - y[2]), g(y[4] - y[5])]
        out[0] = (y[0] - 0.1 * Math.sin(200 * Math.PI * t)) / R0
        out[1] = y[1] / R1 + (y[1] - Ub) / R2 + (1 - alpha) * g1
        out[2] = y[2] / R3 - g1
        out[3] = (y[3] - Ub) / R4 + alpha * g1
        out[4] = y[4] / R5 + (y[4] - Ub) / R6 + (1 - alpha) * g2
        out[5] = y[5] / R7 - g2
        out[6] = (y[6] - Ub) / R8 + alpha * g2
        out[7] = y[7] / R9
      }
    },
  },
}

/** POLLU (Verwer 1994): 25 reactions of 20 species, each with its rate, what it takes and what it gives. */
function pollution(p: Parameters): RightHandSide {
  // biome-ignore format: a table
  const reactions: [factors: number[], from: number[], to: number[]][] = [
    [[1], [1], [2, 3]], [[2, 4], [2, 4], [1]], [[5, 2], [5, 2], [1, 6]], [[7], [7], [5, 5, 8]],
    [[7], [7], [8]], [[7, 6], [7, 6], [5, 8]], [[9], [9], [5, 8, 10]], [[9, 6], [9, 6], [11]],
    [[11, 2], [11, 2], [1, 10, 12]], [[11, 1], [11, 1], [13]], [[13], [13], [1, 11]], [[10, 2], [10, 2], [1, 14]],
    [[14], [14], [5, 7]], [[1, 6], [1, 6], [15]], [[3], [3], [4]], [[4], [4], [16]],
    [[4], [4], [3]], [[16], [16], [6, 6]], [[16], [16], [3]], [[17, 6], [17, 6], [5, 18]],
    [[19], [19], [2]], [[19], [19], [1, 3]], [[1, 4], [1, 4], [19]], [[19, 1], [19, 1], [20]],
    [[20], [20], [1, 19]],
  ]
  return (_t, y, out) => {
    out.fill(0)
    reactions.forEach(([factors, from, to], i) => {
      const rate = factors.reduce((product, j) => product * y[j - 1], p[`k${i + 1}`])
      for (const j of from) out[j - 1] -= rate
      for (const j of to) out[j - 1] += rate
    })
  }
}

/** The mass matrix that the reference gives, or that of the transistor amplifier, whose blocks are capacitances. */
function massOf({ name, mass_matrix, params: { C1, C2, C3, C4, C5 } }: Reference): Float64Array | undefined {
  if (name !== 'transistor') return mass_matrix && Float64Array.from(mass_matrix.flat())
  const mass = new Float64Array(64)
  const pair = (i: number, c: number) => {
    mass[i * 9] = mass[(i + 1) * 9] = -c
    mass[i * 9 + 1] = mass[(i + 1) * 9 - 1] = c
  }
  pair(0, C1)
  mass[2 * 9] = -C2
  pair(3, C3)
  mass[5 * 9] = -C4
  pair(6, C5)
  return mass
}

export const problems: readonly InitialValueProblem[] = references.map(reference => {
  const { name, t0, t1, y0, params, reference_y } = reference
  const { make, jacobian, size = 1, kind = 'nonstiff' } = equations[name]
  const f = make(params)
  const mass = massOf(reference)
  const field: VectorField = {
    dimension: y0.length,
    parameterCount: 0,
    parameters: new Float64Array(0),
    evaluate: f,
    jacobian: jacobian?.(params),
    ...(mass && {
      mass: (_t: number, _y: Float64Array, out: Float64Array) => out.set(mass),
      massIsConstant: true,
    }),
  }
  return { name, kind, field, y0, span: [t0, t1], reference: reference_y, size }
})
