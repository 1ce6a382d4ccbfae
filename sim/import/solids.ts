import type { InertialDescription } from './description.ts'
import { fromZ, matrix, type Quaternion, type Triple } from './rotations.ts'

export type SolidType = 'sphere' | 'capsule' | 'cylinder' | 'box' | 'ellipsoid'

/** A uniform solid at a place in its body's frame. */
export interface Solid {
  readonly type: SolidType
  /** As in MJCF: radius; radius and half length; half sides; half axes. */
  readonly size: readonly number[]
  readonly mass: number
  readonly pos: Triple
  readonly quat: Quaternion
}

/** m³ */
export function volume(type: SolidType, [a, b, c]: readonly number[]): number {
  const ball = (4 / 3) * Math.PI
  switch (type) {
    case 'sphere':
      return ball * a * a * a
    case 'capsule':
      return Math.PI * a * a * 2 * b + ball * a * a * a
    case 'cylinder':
      return Math.PI * a * a * 2 * b
    case 'box':
      return 8 * a * b * c
    case 'ellipsoid':
      return ball * a * b * c
  }
}

/** Principal moments about the centre of a solid of mass 1, m². */
export function moments(type: SolidType, size: readonly number[]): Triple {
  const [a, b, c] = size
  switch (type) {
    case 'sphere':
      return [0.4 * a * a, 0.4 * a * a, 0.4 * a * a]
    case 'capsule': {
      // a cylinder between two half balls, whose centres lie 3/8 of the radius beyond its ends
      const middle = volume('cylinder', size) / volume('capsule', size)
      const ends = 1 - middle
      const across = middle * (a * a * 0.25 + (b * b) / 3) + ends * (0.4 * a * a + b * b + 0.75 * a * b)
      return [across, across, middle * 0.5 * a * a + ends * 0.4 * a * a]
    }
    case 'cylinder':
      return [a * a * 0.25 + (b * b) / 3, a * a * 0.25 + (b * b) / 3, 0.5 * a * a]
    case 'box':
      return [(b * b + c * c) / 3, (a * a + c * c) / 3, (a * a + b * b) / 3]
    case 'ellipsoid':
      return [(b * b + c * c) / 5, (a * a + c * c) / 5, (a * a + b * b) / 5]
  }
}

/** The inertia of solids that move as one; none where they have no mass. */
export function inertialOf(solids: readonly Solid[]): InertialDescription | undefined {
  const mass = solids.reduce((sum, solid) => sum + solid.mass, 0)
  if (mass === 0) return
  const pos = [0, 1, 2].map(k => solids.reduce((sum, solid) => sum + solid.mass * solid.pos[k], 0) / mass)
  const tensor = [0, 0, 0].map(() => [0, 0, 0])
  for (const solid of solids) {
    const rotation = matrix(solid.quat)
    const own = moments(solid.type, solid.size)
    const arm = solid.pos.map((x, k) => x - pos[k])
    const square = arm.reduce((sum, x) => sum + x * x, 0)
    for (const i of [0, 1, 2])
      for (const j of [0, 1, 2]) {
        const turned = own.reduce((sum, moment, k) => sum + rotation[i][k] * moment * rotation[j][k], 0)
        tensor[i][j] += solid.mass * (turned + (i === j ? square : 0) - arm[i] * arm[j])
      }
  }
  const [[xx, xy, xz], [, yy, yz], [, , zz]] = tensor
  return { mass, pos: pos as Triple, quat: [1, 0, 0, 0], fullinertia: [xx, yy, zz, xy, xz, yz] }
}

/** A rod between two points: where its middle is, how its z axis lies, and half its length. */
export function between(ends: readonly number[]): { pos: Triple; quat: Quaternion; half: number } {
  const direction = [0, 1, 2].map(k => ends[3 + k] - ends[k]) as Triple
  const half = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0)) / 2
  const pos = [0, 1, 2].map(k => (ends[k] + ends[3 + k]) / 2) as Triple
  return { pos, quat: fromZ(direction), half }
}
