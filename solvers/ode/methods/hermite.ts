/**
 * Hermite's cubic on y, y₁ and their slopes k_0, k_end as weights b_i(θ) in powers of θ (Hairer, Nørsett & Wanner, *Solving
 * ODEs I*, (II.6.7)): δ_i0·θ(1 − θ)² + b_i·θ²(3 − 2θ) − δ_i,end·θ²(1 − θ), for i < stages.
 */
export const hermite = (b: readonly number[], end: number, stages = end + 1): number[][] =>
  Array.from({ length: stages }, (_, i) => {
    const bi = b[i] ?? 0
    const first = i === 0 ? 1 : 0
    const last = i === end ? 1 : 0
    return [first, -2 * first + 3 * bi - last, first - 2 * bi + last]
  })
