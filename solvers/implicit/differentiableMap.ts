/** A map (z, θ) ↦ f(z, θ) from ℝⁿ to ℝⁿ with the products of its derivatives: all that implicit layers know of a model. */
export interface DifferentiableMap {
  /** n: of z, and of f(z, θ). */
  readonly size: number
  /** How many numbers each array of θ has. */
  readonly parameterSizes: readonly number[]
  /** Takes θ for the calls that follow; it is copied. */
  setParameters(theta: readonly Float64Array[]): void
  /** out ← f(z, θ). */
  evaluate(z: Float64Array, out: Float64Array): void
  /** out ← ∂f/∂z·dz. */
  jvp(z: Float64Array, dz: Float64Array, out: Float64Array): void
  /** out ← ∂f/∂θ·dθ. */
  jvpParameters(z: Float64Array, dtheta: readonly Float64Array[], out: Float64Array): void
  /** out ← (∂f/∂z)ᵀ·λ. */
  vjp(z: Float64Array, lambda: Float64Array, out: Float64Array): void
  /** out ← (∂f/∂θ)ᵀ·λ, array by array. */
  vjpParameters(z: Float64Array, lambda: Float64Array, out: readonly Float64Array[]): void
  /** out [n × n] ← ∂f/∂z, row-major. Without it, dense solves take n products `jvp`. */
  jacobian?(z: Float64Array, out: Float64Array): void
  /**
   * How the transposed products change: out, outParameters ← d/dε of (∂f/∂z)ᵀ·λ and (∂f/∂θ)ᵀ·λ at (z + ε·dz, θ + ε·dθ), ε = 0,
   * with the same λ. Only second derivatives of a layer ask for it.
   */
  vjpTangent?(
    z: Float64Array,
    lambda: Float64Array,
    dz: Float64Array,
    dtheta: readonly Float64Array[],
    out: Float64Array,
    outParameters: readonly Float64Array[],
  ): void
}

/** @throws RangeError where z or θ do not fit the map; `name` is the function that was called. */
export function checkPoint(
  name: string,
  map: DifferentiableMap,
  z: Float64Array,
  theta: readonly Float64Array[],
): void {
  checkLength(name, 'z', z, map.size)
  checkParameters(name, map, theta)
}

/** @throws RangeError where θ, or a direction in it, does not fit the map. */
export function checkParameters(
  name: string,
  { parameterSizes }: DifferentiableMap,
  theta: readonly Float64Array[],
): void {
  if (theta.length !== parameterSizes.length) {
    throw new RangeError(
      `${name}: the map takes ${parameterSizes.length} arrays of parameters, not ${theta.length}`,
    )
  }
  theta.forEach((values, k) => {
    checkLength(name, `array ${k} of the parameters`, values, parameterSizes[k])
  })
}

/** @throws RangeError where an array has not the length it must have. */
export function checkLength(name: string, what: string, values: Float64Array, length: number): void {
  if (values.length !== length) {
    throw new RangeError(`${name}: ${what} has ${values.length} numbers, but must have ${length}`)
  }
}
