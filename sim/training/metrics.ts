/** Mean over k of (a_k − b_k)². */
export function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) * (a[k] - b[k])
  return sum / a.length
}

/**
 * The relative distance of two sets of matrices after the best common scale: min_c ‖cM − M*‖/‖M*‖, Frobenius over all.
 * Without known forces, M and V are known only up to one scale.
 */
export function scaledDistance(learned: readonly Float64Array[], truth: readonly Float64Array[]): number {
  let [cross, own, norm] = [0, 0, 0]
  learned.forEach((matrix, k) => {
    matrix.forEach((value, i) => {
      cross += value * truth[k][i]
      own += value * value
      norm += truth[k][i] * truth[k][i]
    })
  })
  const scale = own > 0 ? cross / own : 0
  return Math.sqrt(Math.max(0, norm - 2 * scale * cross + scale * scale * own) / norm)
}
