/**
 * Radau IIA of order 5, three stages: Hairer & Wanner, *Solving ODEs II*, table IV.5.6 and IV.8; the digits of T and T⁻¹ are
 * those of the code RADAU5. With A the matrix of the method,
 *
 *     T⁻¹·A⁻¹·T = ⎡γ̂     ⎤
 *                 ⎢  α̂ −β̂⎥
 *                 ⎣  β̂  α̂⎦
 */
const root6 = Math.sqrt(6)

export const stages = 3
export const abscissae = Float64Array.of((4 - root6) / 10, (4 + root6) / 10, 1)

/** γ̂, α̂, β̂. */
export const realEigenvalue = 3.637834252744496
export const realPart = 2.6810828736277523
export const imaginaryPart = 3.0504301992474105

/** T, row-major. */
export const transform = Float64Array.of(
  0.09123239487089294, -0.1412552950209542, -0.030029194105147424,
  0.241717932707107, 0.20412935229379994, 0.3829421127572619,
  0.966048182615093, 1, 0,
) // biome-ignore format: a matrix

/** T⁻¹. */
export const inverseTransform = Float64Array.of(
  4.325579890063155, 0.3391992518158099, 0.5417705399358749,
  -4.178718591551905, -0.3276828207610624, 0.47662355450055044,
  -0.5028726349457868, 2.571926949855605, -0.5960392048282249,
) // biome-ignore format: a matrix

/** A⁻¹, row-major. */
export const inverseA = Float64Array.of(
  2 + root6 / 2, -6 / 5 + (29 * root6) / 30, 2 / 5 - (4 * root6) / 15,
  -6 / 5 - (29 * root6) / 30, 2 - root6 / 2, 2 / 5 + (4 * root6) / 15,
  -1 + (8 * root6) / 3, -1 - (8 * root6) / 3, 5,
) // biome-ignore format: a matrix

/** Of the error estimate err = (γ̂/h·M − J)⁻¹·(f(t, y) + M·Σ e_i·z_i/h) (IV.8, (8.19)). */
export const errorCoefficients = Float64Array.of((-13 - 7 * root6) / 3, (-13 + 7 * root6) / 3, -1 / 3)

const nodes = [0, ...abscissae]

/** weights ← ℓ_i(θ), with u(θ) = y + Σ ℓ_i(θ)·z_i: Lagrange's polynomials on 0, c₁, c₂, 1, the collocation polynomial. */
export function collocationWeights(theta: number, weights: Float64Array): void {
  for (let i = 1; i < 4; i++) {
    let product = 1
    for (let j = 0; j < 4; j++) if (j !== i) product *= (theta - nodes[j]) / (nodes[i] - nodes[j])
    weights[i - 1] = product
  }
}

/** weights ← ℓ_i'(θ). */
export function collocationSlopes(theta: number, weights: Float64Array): void {
  for (let i = 1; i < 4; i++) {
    let sum = 0
    for (let k = 0; k < 4; k++) {
      if (k === i) continue
      let product = 1 / (nodes[i] - nodes[k])
      for (let j = 0; j < 4; j++)
        if (j !== i && j !== k) product *= (theta - nodes[j]) / (nodes[i] - nodes[j])
      sum += product
    }
    weights[i - 1] = sum
  }
}
