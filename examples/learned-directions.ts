// Search directions by a graph network, made A-orthogonal and followed by exact line searches, trained on variable-coefficient
// diffusion and tried on systems that were not seen.
//     npx tsx examples/learned-directions.ts [--small]
import * as tf from '@tensorflow/tfjs'
import { adam } from '../index.ts'
import { type CsrMatrix, conjugateGradient } from '../solvers/linear/krylov/index.ts'
import {
  compileLearned,
  conjugateDirections,
  graphNetwork,
  proposeDirection,
  remainingEnergy,
  sparseProduct,
} from '../solvers/linear/learned/index.ts'
import { uniformNumbers } from '../solvers/linear/local/index.ts'
import { incompleteCholesky, jacobi } from '../solvers/linear/preconditioners/index.ts'
import { diffusionSystem, mean, printTable, randomVector, unscaled } from './diffusion.ts'

const small = process.argv.includes('--small')
const [m, layers, hidden, rounds, systems] = small ? [6, 2, 4, 3, 6] : [16, 6, 8, 30, 32]
const n = m * m
const random = uniformNumbers(3)
const family = () => Array.from({ length: systems }, () => diffusionSystem(m, 100, random))
const [training, unseen] = [family(), family()]

const [pattern] = training.map(({ A }) => A)
const network = graphNetwork(layers, hidden, random)
const matrix = { name: 'A', shape: [pattern.values.length] }
const residual = { name: 'r', shape: [n] }
const productOf = sparseProduct(pattern)
const directionOf = (values: tf.Tensor, r: tf.Tensor) =>
  proposeDirection(network, productOf(values), productOf(tf.square(values)), r)
const learned = compileLearned(
  {
    inputs: [matrix, residual, { name: 'e', shape: [n] }],
    f: (values, r, e) => remainingEnergy(productOf(values), directionOf(values, r), r, e),
  },
  { direction: { inputs: [matrix, residual], f: directionOf } },
)

/** The network wants residuals of norm √n. */
const proposer = (A: CsrMatrix, seen?: (r: Float64Array) => void) => (r: Float64Array, z: Float64Array) => {
  const scaled = r.map(value => value * Math.sqrt(n))
  seen?.(scaled)
  z.set(learned.functions.direction(A.values, scaled)[0])
}

// Each round solves the training systems with the network as it is, and learns from the residuals that it meets there.
const optimizer = adam(learned.parameters, { rate: 2e-3 })
const gradient = new Float64Array(learned.parameters.length)
for (let round = 0; round < rounds; round++) {
  const samples: { A: CsrMatrix; r: Float64Array; e: Float64Array }[] = []
  for (const { A } of training) {
    const met: Float64Array[] = []
    const propose = proposer(A, r => met.push(r))
    conjugateDirections(A, randomVector(n, random), { propose, rtol: 1e-8, maxIterations: 12 })
    for (const r of met) samples.push({ A, r, e: conjugateGradient(A, r, { rtol: 1e-8 }).x })
  }
  let loss = 0
  for (let k = samples.length - 1; k > 0; k--) {
    const j = Math.floor(random() * (k + 1))
    ;[samples[k], samples[j]] = [samples[j], samples[k]]
  }
  for (let start = 0; start + 8 <= samples.length; start += 8) {
    gradient.fill(0)
    for (const { A, r, e } of samples.slice(start, start + 8)) {
      const result = learned.lossAndGradient(A.values, r, e)
      loss += result.loss / samples.length
      result.gradient.forEach((g, i) => {
        gradient[i] += g / 8
      })
    }
    optimizer.step(gradient)
  }
  if (round % Math.ceil(rounds / 5) === 0)
    console.error(`round ${round}   energy error left by one direction ${loss.toFixed(4)}`)
}

const runs = unseen.map(system => {
  const A = unscaled(system)
  const b = randomVector(n, random)
  const options = { rtol: 1e-8, maxIterations: 5000 }
  const proposed = conjugateDirections(
    system.A,
    b.map((value, i) => value * system.scale[i]),
    { ...options, propose: proposer(system.A) },
  )
  if (proposed.status !== 'converged') throw new Error(proposed.message)
  return [
    conjugateGradient(A, b, options).iterations,
    conjugateGradient(A, b, { ...options, preconditioner: jacobi(A) }).iterations,
    conjugateGradient(A, b, { ...options, preconditioner: incompleteCholesky(A) }).iterations,
    proposed.iterations,
  ]
})
console.log(`${systems} systems not seen, n = ${n}, to a relative residual of 1e-8:`)
const average = (column: number) => mean(runs.map(run => run[column]))
printTable(
  ['', 'iterations', 'products with A by the solver', 'by the network'],
  [
    ['conjugate gradients', average(0), average(0), 0],
    ['with Jacobi', average(1), average(1), 0],
    ['with IC(0)', average(2), average(2), 0],
    [
      `graph network, ${layers} layers of ${hidden}`,
      average(3),
      2 * average(3),
      average(3) * (1 + 2 * layers * hidden),
    ],
  ],
)
