// A learned preconditioner M⁻¹ = S(D + UUᵀ)S for a whole family of diffusion systems, trained on Kaporin's measure, and tried
// on systems that were not seen: iterations of conjugate gradients against none, Jacobi and IC(0).
//     npx tsx examples/learned-preconditioner.ts [--small]
import * as tf from '@tensorflow/tfjs'
import { adam } from '../index.ts'
import { conjugateGradient } from '../solvers/linear/krylov/index.ts'
import {
  compileLearned,
  inverseDiagonalPlusLowRank,
  kaporinOfInverse,
  sparseProduct,
} from '../solvers/linear/learned/index.ts'
import { uniformNumbers } from '../solvers/linear/local/index.ts'
import { incompleteCholesky, jacobi, type Preconditioner } from '../solvers/linear/preconditioners/index.ts'
import { diffusionSystem, mean, printTable, randomVector, unscaled } from './diffusion.ts'

const small = process.argv.includes('--small')
const [m, rank, steps, systems] = small ? [6, 4, 60, 8] : [24, 16, 500, 48]
const n = m * m
const random = uniformNumbers(2)
const family = () => Array.from({ length: systems }, () => diffusionSystem(m, 100, random))
const [training, unseen] = [family(), family()]

const [pattern] = training.map(({ A }) => A)
const d = tf.variable(tf.zeros([n]))
const U = tf.variable(
  tf.tensor2d(
    Float32Array.from({ length: n * rank }, () => 0.3 * (random() - 0.5)),
    [n, rank],
  ),
)
const learned = compileLearned({
  inputs: [
    { name: 'A', shape: [pattern.values.length] },
    { name: 'diagonal', shape: [n] },
  ],
  f: (values, diagonal) => kaporinOfInverse(sparseProduct(pattern)(values), diagonal, d, U),
})

// The systems are scaled, so that the learned part works on a unit diagonal.
const ones = new Float64Array(n).fill(1)
const optimizer = adam(learned.parameters, { rate: 0.02 })
const gradient = new Float64Array(learned.parameters.length)
const batch = Math.min(4, systems)
for (let step = 0; step < steps; step++) {
  gradient.fill(0)
  let loss = 0
  for (let k = 0; k < batch; k++) {
    const { A } = training[(step * batch + k) % systems]
    const result = learned.lossAndGradient(A.values, ones)
    loss += result.loss / batch
    result.gradient.forEach((g, i) => {
      gradient[i] += g / batch
    })
  }
  optimizer.step(gradient)
  if (step % Math.ceil(steps / 5) === 0) console.error(`step ${step}   log K + logdet A = ${loss.toFixed(3)}`)
}

const trained = { d: learned.parameters.slice(0, n), U: learned.parameters.slice(n) }
const runs = unseen.map(system => {
  const A = unscaled(system)
  const b = randomVector(n, random)
  const solve = (preconditioner?: Preconditioner) => {
    const { status, iterations } = conjugateGradient(A, b, {
      rtol: 1e-8,
      maxIterations: 5000,
      preconditioner,
    })
    if (status !== 'converged') throw new Error(status)
    return iterations
  }
  return [
    solve(),
    solve(jacobi(A)),
    solve(incompleteCholesky(A)),
    solve(inverseDiagonalPlusLowRank(trained, system.scale)),
  ]
})
console.log(`${systems} systems not seen, n = ${n}, iterations to a relative residual of 1e-8:`)
const average = (column: number) => mean(runs.map(run => run[column]))
printTable(
  ['conjugate gradients with', 'iterations', 'saved against Jacobi'],
  ['nothing', 'Jacobi', 'IC(0)', `learned D + UUᵀ, rank ${rank}`].map((name, k) => [
    name,
    average(k),
    `${Math.round(100 * (1 - average(k) / average(1)))} %`,
  ]),
)
