import type { SparseVector } from './rowOracle.ts'

/**
 * An unbiased estimate of a gradient by x from few of its entries: g_S = (n/|S|)·Σ_{i∈S} g_i·e_i, S drawn without
 * replacement. Derivatives of x = A⁻¹b are linear in g, so those by g_S are unbiased as well, with no other error: outputs
 * are sampled, and then solved for exactly (or locally, with `localGradient`). Sampling rows of A instead is biased, since
 * (A_SS)⁻¹ is not (A⁻¹)_SS.
 *
 *     const g = sampledCotangent(n, i => 2 * (x[i] - data[i]), { samples: 100, random: uniformNumbers(1) })
 *
 * @param gradient g_i, asked for at the samples only
 * @param random uniform in [0, 1)
 */
export function sampledCotangent(
  n: number,
  gradient: (i: number) => number,
  { samples, random }: { readonly samples: number; readonly random: () => number },
): SparseVector {
  if (!(Number.isInteger(samples) && samples >= 1 && samples <= n)) {
    throw new RangeError(`sampledCotangent: samples must be a whole number from 1 to ${n}, not ${samples}`)
  }
  const drawn = new Map<number, number>()
  // Floyd's algorithm (Bentley & Floyd, CACM 30, 1987): every subset is equally likely.
  for (let last = n - samples; last < n; last++) {
    const i = Math.floor(random() * (last + 1))
    const chosen = drawn.has(i) ? last : i
    drawn.set(chosen, (n / samples) * gradient(chosen))
  }
  return drawn
}
