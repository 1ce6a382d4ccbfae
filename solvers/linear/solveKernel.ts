/** The tfjs kernel behind `solve`: how it is traced, computed eagerly, and differentiated. */

import * as tf from '@tensorflow/tfjs-core'
import type { Attributes } from '../../compiler/graph.ts'
import * as p from '../../compiler/primitives.ts'
import { registerLowering } from '../../compiler/trace/index.ts'
import { currentUserLocation, withDeepStacks } from '../../compiler/trace/location.ts'
import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import { isSymmetricStructure, type Structure, triangleOf } from '../../kernels/structure.ts'
import { solveDense } from './dense.ts'

type SolveAttributes = Attributes['solve']

const kernelName = 'NeurodeSolve'

/** X with op(A)·X = B: A [..., n, n], B [..., n, k], batches equal. */
export function solveKernel(A: tf.Tensor, B: tf.Tensor, attributes: SolveAttributes): tf.Tensor {
  tf.backend() // starts the best one, where none runs yet
  const backendName = tf.getBackend()
  if (!tf.getKernel(kernelName, backendName))
    tf.registerKernel({ kernelName, backendName, kernelFunc: eagerSolve })
  return tf.engine().runKernel(kernelName, { A, B }, { ...attributes })
}

registerLowering(kernelName, ({ A, B }, attributes: SolveAttributes) => ({
  node: p.solve(A.node, B.node, attributes),
  dtype: 'float32',
}))

const swapped = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2]
/** What of a gradient lies within the matrices of the structure. */
function structuredPart(A: tf.Tensor, structure: Structure): tf.Tensor {
  if (isSymmetricStructure(structure)) return tf.mul(0.5, tf.add(A, tf.transpose(A, swapped(A.rank))))
  const triangle = triangleOf(structure)
  if (!triangle) return A
  // tfjs' bandPart has no derivative under nested tf.grad.
  const order = tf.range(0, A.shape.at(-1)!)
  const [rows, columns] = [tf.expandDims(order, 1), tf.expandDims(order, 0)]
  const inside = triangle === 'lower' ? tf.greaterEqual(rows, columns) : tf.lessEqual(rows, columns)
  return tf.mul(A, tf.cast(inside, 'float32'))
}

// B̄ = op(A)⁻ᵀX̄, Ā = −B̄Xᵀ (−XB̄ᵀ where op transposes), and its part within the structure: the rule of
// compiler/differentiate/linear.ts. X is solved for again: a saved result would be lost to tfjs' higher derivatives.
tf.registerGradient({
  kernelName,
  inputsToSave: ['A', 'B'],
  gradFunc(cotangent, [A, B], attributes) {
    const { structure, transposed } = attributes as unknown as SolveAttributes
    const multiplier = () =>
      solveKernel(A, cotangent as tf.Tensor, {
        structure,
        transposed: !isSymmetricStructure(structure) && !transposed,
      })
    const gradientOfA = () => {
      const X = solveKernel(A, B, { structure, transposed })
      const [left, right] = transposed ? [X, multiplier()] : [multiplier(), X]
      const outer = tf.neg(tf.matMul(left, right, false, true))
      return structuredPart(outer, structure)
    }
    return { A: gradientOfA, B: multiplier }
  },
})

/** On any backend: its values are read, and the solution is written back. */
const eagerSolve: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const { A, B } = inputs as { A: tf.TensorInfo; B: tf.TensorInfo }
  const [n, k] = B.shape.slice(-2)
  const read = ({ dataId }: tf.TensorInfo) =>
    Float64Array.from(tf.engine().readSync(dataId) as ArrayLike<number>)
  try {
    const X = solveDense(read(A), read(B), n, k, attrs as unknown as SolveAttributes)
    const storage = backend as tf.KernelBackend
    return {
      dataId: storage.write(Float32Array.from(X), B.shape, 'float32'),
      shape: B.shape,
      dtype: 'float32',
    }
  } catch (error) {
    if (!(error instanceof SingularMatrixError)) throw error
    const { pivot, structure, batch } = error
    throw new SingularMatrixError(pivot, structure, batch, withDeepStacks(currentUserLocation))
  }
}
