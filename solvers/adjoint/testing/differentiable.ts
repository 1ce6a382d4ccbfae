import { fieldOf, lotkaVolterra, type Problem, vanDerPol } from '../../ode/testing/problems.ts'
import { type ComplexField, complex, minus, plus, tanh, times } from './complexReplay.ts'

/** A vector field with its product rules by hand, and the same in complex arithmetic. */
export interface DifferentiableCase {
  readonly name: string
  readonly field: Problem['field']
  readonly complexField: ComplexField
  readonly y0: readonly number[]
}

/** Reproducible numbers in (−1, 1): a linear congruential generator (Knuth, MMIX). */
export function randomNumbers(seed: number): () => number {
  let state = BigInt(seed)
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number(state >> 11n) / 2 ** 52 - 1
  }
}

const hidden = 5
const states = 3
const random = randomNumbers(1)
const weightCount = hidden * (states + 1) + states * hidden

/** dy/dt = V·tanh(W·(y, sin t)) − y/4, θ = (W: 5×4, V: 3×5). */
const net = fieldOf(
  states,
  Array.from({ length: weightCount }, () => 0.8 * random()),
  (t, y, theta, dydt) => {
    const z = activations(t, y, theta)
    for (let i = 0; i < states; i++) {
      dydt[i] = -y[i] / 4
      for (let j = 0; j < hidden; j++) dydt[i] += theta[hidden * (states + 1) + i * hidden + j] * z[j]
    }
  },
  (t, y, theta, fy, ftheta) => {
    const z = activations(t, y, theta)
    const inputs = [...y, Math.sin(t)]
    const offset = hidden * (states + 1)
    for (let i = 0; i < states; i++) {
      fy[i * states + i] = -1 / 4
      for (let j = 0; j < hidden; j++) {
        const slope = theta[offset + i * hidden + j] * (1 - z[j] ** 2)
        ftheta[i * weightCount + offset + i * hidden + j] = z[j]
        for (let l = 0; l <= states; l++) {
          ftheta[i * weightCount + j * (states + 1) + l] = slope * inputs[l]
          if (l < states) fy[i * states + l] += slope * theta[j * (states + 1) + l]
        }
      }
    }
  },
)

function activations(t: number, y: Float64Array, theta: Float64Array): number[] {
  const inputs = [...y, Math.sin(t)]
  return Array.from({ length: hidden }, (_, j) =>
    Math.tanh(inputs.reduce((sum, value, l) => sum + theta[j * (states + 1) + l] * value, 0)),
  )
}

const range = (length: number) => Array.from({ length }, (_, i) => i)

export const differentiableCases: readonly DifferentiableCase[] = [
  {
    name: 'Lotka-Volterra',
    field: lotkaVolterra(),
    complexField: (_t, [x, y], [a, b, c, d]) => [
      minus(times(a, x), times(b, x, y)),
      minus(times(d, x, y), times(c, y)),
    ],
    y0: [1, 1.2],
  },
  {
    name: 'van der Pol',
    field: vanDerPol(1),
    complexField: (_t, [x, v], [mu]) => [v, minus(times(mu, minus(complex(1), times(x, x)), v), x)],
    y0: [2, 0.1],
  },
  {
    name: 'a dense tanh net, forced',
    field: net,
    complexField: (t, y, theta) => {
      const inputs = [...y, complex(Math.sin(t))]
      const z = range(hidden).map(j =>
        tanh(plus(...inputs.map((value, l) => times(theta[j * (states + 1) + l], value)))),
      )
      return y.map((value, i) =>
        plus(
          times(complex(-1 / 4), value),
          ...z.map((zj, j) => times(theta[hidden * (states + 1) + i * hidden + j], zj)),
        ),
      )
    },
    y0: [0.3, -0.7, 0.5],
  },
]
