import * as tf from '@tensorflow/tfjs-core'

/** Measured inputs, such as torques: T increasing times, and the values of each input at them. */
export interface InputTable {
  readonly t: Float64Array
  readonly values: Readonly<Record<string, Float64Array>>
}

const mostBuckets = 2e6

/**
 * Inputs as functions of time in a trace: linear between the samples, constant beyond their ends. Buckets of time, each narrower than
 * any two samples are apart, say in which interval a time lies.
 *
 * @throws RangeError where times do not increase, or lie so unevenly that the buckets would be millions
 */
export function measuredInputs({ t, values }: InputTable): (time: tf.Tensor) => [string, tf.Tensor][] {
  const count = t.length
  const names = Object.keys(values)
  if (count < 2) throw new RangeError(`inputs want at least two samples, not ${count}`)
  let narrowest = Number.POSITIVE_INFINITY
  for (let k = 1; k < count; k++) narrowest = Math.min(narrowest, t[k] - t[k - 1])
  if (!(narrowest > 0)) throw new RangeError('the times of inputs must increase')
  const width = 0.999 * narrowest
  const buckets = Math.floor((t[count - 1] - t[0]) / width) + 1
  if (buckets > mostBuckets)
    throw new RangeError(
      `two samples of the inputs are only ${narrowest} s apart in ${t[count - 1] - t[0]} s: leave one of them out`,
    )
  /** The last sample at or before the beginning of each bucket; there is one more at most within it. */
  const before = new Float64Array(buckets)
  for (let bucket = 0, k = 0; bucket < buckets; bucket++) {
    while (k < count - 2 && t[k + 1] <= t[0] + bucket * width) k++
    before[bucket] = k
  }
  const column = (numbers: ArrayLike<number>) => tf.tensor1d(Array.from(numbers))
  const at = (numbers: ArrayLike<number>, index: tf.Tensor) =>
    tf.reshape(tf.gather(column(numbers), tf.reshape(tf.cast(index, 'int32'), [1])), [])
  return time => {
    const inside = tf.clipByValue(time, t[0], t[count - 1])
    const bucket = tf.minimum(tf.floor(tf.div(tf.sub(inside, t[0]), width)), buckets - 1)
    const first = at(before, bucket)
    const passed = tf.cast(tf.greaterEqual(inside, at(t, tf.add(first, 1))), 'float32')
    const k = tf.minimum(tf.add(first, passed), count - 2)
    const [from, to] = [at(t, k), at(t, tf.add(k, 1))]
    const share = tf.div(tf.sub(inside, from), tf.sub(to, from))
    return names.map(name => {
      const [a, b] = [at(values[name], k), at(values[name], tf.add(k, 1))]
      return [name, tf.add(a, tf.mul(share, tf.sub(b, a)))]
    })
  }
}
