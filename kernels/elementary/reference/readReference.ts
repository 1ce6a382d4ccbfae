/** Operands, correctly rounded values, and what rounding left, in units in the last place of the value. */
export interface Reference {
  readonly operands: readonly Float64Array[]
  readonly values: Float64Array
  readonly rests: Float64Array
}

/** Reads the bytes of a file that `generate.py` wrote, for a function of `arity` operands. */
export function readReference(bytes: Uint8Array, arity: number): Reference {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = bytes.length / (8 * (arity + 1) + 1)
  const column = (k: number) =>
    Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * (k * count + i), true))
  const rests = Float64Array.from(
    { length: count },
    (_, i) => view.getInt8(8 * (arity + 1) * count + i) / 254,
  )
  return { operands: Array.from({ length: arity }, (_, k) => column(k)), values: column(arity), rests }
}

/** The distance between two neighbours in the binade of x. */
const unitInLastPlace = (x: number): number =>
  2 ** Math.max(Math.floor(Math.log2(Math.max(Math.abs(x), Number.MIN_VALUE))) - 52, -1074)

/** |result − exact value| in units in the last place; the same bits, or NaN for NaN, count as the rest alone. */
export function errorInUlps(result: number, value: number, rest: number): number {
  if (!Number.isFinite(value) || !Number.isFinite(result)) return Object.is(result, value) ? 0 : Infinity
  return Math.abs((result - value) / unitInLastPlace(value) - rest)
}
