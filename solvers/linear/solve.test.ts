import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { randoms } from '../../compiler/trace/testing/case.ts'
import { runTraced } from '../../compiler/trace/testing/runTraced.ts'
import { SingularMatrixError } from '../../kernels/singularMatrix.ts'
import { isSymmetricStructure, type Structure, structures } from '../../kernels/structure.ts'
import { solve } from './solve.ts'

const maximum = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0]

const symmetrised = (A: tf.Tensor): tf.Tensor => {
  const axes = [...Array(A.rank).keys()]
  return tf.add(A, tf.transpose(A, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]))
}

/** Well-conditioned matrices of the structure. */
function matrices(structure: Structure, shape: number[]): tf.Tensor {
  const [entries] = randoms([shape], -1, 1)
  const n = shape.at(-1)!
  if (structure === 'general') return tf.add(entries, tf.mul(n, tf.eye(n)))
  if (structure === 'spd') return tf.add(tf.matMul(entries, entries, false, true), tf.eye(n))
  const dominant = tf.add(entries, tf.mul(n, tf.eye(n)))
  if (structure === 'symmetric') return tf.sub(symmetrised(entries), tf.mul(n, tf.eye(n)))
  return tf.linalg.bandPart(
    dominant,
    structure === 'lower triangular' ? -1 : 0,
    structure === 'lower triangular' ? 0 : -1,
  )
}

describe.each(structures)('solve, %s', structure => {
  const options = { structure }
  it.each([
    [[3, 3], [3]],
    [
      [3, 3],
      [3, 2],
    ],
    [
      [4, 3, 3],
      [4, 3],
    ],
    [
      [4, 3, 3],
      [4, 3, 2],
    ],
    [[4, 3, 3], [3]],
    [
      [3, 3],
      [4, 3, 2],
    ],
    [
      [2, 1, 3, 3],
      [1, 5, 3, 1],
    ],
    [[1, 1], [1]],
  ])('A·x = b for shapes %j and %j, eager and traced', (shapeA, shapeB) => {
    const A = matrices(structure, shapeA)
    const b = randoms([shapeB])[0]
    const vector = shapeB.length === 1 || shapeB.length === shapeA.length - 1
    const x = solve(A, b, options)
    // Stretched first: tfjs' matMul pairs the wrong matrices where several batch axes broadcast.
    const columns = vector ? tf.expandDims(x, -1) : x
    const product = tf.matMul(
      tf.broadcastTo(A, [...columns.shape.slice(0, -2), ...shapeA.slice(-2)]),
      columns,
    )
    expect(maximum(tf.sub(vector ? tf.squeeze(product, [-1]) : product, b))).toBeLessThan(1e-5)
    const [traced] = runTraced((p, q) => solve(p, q, options), [A, b])
    expect(traced.shape).toEqual(x.shape)
    expect(maximum(tf.sub(tf.tensor(traced.values, x.shape), x))).toBeLessThan(1e-6)
  })

  const A = matrices(structure, [3, 3])
  const b = tf.tensor1d([1, -2, 0.5])
  const [direction] = randoms([[3, 3]], -1, 1)
  /** A path of matrices, symmetric where A is, and a right-hand side that moves as well. */
  const along = (s: tf.Tensor) =>
    tf.add(A, tf.mul(tf.sin(s), isSymmetricStructure(structure) ? symmetrised(direction) : direction))
  const functions: Record<string, (s: tf.Tensor) => tf.Tensor> = {
    'of A': s => tf.sum(tf.square(solve(along(s), b, options))),
    'of b': s => tf.sum(tf.square(solve(A, tf.mul(b, tf.exp(s)), options))),
    'of both': s => tf.sum(tf.square(solve(along(s), tf.mul(b, tf.exp(s)), options))),
  }
  const at = (f: (s: tf.Tensor) => tf.Tensor, s: number) =>
    runTraced(t => f(tf.mul(t, s)), [tf.scalar(1)])[0].values[0]
  it.each(Object.entries(functions))(
    'derivatives %s, to third order, by nested tf.grad: traced and eager',
    (_, f) => {
      const first = tf.grad(f)
      const second = tf.grad(s => first(s))
      const derivatives = [f, first, second, tf.grad(s => second(s))]
      const h = 1e-5
      for (let order = 1; order <= 3; order++) {
        const exact = at(derivatives[order], 0.1)
        const difference =
          (at(derivatives[order - 1], 0.1 + h) - at(derivatives[order - 1], 0.1 - h)) / (2 * h)
        const scale = Math.max(1, Math.abs(exact))
        expect(Math.abs(exact - difference) / scale).toBeLessThan(1e-7)
        expect(Math.abs(exact - derivatives[order](tf.scalar(0.1)).dataSync()[0]) / scale).toBeLessThan(5e-4)
      }
    },
  )

  it('gradients of batches that broadcast have the operands’ shapes', () => {
    const [right] = randoms([[4, 3, 2]])
    const [dA, db] = tf.grads((p: tf.Tensor, q: tf.Tensor) => tf.sum(solve(p, q, options)))([A, right])
    expect([dA.shape, db.shape]).toEqual([
      [3, 3],
      [4, 3, 2],
    ])
    // Σ over the batch of the gradients of each
    const each = tf.unstack(right).map(q => tf.grad((p: tf.Tensor) => tf.sum(solve(p, q, options)))(A))
    expect(maximum(tf.sub(tf.addN(each), dA))).toBeLessThan(1e-4)
  })

  it('a singular matrix is an error that names the pivot and the line', () => {
    const singular = tf.tensor2d([
      [1, 2],
      [2, structure.endsWith('triangular') ? 0 : 4],
    ])
    const attempts = [
      () => solve(singular, [1, 1], options),
      () => runTraced(p => solve(p, [1, 1], options), [singular]),
    ]
    for (const attempt of attempts) {
      expect(attempt).toThrow(SingularMatrixError)
      expect(attempt).toThrow(/pivot 2 is (zero|not positive) \(solve at .*solve\.test\.ts:\d+/)
    }
  })
})

describe('solve', () => {
  it("'spd' reads the lower triangle alone", () => {
    const b = tf.tensor1d([1, 2])
    const [full, lower] = [
      [
        [4, 1],
        [1, 3],
      ],
      [
        [4, 99],
        [1, 3],
      ],
    ].map(rows => solve(tf.tensor2d(rows), b, { structure: 'spd' }))
    expect([...lower.dataSync()]).toEqual([...full.dataSync()])
  })
  it('pivots: a zero in the corner is no obstacle', () => {
    expect([
      ...solve(
        tf.tensor2d([
          [0, 2],
          [4, 0],
        ]),
        tf.tensor1d([2, 8]),
      ).dataSync(),
    ]).toEqual([2, 1])
  })
  it('computes in float64 on what the backend holds: the Hilbert matrix of order 6', () => {
    const n = 6
    const hilbert = tf.tensor2d(
      Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => 1 / (i + j + 1))),
    )
    const x = solve(hilbert, tf.ones([n]))
    const A = hilbert.arraySync()
    const residual = A.map(row => row.reduce((s, a, j) => s + a * x.dataSync()[j], 0) - 1)
    // x is rounded to float32 once, at the end: |A·δx| ≤ n·max|x|·2⁻²⁴.
    expect(Math.max(...residual.map(Math.abs))).toBeLessThan(n * maximum(x) * 2 ** -24)
  })
  it('takes arrays and integers, and works on a backend that comes later', async () => {
    expect([
      ...solve(
        [
          [2, 0],
          [0, 4],
        ],
        [2, 8],
      ).dataSync(),
    ]).toEqual([1, 2])
    expect([
      ...solve(
        tf.tensor2d(
          [
            [2, 0],
            [0, 4],
          ],
          [2, 2],
          'int32',
        ),
        tf.tensor1d([1, 1], 'int32'),
      ).dataSync(),
    ]).toEqual([0.5, 0.25])
    const former = tf.getBackend()
    tf.registerBackend('later', () => tf.engine().findBackend('cpu'))
    tf.copyRegisteredKernels('cpu', 'later')
    tf.setBackend('later')
    expect([
      ...solve(
        [
          [2, 0],
          [0, 4],
        ],
        [2, 8],
      ).dataSync(),
    ]).toEqual([1, 2])
    tf.setBackend(former)
  })
  it('leaves no tensors behind', () => {
    const [A, b] = [tf.eye(2), tf.ones([2])]
    const before = tf.memory().numTensors
    solve(A, b).dispose()
    tf.grad((p: tf.Tensor) => tf.sum(solve(p, b)))(A).dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
  it.each([
    [[3, 2], [3], /A must be square.*\[3,2\]/],
    [[3], [3], /A must be square.*\[3\]/],
    [[3, 3], [2], /A \[3,3\] wants b with 3 entries, but b \[2\] has 2/],
    [[3, 3], [2, 3], /wants b with 3 rows, but b \[2,3\] has 2/],
    [[4, 3, 3], [3, 2], /b \[3,2\] has 2 .*batch of vectors/],
    [[2, 3, 3], [4, 3, 1], /\[2\] and \[4\] do not fit/],
  ] as [number[], number[], RegExp][])('shapes %j and %j are refused', (A, b, message) => {
    expect(() => solve(tf.ones(A), tf.ones(b))).toThrow(message)
  })
})
