import { describe, expect, it } from 'vitest'
import { contourLevels, contourPieces } from './contours.ts'
import { discMesh } from './testing/meshes.ts'

describe('contours', () => {
  const { vertices, triangles } = discMesh(1, 24, 72)
  const valuesOf = (f: (x: number, z: number) => number): number[] =>
    Array.from({ length: vertices.length / 3 }, (_, i) => f(vertices[3 * i], vertices[3 * i + 2]))

  it('of a linear function are straight lines at its levels, as long as the chord', () => {
    const out = new Float32Array(1 << 14)
    const values = valuesOf(x => x)
    for (const level of [-0.5, 0.013, 0.8]) {
      const count = contourPieces(vertices, triangles, values, [level], out)
      let length = 0
      for (let k = 0; k < count; k++) {
        expect(out[6 * k]).toBeCloseTo(level, 6)
        length += Math.hypot(out[6 * k + 3] - out[6 * k], out[6 * k + 5] - out[6 * k + 2])
      }
      expect(length).toBeCloseTo(2 * Math.sqrt(1 - level * level), 2)
    }
  })

  it('of the radius are closed circles', () => {
    const out = new Float32Array(1 << 14)
    const values = valuesOf((x, z) => Math.hypot(x, z))
    const count = contourPieces(vertices, triangles, values, [0.53], out)
    let length = 0
    const ends = new Map<string, number>()
    for (let k = 0; k < count; k++) {
      length += Math.hypot(out[6 * k + 3] - out[6 * k], out[6 * k + 5] - out[6 * k + 2])
      for (const at of [6 * k, 6 * k + 3]) {
        const key = [out[at], out[at + 2]].map(x => Math.round(x * 1e4)).join()
        ends.set(key, (ends.get(key) ?? 0) + 1)
      }
    }
    expect(length).toBeCloseTo(2 * Math.PI * 0.53, 1)
    expect([...ends.values()].every(times => times === 2)).toBe(true)
  })

  it('stop where their array is full, and lie inside the range', () => {
    expect(
      contourPieces(
        vertices,
        triangles,
        valuesOf(x => x),
        [0],
        new Float32Array(13),
      ),
    ).toBe(2)
    expect(contourLevels([0, 4], 3)).toEqual([1, 2, 3])
  })
})
