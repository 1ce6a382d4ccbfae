// Unrolled conjugate gradients with learned step corrections, trained on variable-coefficient diffusion and tried on systems
// that were not seen.
//     npx tsx examples/learned-conjugate-gradient.ts [--small]
import * as tf from '@tensorflow/tfjs'
import { adam } from '../index.ts'
import { conjugateGradient } from '../solvers/linear/krylov/index.ts'
import { compileLearned, correctedConjugateGradient, sparseProduct } from '../solvers/linear/learned/index.ts'
import { uniformNumbers } from '../solvers/linear/local/index.ts'
import { incompleteCholesky } from '../solvers/linear/preconditioners/index.ts'
import { diffusionSystem, mean, printTable, randomVector, unscaled } from './diffusion.ts'

const small = process.argv.includes('--small')
const [m, k, epochs, systems] = small ? [6, 6, 4, 8] : [24, 16, 60, 48]
const random = uniformNumbers(1)
const family = (count: number) =>
  Array.from({ length: count }, () => {
    const system = diffusionSystem(m, 100, random)
    return { ...system, b: randomVector(m * m, random) }
  })
const [training, unseen] = [family(systems), family(systems)]

// The mean of log ‖r_k‖²/‖b‖² is what is made small; zeros are conjugate gradients.
const [pattern] = training.map(({ A }) => A)
const alpha = tf.variable(tf.zeros([k]))
const beta = tf.variable(tf.zeros([k]))
const inputs = [
  { name: 'A', shape: [pattern.values.length] },
  { name: 'b', shape: [m * m] },
]
const run = (values: tf.Tensor, b: tf.Tensor) =>
  correctedConjugateGradient(sparseProduct(pattern)(values), b, { alpha, beta })
const learned = compileLearned(
  {
    inputs,
    f: (values, b) => {
      const { r } = run(values, b)
      return tf.log(tf.div(tf.sum(tf.square(r)), tf.sum(tf.square(b))))
    },
  },
  { residual: { inputs, f: (values, b) => run(values, b).r } },
)

const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0))
const residuals = (set: typeof unseen) =>
  set.map(({ A, b }) => norm(learned.functions.residual(A.values, b)[0]) / norm(b))
const plain = residuals(unseen)

const optimizer = adam(learned.parameters, { rate: 0.01 })
const gradient = new Float64Array(learned.parameters.length)
for (let epoch = 0; epoch < epochs; epoch++) {
  let loss = 0
  for (let start = 0; start < training.length; start += 8) {
    gradient.fill(0)
    for (const { A, b } of training.slice(start, start + 8)) {
      const result = learned.lossAndGradient(A.values, b)
      loss += result.loss / training.length
      result.gradient.forEach((g, i) => {
        gradient[i] += g / 8
      })
    }
    optimizer.step(gradient)
  }
  if (epoch % Math.ceil(epochs / 5) === 0)
    console.error(`epoch ${epoch}   mean log ‖r‖²/‖b‖² ${loss.toFixed(4)}`)
}

/** Iterations that a method needs for what the corrected one reaches in k. */
const corrected = residuals(unseen)
const iterations = unseen.map((system, i) => {
  const { A, b, scale } = system
  const options = { rtol: corrected[i], maxIterations: 1000 }
  return {
    plain: conjugateGradient(
      unscaled(system),
      b.map((x, j) => x / scale[j]),
      options,
    ).iterations,
    jacobi: conjugateGradient(A, b, options).iterations,
    factored: conjugateGradient(A, b, { ...options, preconditioner: incompleteCholesky(A) }).iterations,
  }
})
console.log(`${unseen.length} systems not seen, n = ${m * m}, residuals after ${k} iterations:\n`)
printTable(
  ['', 'residual after k', 'iterations to the corrected residual'],
  [
    ['conjugate gradients', '', mean(iterations.map(({ plain }) => plain))],
    ['with Jacobi', mean(plain), mean(iterations.map(({ jacobi }) => jacobi))],
    ['with IC(0)', '', mean(iterations.map(({ factored }) => factored))],
    ['with Jacobi and learned corrections', mean(corrected), k],
  ],
)
