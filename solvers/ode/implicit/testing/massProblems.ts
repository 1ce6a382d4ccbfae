import type { VectorField } from '../../vectorField.ts'
import { type StiffField, stiffField } from './stiffProblems.ts'

/**
 * Three equations with a constant mass matrix of rank 2, whose third row is the sum of the others: the algebraic equation
 * is f₃ − f₁ − f₂ = y₃ + c·y₃³ − y₁·y₂ − sin(t)/10 = 0, and no component is algebraic by itself.
 */
export const singularMass = (): StiffField => ({
  ...stiffField(
    3,
    [1, 0.5, 0.3],
    (t, [x, y, z], [a, b, c], out) => {
      out[0] = -a * x + Math.sin(t)
      out[1] = -b * y * y * y + x
      out[2] = out[0] + out[1] + z + c * z * z * z - x * y - 0.1 * Math.sin(t)
    },
    (_t, [x, y, z], [a, b, c], fy, ftheta) => {
      fy.set([-a, 0, 0, 1, -3 * b * y * y, 0, 1 - a - y, -3 * b * y * y - x, 1 + 3 * c * z * z])
      ftheta.set([-x, 0, 0, 0, -y * y * y, 0, -x, -y * y * y, z * z * z])
    },
  ),
  timeDerivative: (t, _y, out) => out.set([Math.cos(t), 0, 0.9 * Math.cos(t)]),
  mass: (_t, _y, out) => out.set([1, 0.5, 0, 0.3, 1, 0.2, 1.3, 1.5, 0.2]),
  massIsConstant: true,
})

/** Two equations with M = [1 + x², c·y; c·y, 2 + y²], which depends on the state and on θ = (a, b, c). */
export const variableMass = (): StiffField & Required<Pick<VectorField, 'massJvp' | 'massVjp'>> => ({
  ...stiffField(
    2,
    [1, 2, 0.4],
    (t, [x, y], [a, b], out) => {
      out[0] = -a * x + Math.sin(t)
      out[1] = -b * y * y * y + x
    },
    (_t, [x, y], [a, b], fy, ftheta) => {
      fy.set([-a, 0, 1, -3 * b * y * y])
      ftheta.set([-x, 0, 0, 0, -y * y * y, 0])
    },
  ),
  mass(_t, [x, y], out) {
    const c = this.parameters[2]
    out.set([1 + x * x, c * y, c * y, 2 + y * y])
  },
  massJvp(_t, [x, y], [u, v], [dx, dy], [, , dc], out) {
    const c = this.parameters[2]
    out[0] = 2 * x * dx * u + (c * dy + dc * y) * v
    out[1] = (c * dy + dc * y) * u + 2 * y * dy * v
  },
  massVjp(_t, [x, y], [u, v], [p, q], gradY, gradTheta) {
    const c = this.parameters[2]
    gradY[0] += p * 2 * x * u
    gradY[1] += p * c * v + q * (c * u + 2 * y * v)
    gradTheta[2] += p * y * v + q * y * u
  },
})
