import type { Lane, Real } from '../wasm/index.ts'
import { atMost, polynomial } from './arithmetic.ts'
import { expOf } from './exponential.ts'

/** erf x/x − 1 in x², |x| ≤ 1, minimax, error 2⁻⁵⁶ (reference/minimax.py). */
const nearTail = [
  0.1283791670955126, -0.3761263890318375, 0.11283791670954885, -0.02686617064507787, 0.005223977624828394,
  -0.0008548326981423854, 0.00012055331132907628, -1.4925595771306719e-5, 1.6461008467805596e-6,
  -1.63503961546437e-7, 1.4660328488810042e-8, -1.1374955602640097e-9, 5.960686270120729e-11,
] // biome-ignore format: a table

/** exp(x²)·erfc x in (x − 2)/(x + 2), 1 ≤ x ≤ 6, minimax, error 2⁻⁵⁷ after multiplication by exp(−x²). */
const scaledComplement = [
  0.25539567631050575, -0.4271858474139568, 0.2416581942424688, -0.07897858101641562, 0.003732892398539244,
  0.006997461785661325, -0.0008471425905049309, -0.0009819764794067106, 4.3536160396342155e-5,
  0.0001742884719456315, 2.7623186576070772e-5, -2.661148704651297e-5, -1.2644103728927525e-5,
] // biome-ignore format: a table

/** erf x = x + x·p(x²) up to 1, then 1 − exp(−x²)·q((x − 2)/(x + 2)). */
export function erf(lane: Lane, x: Real): Real {
  const size = lane.let('size', atMost(lane, lane.abs(x), 6))
  const z = lane.let('z', lane.mul(size, size))
  const near = lane.add(size, lane.mul(size, polynomial(lane, z, nearTail)))
  const t = lane.let('t', lane.div(lane.sub(size, 2), lane.add(size, 2)))
  const complement = lane.mul(
    expOf(lane, lane.let('minusZ', lane.neg(z))),
    polynomial(lane, t, scaledComplement),
  )
  return lane.copysign(lane.select(lane.lt(size, 1), near, lane.sub(1, complement)), x)
}
