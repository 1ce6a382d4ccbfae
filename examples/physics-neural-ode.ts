// PhysicsNeuralODE(10): a network predicts the system matrix A(y) of A·dy/dt = −y + sin t; the whole trajectory is
// differentiated through its linear solves, and training pulls its end to a target.
//     npx tsx examples/physics-neural-ode.ts
import * as tf from '@tensorflow/tfjs'
import { adam, lossAndGradient, solve, vectorField } from '../index.ts'

const n = 10
const net = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [n], units: 128, activation: 'relu' }),
    tf.layers.dense({ units: n * n }),
  ],
})

export const field = vectorField(
  (t, y) => {
    const raw = (net.apply(y.reshape([1, n])) as tf.Tensor).reshape([n, n])
    const symmetric = raw.add(raw.transpose()).mul(0.5) as tf.Tensor2D
    const A = symmetric.add(tf.eye(n).mul(tf.norm(symmetric).add(1)))
    return solve(A, tf.sin(t).sub(y))
  },
  { state: [n] },
)

const times = Array.from({ length: 100 }, (_, k) => (10 * k) / 99)
const y0 = Array.from({ length: n }, (_, i) => Math.sin(i + 1))
const target = tf.tensor1d(Array.from({ length: n }, (_, i) => 0.5 * Math.cos(i)))
const terminalLoss = (y: tf.Tensor2D) => tf.norm(y.slice([99]).sub(target))

const optimizer = adam(field.parameters, { rate: 3e-3 })
for (let step = 0; step <= 100; step++) {
  const { loss, gradients } = lossAndGradient(field, y0, times, terminalLoss, { rtol: 1e-6, atol: 1e-8 })
  if (step % 20 === 0) console.log(`step ${String(step).padStart(3)}   loss ${loss.toFixed(6)}`)
  optimizer.step(gradients.parameters)
}
