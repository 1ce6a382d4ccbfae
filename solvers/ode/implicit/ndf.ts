import { mostOrder } from './differenceArray.ts'

/**
 * Klopfenstein's and Shampine's numerical differentiation formulas, BDF with a free parameter κ_k that makes the error smaller
 * at little cost in stability (Shampine & Reichelt 1997, table 1), of orders k = 1 … 5:
 *
 *     Σ_{m=1…k} (1/m)·∇^m y₁ − κ_k·γ_k·(y₁ − y₁^pred) = h·ẏ₁,   γ_k = Σ_{m=1…k} 1/m
 *
 * With d = y₁ − y₁^pred = ∇^(k+1) y₁ this is ẏ₁ = (α_k/h)·(ψ + d), ψ = Σ_{m=1…k} (γ_m/α_k)·∇^m y, α_k = (1 − κ_k)·γ_k; the
 * error is errorConstant_k·d. All indexed by k.
 */
const kappa = [0, -0.185, -1 / 9, -0.0823, -0.0415, 0]
export const gamma = Float64Array.from(kappa, (_, k) => {
  let sum = 0
  for (let m = 1; m <= k; m++) sum += 1 / m
  return sum
})
export const alpha = gamma.map((value, k) => (1 - kappa[k]) * value)
export const errorConstant = Float64Array.from({ length: mostOrder + 2 }, (_, k) =>
  k <= mostOrder ? kappa[k] * gamma[k] + 1 / (k + 1) : 1 / (k + 1),
)
