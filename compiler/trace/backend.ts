import * as tf from '@tensorflow/tfjs-core'
import { constant, withOrigin } from '../primitives.ts'
import { atLocation, currentUserLocation, userLocation } from './location.ts'
import { currentSession, hold, isTraced, numericType, release, retain, tracedValue } from './values.ts'

/** The tfjs backend on which a trace runs: it stores nodes in place of numbers, and refuses to give numbers out. */
class TraceBackend extends tf.KernelBackend {
  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const type = numericType({ dtype })
    const node = withOrigin(currentUserLocation(), () => constant(values as ArrayLike<number>, shape))
    return hold({ node, dtype: type })
  }

  /** Constants may be read, since they are known: some of tfjs' own functions do. */
  override readSync(dataId: object): Float32Array {
    if (isTraced(dataId) && currentSession()) {
      const { node, dtype } = tracedValue({ dataId, shape: [], dtype: 'float32' })
      if (node.primitive === 'constant' && dtype !== 'complex64') {
        const { value } = node.attributes
        return (dtype === 'float32' ? value.slice() : Int32Array.from(value)) as unknown as Float32Array
      }
    }
    throw readBack()
  }

  /** An error thrown here would be lost in a promise: the next operation, or the end of the trace, throws it. */
  override read(): Promise<Float32Array> {
    const session = currentSession()
    const refusal = readBack()
    if (!session) throw refusal
    session.refusal ??= refusal
    return new Promise(() => {})
  }

  /** Called where a variable is made. */
  override incRef(dataId: object): void {
    retain(dataId)
    throw new Error(
      `trace: a tf.Variable is made${atLocation(currentUserLocation())}, inside a traced function. Make it before; a tf.layers model makes its own when it is first called, or when its layers have an inputShape`,
    )
  }

  override disposeData(dataId: object): boolean {
    return release(dataId)
  }
  override refCount(): number {
    return 1
  }
  override numDataIds(): number {
    return 0
  }
  override memory() {
    return { unreliable: true, reasons: ['a trace holds no numbers'] }
  }
  override floatPrecision(): 32 {
    return 32
  }
  override dispose(): void {}
}

export function refuseAssignment(variable: tf.Variable): never {
  throw new Error(
    `trace: tf.Variable ${variable.name} is assigned${atLocation(currentUserLocation())}, inside a traced function. Assign it outside`,
  )
}

function readBack(): Error {
  const stack = new Error().stack
  const reader = /\b(dataSync|arraySync|data|array|bytesSync|bytes|print|toString)\b \(/.exec(
    stack ?? '',
  )?.[1]
  return new Error(
    `trace: the value of a tensor is read back${reader ? ` by ${reader}()` : ''}${atLocation(userLocation(stack))}. A traced function runs once, on no numbers: say a choice with tf.where, and a constant as a plain number`,
  )
}

export const traceBackend = new TraceBackend()
