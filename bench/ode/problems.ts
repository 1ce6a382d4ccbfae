import { loadScene, parseScene, type Scene } from '../../sim/index.ts'

/** A problem of the work–precision diagrams. */
export interface Problem {
  readonly name: string
  readonly scene: Scene
  readonly stiff: boolean
  /** Half bandwidth of its Jacobian, where that is sparse. */
  readonly band?: number
  /** For Python, where the formulas one by one would not be fair to it. */
  readonly python?: string
  /** Tolerances go from 10^−first to 10^−last. */
  readonly tolerances: readonly [first: number, last: number]
}

const shipped = (name: string, stiff: boolean, tolerances: readonly [number, number]): Problem => ({
  name,
  scene: loadScene(`tests/${name}`),
  stiff,
  tolerances,
})

/** The Brusselator with diffusion on N points (Hairer & Wanner II, IV.1): 2N equations, of half bandwidth 2. */
function brusselator(N: number): Scene {
  const points = Array.from({ length: N }, (_, i) => i + 1)
  const next = (name: string, i: number, end: number) => (i < 1 || i > N ? String(end) : `${name}${i}`)
  const diffusion = (name: string, i: number, end: number) =>
    `d*(${next(name, i - 1, end)} - 2*${name}${i} + ${next(name, i + 1, end)})`
  const entries = (f: (i: number) => string[]) => points.flatMap(f).join(', ')
  const start = (i: number) => 1 + 0.5 * Math.sin((2 * Math.PI * i) / (N + 1))
  return parseScene(
    `version: 1
name: brusselator-${2 * N}
system:
  type: equations
  parameters: {d: ${0.02 * (N + 1) ** 2}}
  state: {${entries(i => [`u${i}: ${start(i)}`, `v${i}: 3`])}}
  derivatives: {${entries(i => [
    `u${i}: 1 + u${i}^2*v${i} - 4*u${i} + ${diffusion('u', i, 1)}`,
    `v${i}: 3*u${i} - u${i}^2*v${i} + ${diffusion('v', i, 3)}`,
  ])}}
solver: {method: radau5, span: [0, 10], rtol: 1.0e-7, atol: 1.0e-7}
`,
    'brusselator.yaml',
  )
}

const brusselatorInPython = (N: number) => `import numpy
def rhs(t, y, m):
    if m.__name__ == "math":
        m = numpy
    y = m.array(y) if m is numpy else y
    u, v = y[0::2], y[1::2]
    d = 0.02 * ${N + 1} ** 2
    U, V = m.concatenate([m.ones(1), u, m.ones(1)]), m.concatenate([3 * m.ones(1), v, 3 * m.ones(1)])
    du = 1 + u * u * v - 4 * u + d * (U[:-2] - 2 * u + U[2:])
    dv = 3 * u - u * u * v + d * (V[:-2] - 2 * v + V[2:])
    return m.stack([du, dv], axis=1).ravel()
`

export const problems = (): Problem[] => [
  shipped('lotka-volterra', false, [3, 11]),
  shipped('pleiades', false, [4, 11]),
  shipped('arenstorf', false, [5, 12]),
  shipped('hires', true, [3, 10]),
  shipped('van-der-pol-stiff', true, [3, 10]),
  shipped('oregonator', true, [3, 10]),
  shipped('robertson', true, [3, 10]),
  {
    name: 'brusselator-200',
    scene: brusselator(100),
    stiff: true,
    band: 2,
    tolerances: [3, 9],
    python: brusselatorInPython(100),
  },
]
