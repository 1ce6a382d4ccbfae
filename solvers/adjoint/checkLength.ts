/** @throws RangeError */
export function checkLength(name: string, array: Float64Array, length: number): void {
  if (array.length !== length)
    throw new RangeError(`${name} has ${array.length} entries, it must have ${length}`)
}
