/**
 * Contour lines of values at the vertices of a triangle mesh, linear within each triangle: a level crosses no edge or two,
 * and between the two crossings it is straight (marching triangles).
 *
 * @param positions (n, 3), where the vertices are now
 * @param out gets (k, 2, 3): both ends of each piece; it holds at most out.length / 6 of them
 * @returns k
 */
export function contourPieces(
  positions: ArrayLike<number>,
  triangles: ArrayLike<number>,
  values: ArrayLike<number>,
  levels: readonly number[],
  out: Float32Array,
): number {
  let used = 0
  for (let triangle = 0; triangle < triangles.length; triangle += 3)
    for (const level of levels) {
      let found = 0
      for (let side = 0; side < 3; side++) {
        const a = triangles[triangle + side]
        const b = triangles[triangle + ((side + 1) % 3)]
        // A vertex at the level counts as above it, so that no level leaves a triangle through one edge only.
        if (values[a] < level === values[b] < level) continue
        const part = (level - values[a]) / (values[b] - values[a])
        const at = 6 * used + 3 * found
        if (at + 3 > out.length) return used
        for (let c = 0; c < 3; c++)
          out[at + c] = positions[3 * a + c] + part * (positions[3 * b + c] - positions[3 * a + c])
        found += 1
      }
      if (found === 2) used += 1
    }
  return used
}

/** `count` levels that divide a range evenly, its ends left out. */
export const contourLevels = ([from, to]: readonly [number, number], count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + ((i + 1) / (count + 1)) * (to - from))
