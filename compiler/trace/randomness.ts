import { atLocation, calledOperation, userLocation } from './location.ts'

/** Runs `run`, in which `Math.random` refuses: tfjs takes the seeds of its random tensors and of dropout from it. */
export function withoutRandomness<T>(run: () => T): T {
  const { random } = Math
  Math.random = () => {
    const { stack } = new Error()
    const operation = calledOperation(stack)
    throw new Error(
      `trace: random numbers are drawn${operation ? ` by tf.${operation}` : ''}${atLocation(userLocation(stack))}, inside a traced function, which runs only once. Draw them outside, or give a seed. (Dropout belongs to training; a tf.layers model draws its weights when it is first called, unless its layers have an inputShape: call it once before)`,
    )
  }
  try {
    return run()
  } finally {
    Math.random = random
  }
}
