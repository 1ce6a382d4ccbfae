import { patternOf } from '../../../../kernels/sparsity/index.ts'
import { type StiffField, stiffField } from '../../implicit/testing/stiffProblems.ts'
import type { VectorField } from '../../vectorField.ts'
import { addFields } from '../addFields.ts'

/** Lotka and Volterra's equations with a season, a linear part and an interaction; θ = (a, b, c, d). */
export function splitLotkaVolterra(): VectorField {
  const linear: StiffField = {
    ...stiffField(
      2,
      [1.5, 1, 3, 1],
      (t, [x, y], [a, , c], out) => {
        out[0] = a * x + 0.2 * Math.sin(t)
        out[1] = -c * y
      },
      (_t, [x, y], [a, , c], fy, ftheta) => {
        fy.set([a, 0, 0, -c])
        ftheta.set([x, 0, 0, 0, 0, 0, -y, 0])
      },
    ),
    timeDerivative: (t, _y, out) => out.set([0.2 * Math.cos(t), 0]),
  }
  const interaction = stiffField(
    2,
    linear.parameters,
    (_t, [x, y], [, b, , d], out) => {
      out[0] = -b * x * y
      out[1] = d * x * y
    },
    (_t, [x, y], [, b, , d], fy, ftheta) => {
      fy.set([-b * y, -b * x, d * y, d * x])
      ftheta.set([0, -x * y, 0, 0, 0, 0, 0, x * y])
    },
  )
  return addFields(linear, interaction)
}

/** The Brusselator with diffusion of stiffProblems.ts, which is the stiff part, and its reaction; θ = (A, B, α). */
export function splitBrusselator(points: number): VectorField {
  const n = 2 * points
  const square = (points + 1) * (points + 1)
  const boundary = [1, 3]
  const at = (y: Float64Array, i: number) => y[i] ?? boundary[(i + 2) % 2]
  /** The second difference in component i, by α. */
  const difference = (y: Float64Array, i: number) => square * (at(y, i - 2) - 2 * y[i] + at(y, i + 2))
  const diffusion = stiffField(
    n,
    [1, 3, 0.02],
    (_t, y, [, , alpha], out) => {
      for (let i = 0; i < n; i++) out[i] = alpha * difference(y, i)
    },
    (_t, y, [, , alpha], fy, ftheta) => {
      for (let i = 0; i < n; i++) {
        fy[i * n + i] = -2 * alpha * square
        if (i > 1) fy[i * n + i - 2] = alpha * square
        if (i < n - 2) fy[i * n + i + 2] = alpha * square
        ftheta[3 * i + 2] = difference(y, i)
      }
    },
  )
  const reaction = stiffField(
    n,
    diffusion.parameters,
    (_t, y, [a, b], out) => {
      for (let i = 0; i < n; i += 2) {
        const product = y[i] * y[i] * y[i + 1]
        out[i] = a + product - (b + 1) * y[i]
        out[i + 1] = b * y[i] - product
      }
    },
    (_t, y, [, b], fy, ftheta) => {
      for (let i = 0; i < n; i += 2) {
        const [u, v] = [y[i], y[i + 1]]
        fy.set([2 * u * v - b - 1, u * u], i * n + i)
        fy.set([b - 2 * u * v, -u * u], (i + 1) * n + i)
        ftheta.set([1, -u, 0, 0, u, 0], 3 * i)
      }
    },
  )
  const patternAt = (field: StiffField) => {
    const matrix = new Float64Array(n * n)
    field.jacobian(0, new Float64Array(n).fill(0.7), matrix)
    return patternOf(n, matrix)
  }
  return addFields(
    { ...diffusion, jacobianPattern: patternAt(diffusion) },
    { ...reaction, jacobianPattern: patternAt(reaction) },
  )
}
