import { cos, sin } from '../../kernels/elementary/numbers.ts'

/** [w, x, y, z], of any length but 0, so that quarter turns are exact. */
export type Quaternion = [number, number, number, number]
export type Triple = [number, number, number]

export const unturned: Quaternion = [1, 0, 0, 0]

/** Files have z up; scenes have y up: (x, y, z) → (x, z, −y). */
export const zUpToYUp: Quaternion = [1, -1, 0, 0]

/** First b, then a. */
export const product = ([w, x, y, z]: Quaternion, [a, b, c, d]: Quaternion): Quaternion => [
  w * a - x * b - y * c - z * d,
  w * b + x * a + y * d - z * c,
  w * c - x * d + y * a + z * b,
  w * d + x * c - y * b + z * a,
]

export function about([x, y, z]: readonly number[], angle: number): Quaternion {
  const length = Math.sqrt(x * x + y * y + z * z)
  if (angle === 0 || length === 0) return unturned
  const s = sin(angle / 2) / length
  return [cos(angle / 2), s * x, s * y, s * z]
}

/** Turns z to the direction, the shortest way. */
export function fromZ([x, y, z]: readonly number[]): Quaternion {
  const length = Math.sqrt(x * x + y * y + z * z)
  return x === 0 && y === 0 && z < 0 ? [0, 1, 0, 0] : [length + z, -y, x, 0]
}

/** Turns by three angles about axes such as `xyz`: lower case about axes that turn along, upper case about fixed ones. */
export function euler(angles: readonly number[], sequence: string): Quaternion {
  const axes: Record<string, Triple> = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] }
  return [...sequence].reduce<Quaternion>((turned, axis, k) => {
    const turn = about(axes[axis.toLowerCase()], angles[k])
    return axis === axis.toLowerCase() ? product(turned, turn) : product(turn, turned)
  }, unturned)
}

/** Rows of the rotation's matrix. */
export function matrix([w, x, y, z]: Quaternion): Triple[] {
  const square = w * w + x * x + y * y + z * z
  const rows: Triple[] = [
    [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z],
  ]
  return rows.map(row => row.map(entry => entry / square) as Triple)
}

export const rotated = (q: Quaternion, v: readonly number[]): Triple =>
  matrix(q).map(row => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Triple
