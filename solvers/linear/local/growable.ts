/** Numbers that are zero until they are set, for as many places as are asked for. */
export interface GrowableVector {
  get(i: number): number
  set(i: number, value: number): void
  add(i: number, value: number): void
}

export function growableVector(): GrowableVector {
  let values = new Float64Array(256)
  function reserve(i: number): void {
    if (i < values.length) return
    const larger = new Float64Array(Math.max(i + 1, 2 * values.length))
    larger.set(values)
    values = larger
  }
  return {
    get: i => (i < values.length ? values[i] : 0),
    set(i, value) {
      reserve(i)
      values[i] = value
    },
    add(i, value) {
      reserve(i)
      values[i] += value
    },
  }
}
