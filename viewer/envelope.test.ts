import { describe, expect, it } from 'vitest'
import { envelopeRows } from './envelope.ts'

describe('envelopeRows', () => {
  const n = 100_000
  const waves = [3, 70, 900].map(k =>
    Float64Array.from({ length: n }, (_, i) => Math.sin((k * i) / 5000) * Math.cos(i)),
  )

  it('keeps the least and the greatest value of every bucket and column, in order', () => {
    const buckets = 500
    const rows = envelopeRows(waves, 0, n - 1, buckets)
    expect(rows.length).toBeLessThanOrEqual(buckets * 2 * waves.length + 2)
    expect(rows.every((row, i) => i === 0 || row > rows[i - 1])).toBe(true)
    for (const wave of waves)
      for (let bucket = 0; bucket < buckets; bucket += 50) {
        const [from, to] = [(bucket * n) / buckets, ((bucket + 1) * n) / buckets]
        const kept = rows.filter(row => row >= from && row < to).map(row => wave[row])
        const all = wave.subarray(from, to)
        expect(Math.max(...kept)).toBe(Math.max(...all))
        expect(Math.min(...kept)).toBe(Math.min(...all))
      }
  })

  it('keeps every row of a short part, finds a single spike, and sees past gaps', () => {
    expect(envelopeRows(waves, 10, 14, 500)).toEqual([10, 11, 12, 13, 14])
    const spike = new Float64Array(n)
    spike[77_777] = 1
    spike.fill(Number.NaN, 0, 1000)
    expect(envelopeRows([spike], 0, n - 1, 50)).toContain(77_777)
  })
})
