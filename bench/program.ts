/**
 * Compiled programs: one evaluation and one gradient, in nanoseconds.
 *
 *     npx tsx bench/program.ts
 *
 * The seed's right-hand side, PhysicsNeuralODE(10), is the model of bench/limit/seed.c; the double pendulum's equations
 * of motion are derived from its Lagrangian by differentiation, as a scene's are; so are those of chains of pendulums, which
 * are many scalars (5 bodies) or many short arrays (20 bodies) for the compiler.
 */

import type { Entry, Graph, Node, ProgramStatistics } from '../compiler/index.ts'
import * as n from '../compiler/index.ts'

interface Model {
  readonly evaluate: Graph
  readonly gradient: Graph
}

/** The gradient of outputs·cotangents with respect to all inputs but the first `fixed`. */
function withGradient(inputs: Node[], output: Node, fixed: number): Model {
  const cotangent = n.input('cotangent', output.shape)
  const gradients = n.vjp([output], [cotangent], inputs.slice(fixed))
  return {
    evaluate: { inputs, outputs: [output] },
    gradient: { inputs: [...inputs, cotangent], outputs: gradients.map(gradient => gradient!) },
  }
}

/** A = symmetrise(W2·relu(W1·y + b1) + b2) + (‖A‖ + 1)·I, A·dy/dt = −y + sin t. */
function seed(size: number, hidden: number): Model {
  const [t, y] = [n.input('t', []), n.input('y', [size])]
  const [W1, b1] = [n.input('W1', [size, hidden]), n.input('b1', [1, hidden])]
  const [W2, b2] = [n.input('W2', [hidden, size * size]), n.input('b2', [1, size * size])]
  const h = n.maximum(n.add(n.matmul(n.reshape(y, [1, size]), W1), b1), n.full(0, [1, hidden]))
  const raw = n.reshape(n.add(n.matmul(h, W2), b2), [size, size])
  const symmetric = n.multiply(n.full(0.5, raw.shape), n.add(raw, n.transposeMatrix(raw)))
  const shift = n.add(n.squareRoot(n.sum(n.multiply(symmetric, symmetric))), n.scalar(1))
  const identity = n.constant(
    Array.from({ length: size ** 2 }, (_, i) => Number(i % (size + 1) === 0)),
    raw.shape,
  )
  const A = n.add(symmetric, n.multiply(n.broadcastTo(shift, raw.shape), identity))
  const forces = n.subtract(n.broadcastTo(n.sin(t), [size]), y)
  const derivative = n.reshape(n.solve(A, n.reshape(forces, [size, 1])), [size])
  return withGradient([t, y, W1, b1, W2, b2], derivative, 1)
}

/** M(q)·q̈ = ∂L/∂q − (∂p/∂q)·q̇ with p = ∂L/∂q̇ and M = ∂p/∂q̇, state (q, q̇). */
function lagrangian(bodies: number, L: (q: Node[], rate: Node[]) => Node): Model {
  const state = n.input('state', [2 * bodies])
  const [q, rate] = [n.slice(state, [0], [bodies]), n.slice(state, [bodies], [bodies])]
  const components = (x: Node) =>
    Array.from({ length: bodies }, (_, i) => n.reshape(n.slice(x, [i], [1]), []))
  const energy = L(components(q), components(rate))
  const [force] = n.vjp([energy], [n.scalar(1)], [q])
  const [momentum] = n.vjp([energy], [n.scalar(1)], [rate])
  const [coriolis] = n.jvp([momentum!], [q], [rate])
  const right = n.reshape(n.subtract(force!, coriolis!), [bodies, 1])
  const acceleration = n.solve(n.jacobian(momentum!, rate)!, right, { structure: 'spd' })
  return withGradient([state], n.concatenate([rate, n.reshape(acceleration, [bodies])], 0), 0)
}

const times = (c: number, x: Node): Node => n.multiply(n.scalar(c), x)

const doublePendulum = (): Model =>
  lagrangian(2, ([a, b], [aDot, bDot]) => {
    const kinetic = n.add(
      n.add(times(0.9, n.multiply(aDot, aDot)), times(0.256, n.multiply(bDot, bDot))),
      times(0.64, n.multiply(n.multiply(aDot, bDot), n.cos(n.subtract(a, b)))),
    )
    return n.add(kinetic, n.add(times(1.8 * 9.81, n.cos(a)), times(0.64 * 9.81, n.cos(b))))
  })

/** Pendulums of unit masses and lengths, one hanging from the other. */
const chain = (bodies: number): Model =>
  lagrangian(bodies, (q, rate) => {
    let [vx, vy, depth, L] = [n.scalar(0), n.scalar(0), n.scalar(0), n.scalar(0)]
    q.forEach((angle, i) => {
      vx = n.add(vx, n.multiply(n.cos(angle), rate[i]))
      vy = n.add(vy, n.multiply(n.sin(angle), rate[i]))
      depth = n.add(depth, n.cos(angle))
      const kinetic = times(0.5, n.add(n.multiply(vx, vx), n.multiply(vy, vy)))
      L = n.add(L, n.add(kinetic, times(9.81, depth)))
    })
    return L
  })

function denseNet(layers: number, width: number): Model {
  const inputs = [n.input('x', [1, width])]
  let [h] = inputs
  for (let i = 0; i < layers; i++) {
    const [W, b] = [n.input(`W${i}`, [width, width]), n.input(`b${i}`, [1, width])]
    inputs.push(W, b)
    h = n.tanh(n.add(n.matmul(h, W), b))
  }
  return withGradient(inputs, h, 0)
}

/** Of one call, in the quickest of some rounds: what else the machine does only adds to a time. */
function nanoseconds(entry: Entry): number {
  const start = performance.now()
  for (let i = 0; i < 200; i++) entry.run()
  const calls = Math.ceil((200 * 20) / (performance.now() - start))
  const rounds = Array.from({ length: 40 }, () => {
    const start = performance.now()
    for (let i = 0; i < calls; i++) entry.run()
    return ((performance.now() - start) / calls) * 1e6
  })
  return Math.min(...rounds)
}

function report(name: string, { evaluate, gradient }: Model): void {
  const outputs = gradient.outputs.map((_, i) => i)
  const compile = () => n.compile({ evaluate, gradient }, { accumulate: { gradient: outputs } })
  const program = compile()
  const compiled = [program, compile(), compile(), compile(), compile()].map(p => p.statistics.milliseconds)
  program.gradient.inputs.forEach((values, k) => {
    values.forEach((_, i) => {
      values[i] = 0.1 * Math.sin(12.9898 * i + 78.233 * k)
    })
  })
  const statistics: ProgramStatistics = program.statistics
  const [forward, backward] = [nanoseconds(program.evaluate), nanoseconds(program.gradient)]
  const cells = [
    name,
    `${forward.toFixed(0)} ns`,
    `${backward.toFixed(0)} ns`,
    (backward / forward).toFixed(1),
    `${compiled[0].toFixed(0)}, ${Math.min(...compiled).toFixed(0)} ms`,
    `${statistics.nodes.before} → ${statistics.nodes.after}`,
    `${(statistics.moduleBytes / 1024).toFixed(0)} KiB`,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

console.log('| model | evaluation | gradient | ratio | compiled: first, best of 5 | nodes | module |')
console.log('|---|--:|--:|--:|--:|--:|--:|')
report('double pendulum', doublePendulum())
report('chain of 5 pendulums', chain(5))
report('chain of 20 pendulums', chain(20))
report('net, 120 layers of 32', denseNet(120, 32))
report('seed, n = 10', seed(10, 128))
report('seed, n = 40', seed(40, 128))
