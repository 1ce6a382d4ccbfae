import { log } from '../../kernels/elementary/numbers.ts'

/**
 * A seedable stream of pseudo-random numbers whose state can be saved: xoshiro128** (Blackman & Vigna, ACM TOMS 47,
 * 2021), seeded through splitmix32. The same on every machine: 32-bit integer arithmetic only.
 */
export interface RandomStream {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number
  /** Standard normal (Marsaglia's polar method). */
  normal(): number
  /** Permutes in place (Fisher–Yates). */
  shuffle(items: Int32Array): void
  /** Five numbers that `randomStream` continues from. */
  state(): number[]
}

/** A stream from a seed, or from a saved state. */
export function randomStream(seed: number | readonly number[]): RandomStream {
  const s = new Uint32Array(4)
  let spare = Number.NaN
  if (typeof seed === 'number') {
    let x = seed >>> 0
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) >>> 0
      let z = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
      s[i] = z ^ (z >>> 15)
    }
  } else {
    s.set(seed.slice(0, 4))
    spare = seed[4] ?? Number.NaN
  }

  const rotate = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits))
  function next(): number {
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0
    const t = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotate(s[3], 11)
    return result
  }
  const uniform = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53

  function normal(): number {
    if (!Number.isNaN(spare)) {
      const value = spare
      spare = Number.NaN
      return value
    }
    for (;;) {
      const u = 2 * uniform() - 1
      const v = 2 * uniform() - 1
      const square = u * u + v * v
      if (square === 0 || square >= 1) continue
      const factor = Math.sqrt((-2 * log(square)) / square)
      spare = v * factor
      return u * factor
    }
  }

  return {
    uniform,
    normal,
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1))
        ;[items[i], items[j]] = [items[j], items[i]]
      }
    },
    state: () => [...s, spare],
  }
}
