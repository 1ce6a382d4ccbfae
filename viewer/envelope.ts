/**
 * The rows of a long table that a plot needs: of each of `buckets` equal parts of the rows from `first` to `last`, those
 * where some column is least or greatest, and both ends. The drawn curve covers the same pixels as that of all rows.
 *
 * @returns row numbers, increasing; all of them where there are few
 */
export function envelopeRows(
  columns: readonly ArrayLike<number>[],
  first: number,
  last: number,
  buckets: number,
): number[] {
  const count = last - first + 1
  if (count <= 4 * buckets) return Array.from({ length: Math.max(count, 0) }, (_, i) => first + i)
  const rows = new Set([first, last])
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = first + Math.floor((bucket * count) / buckets)
    const to = first + Math.floor(((bucket + 1) * count) / buckets)
    for (const column of columns) {
      let least = from
      let greatest = from
      for (let i = from + 1; i < to; i++) {
        if (column[i] < column[least] || Number.isNaN(column[least])) least = i
        if (column[i] > column[greatest] || Number.isNaN(column[greatest])) greatest = i
      }
      rows.add(least).add(greatest)
    }
  }
  return [...rows].sort((a, b) => a - b)
}
