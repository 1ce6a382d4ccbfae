import { power } from '../../../kernels/elementary/numbers.ts'

/**
 * Adam with decoupled weight decay (Kingma & Ba, ICLR 2015, algorithm 1; Loshchilov & Hutter, ICLR 2019, algorithm 2).
 */

export interface AdamOptions {
  /** Step size. */
  readonly rate: number
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  /** Decoupled weight decay per step, in units of `rate`. */
  readonly decay?: number
}

/** Running moments of a set of coordinates, with the number of updates that each has had. */
export interface AdamState {
  readonly mean: Float64Array
  readonly square: Float64Array
  /** Updates so far, per coordinate: coordinates that are not in every batch are corrected for their own count. */
  readonly updates: Float64Array
}

export const adamState = (size: number): AdamState => ({
  mean: new Float64Array(size),
  square: new Float64Array(size),
  updates: new Float64Array(size),
})

/** One update of x[begin … end) in place. */
export function adamStep(
  x: Float64Array,
  gradient: Float64Array,
  state: AdamState,
  options: AdamOptions,
  begin = 0,
  end = x.length,
): void {
  const { rate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0 } = options
  const { mean, square, updates } = state
  let [corrected, meanBias, squareBias] = [0, 1, 1]
  for (let i = begin; i < end; i++) {
    const g = gradient[i]
    const count = ++updates[i]
    if (count !== corrected) {
      corrected = count
      meanBias = 1 - power(beta1, count)
      squareBias = 1 - power(beta2, count)
    }
    mean[i] = beta1 * mean[i] + (1 - beta1) * g
    square[i] = beta2 * square[i] + (1 - beta2) * g * g
    const meanHat = mean[i] / meanBias
    const squareHat = square[i] / squareBias
    x[i] -= rate * (meanHat / (Math.sqrt(squareHat) + epsilon) + decay * x[i])
  }
}

/** Scales the gradient so that its norm is at most `limit`; returns the norm before. */
export function clipNorm(gradient: Float64Array, limit: number): number {
  let sum = 0
  for (const g of gradient) sum += g * g
  const norm = Math.sqrt(sum)
  if (norm > limit) for (let i = 0; i < gradient.length; i++) gradient[i] *= limit / norm
  return norm
}

/** Adam on one array, for scripts. */
export interface Adam {
  /** Moves the array against its gradient, in place. */
  step(gradient: Float64Array): void
}

/**
 * @example
 * const optimizer = adam(field.parameters, { rate: 1e-3 })
 * optimizer.step(gradients.parameters)
 */
export function adam(x: Float64Array, options: AdamOptions): Adam {
  const state = adamState(x.length)
  return { step: gradient => adamStep(x, gradient, state, options) }
}
