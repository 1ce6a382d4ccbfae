/** Models of the sizes that users have, for tests of compile time and memory. */

import { jacobian, jvp, vjp } from '../differentiate/index.ts'
import type { Graph, Node } from '../graph.ts'
import * as p from '../primitives.ts'

/** A model, and the gradient of ⟨cotangent, output⟩ by inputs. */
export interface Model {
  readonly evaluate: Graph
  readonly gradient: Graph
}

function withGradient(inputs: Node[], output: Node, by: readonly Node[]): Model {
  const cotangent = p.input('cotangent', output.shape)
  const gradients = vjp([output], [cotangent], by)
  return {
    evaluate: { inputs, outputs: [output] },
    gradient: { inputs: [...inputs, cotangent], outputs: gradients.map(gradient => gradient!) },
  }
}

/** PhysicsNeuralODE(10): A = symmetrise(net(y)) + (‖A‖ + 1)·I, A·dy/dt = −y + sin t. */
export function seedModel(): Model {
  const [n, hidden] = [10, 128]
  const [t, y] = [p.input('t', []), p.input('y', [n])]
  const weights: [Node, Node, Node, Node] = [
    p.input('W1', [n, hidden]),
    p.input('b1', [1, hidden]),
    p.input('W2', [hidden, n * n]),
    p.input('b2', [1, n * n]),
  ]
  const [W1, b1, W2, b2] = weights
  const h = p.maximum(p.add(p.matmul(p.reshape(y, [1, n]), W1), b1), p.full(0, [1, hidden]))
  const raw = p.reshape(p.add(p.matmul(h, W2), b2), [n, n])
  const symmetric = p.multiply(p.full(0.5, [n, n]), p.add(raw, p.transposeMatrix(raw)))
  const shift = p.add(p.squareRoot(p.sum(p.multiply(symmetric, symmetric))), p.scalar(1))
  const identity = p.constant(
    Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
    [n, n],
  )
  const matrix = p.add(symmetric, p.multiply(p.broadcastTo(shift, [n, n]), identity))
  const forces = p.subtract(p.broadcastTo(p.sin(t), [n]), y)
  const derivative = p.reshape(p.solve(matrix, p.reshape(forces, [n, 1])), [n])
  return withGradient([t, y, ...weights], derivative, [y, ...weights])
}

/**
 * A chain of pendulums of unit masses and lengths: M(q)·q̈ = ∂L/∂q − (∂p/∂q)·q̇ with p = ∂L/∂q̇ and M = ∂p/∂q̇, all by
 * differentiation of the Lagrangian L(q, q̇).
 */
export function pendulumChain(bodies: number): Model {
  const state = p.input('state', [2 * bodies])
  const [q, rate] = [p.slice(state, [0], [bodies]), p.slice(state, [bodies], [bodies])]
  const component = (x: Node, i: number) => p.reshape(p.slice(x, [i], [1]), [])
  let [vx, vy, height, lagrangian] = [p.scalar(0), p.scalar(0), p.scalar(0), p.scalar(0)]
  for (let i = 0; i < bodies; i++) {
    const [angle, speed] = [component(q, i), component(rate, i)]
    vx = p.add(vx, p.multiply(p.cos(angle), speed))
    vy = p.add(vy, p.multiply(p.sin(angle), speed))
    height = p.subtract(height, p.cos(angle))
    const kinetic = p.multiply(p.scalar(0.5), p.add(p.multiply(vx, vx), p.multiply(vy, vy)))
    lagrangian = p.add(lagrangian, p.subtract(kinetic, p.multiply(p.scalar(9.81), height)))
  }
  const [force] = vjp([lagrangian], [p.scalar(1)], [q])
  const [momentum] = vjp([lagrangian], [p.scalar(1)], [rate])
  const [coriolis] = jvp([momentum!], [q], [rate])
  const right = p.reshape(p.subtract(force!, coriolis!), [bodies, 1])
  const acceleration = p.solve(jacobian(momentum!, rate)!, right, { structure: 'spd' })
  return withGradient([state], p.concatenate([rate, p.reshape(acceleration, [bodies])], 0), [state])
}

/** x ↦ tanh(…tanh(x·W₁ + b₁)…·Wₙ + bₙ). */
export function denseNet(layers: number, width: number): Model {
  const inputs = [p.input('x', [1, width])]
  let [h] = inputs
  for (let i = 0; i < layers; i++) {
    const [W, b] = [p.input(`W${i}`, [width, width]), p.input(`b${i}`, [1, width])]
    inputs.push(W, b)
    h = p.tanh(p.add(p.matmul(h, W), b))
  }
  return withGradient(inputs, h, inputs)
}
