/** What the constructors share: how shapes are checked, printed and combined. */

import type { Shape } from '../graph.ts'

/** `[2,3]`, for messages. */
export const shapeText = (shape: Shape): string => `[${shape.join(',')}]`

export function checkShape(where: string, shape: Shape): void {
  if (shape.some(extent => !Number.isInteger(extent) || extent < 0)) {
    throw new RangeError(`${where}: ${shapeText(shape)} is no shape; extents are whole numbers, 0 or more`)
  }
}

/** The axis counted from the front: −1 is the last one. */
export function checkAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new RangeError(`${where}: there is no axis ${axis} in rank ${rank}`)
  }
  return axis < 0 ? axis + rank : axis
}

/** Distinct axes counted from the front, ascending. */
export function checkAxes(where: string, axes: readonly number[], rank: number): number[] {
  const sorted = axes.map(axis => checkAxis(where, axis, rank)).sort((a, b) => a - b)
  const repeated = sorted.find((axis, i) => axis === sorted[i - 1])
  if (repeated !== undefined) throw new RangeError(`${where}: axis ${repeated} is named twice`)
  return sorted
}

/** Whether `permutation` leaves each axis where it is. */
export const isIdentity = (permutation: readonly number[]): boolean =>
  permutation.every((axis, i) => axis === i)

/**
 * The shape that NumPy broadcasts both to: aligned at the last axis, extents equal or 1.
 * @throws RangeError where they do not fit.
 */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const m = a[axis - rank + a.length] ?? 1
    const n = b[axis - rank + b.length] ?? 1
    if (m !== n && m !== 1 && n !== 1) {
      throw new RangeError(`broadcast: ${shapeText(a)} and ${shapeText(b)} do not fit: ${m} against ${n}`)
    }
    return m === 1 ? n : m
  })
}
