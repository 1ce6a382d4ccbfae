// Contact forces as a quadratic program at each step, and the exact derivative of a motion through its contacts: a ball falls onto a
// frictionless slope, slides down it and comes to rest in the corner at a wall.
//     npx tsx examples/contact.ts
//
// Time stepping of Anitescu & Potra (Nonlinear Dynamics 14, 1997) without friction: with v* = v + h·g the velocity without contact,
//     v⁺ = argmin ½(v⁺ − v*)ᵀM(v⁺ − v*)   subject to   n·v⁺ ≥ −gap/h for each contact,    x⁺ = x + h·v⁺.
// The multipliers are the contact impulses.
import { type QuadraticProgramSolution, quadraticProgram } from '../solvers/implicit/index.ts'
import { printTable } from './diffusion.ts'

const mass = 2
const gravity = [0, -9.81]
const slope = Math.PI / 6
const normal = [Math.sin(slope), Math.cos(slope)]
const along = [Math.cos(slope), -Math.sin(slope)]
/** Half-planes n·x ≥ offset in which the ball's centre stays. */
const ground = { normal, offset: 0 }
const wall = { normal: along.map(value => -value), offset: -6 }
const h = 0.01

const dot = (u: ArrayLike<number>, v: ArrayLike<number>) => u[0] * v[0] + u[1] * v[1]

interface Motion {
  readonly x: Float64Array
  readonly steps: readonly QuadraticProgramSolution[]
}

function simulate(
  x0: ArrayLike<number>,
  v0: ArrayLike<number>,
  end: number,
  obstacles = [ground, wall],
): Motion {
  const x = Float64Array.from(x0)
  let v: Float64Array = Float64Array.from(v0)
  const steps: QuadraticProgramSolution[] = []
  for (let k = 0; k < Math.round(end / h); k++) {
    const solution = quadraticProgram({
      Q: Float64Array.of(mass, 0, 0, mass),
      q: v.map((value, i) => -mass * (value + h * gravity[i])),
      G: Float64Array.from(obstacles.flatMap(obstacle => obstacle.normal.map(value => -value))),
      h: Float64Array.from(obstacles, obstacle => (dot(obstacle.normal, x) - obstacle.offset) / h),
    })
    if (solution.status !== 'converged') throw new Error(`step ${k}: ${solution.message}`)
    v = solution.x
    for (let i = 0; i < 2; i++) x[i] += h * v[i]
    steps.push(solution)
  }
  return { x, steps }
}

/** The gradient of g·x(end) by the initial velocity: the steps backwards, through each program's own derivative. */
function gradientByVelocity(
  { steps }: Motion,
  g: ArrayLike<number>,
  obstacles = [ground, wall],
): Float64Array {
  const xBar = Float64Array.from(g)
  let vBar = new Float64Array(2)
  for (const step of steps.toReversed()) {
    const { q, h: gaps } = step.vjp(vBar.map((value, i) => value + h * xBar[i]))
    vBar = q.map(value => -mass * value)
    obstacles.forEach((obstacle, k) => {
      for (let i = 0; i < 2; i++) xBar[i] += (gaps[k] / h) * obstacle.normal[i]
    })
  }
  return vBar
}

const x0 = normal.map(value => 0.8 * value)
const v0 = [1, 0.5]
const forces = (step: QuadraticProgramSolution) =>
  Array.from(step.inequalityMultipliers, impulse => impulse / h)

console.log('The force of the ground, of the wall, in newtons:\n')
const long = simulate(x0, v0, 4)
const fixed = (value: number) => value.toFixed(9)
printTable(
  ['while', 'ground', 'wall', 'statics'],
  [
    ['in the air', long.steps[0], [0, 0]],
    ['sliding', long.steps[100], [mass * 9.81 * Math.cos(slope), 0]],
    ['at rest', long.steps[399], [mass * 9.81 * Math.cos(slope), mass * 9.81 * Math.sin(slope)]],
  ].map(([name, step, expected]) => [
    name as string,
    ...forces(step as QuadraticProgramSolution).map(fixed),
    (expected as number[]).map(fixed).join(', '),
  ]),
)

console.log('\nHow x(T) depends on the initial velocity; along the slope, and across it:\n')
printTable(
  ['T [s]', 'while', 'along: ∂x/∂v', 'closed form', 'across: ∂x/∂v', 'closed form'],
  [
    { end: 0.1, closed: [0.1, 0.1], phase: 'in the air' },
    { end: 1, closed: [1, 0], phase: 'sliding' },
    { end: 4, closed: [0, 0], phase: 'at rest' },
  ].map(({ end, closed, phase }) => {
    const motion = simulate(x0, v0, end)
    const [tangential, across] = [along, normal].map(direction =>
      dot(gradientByVelocity(motion, direction), direction),
    )
    return [end, phase, fixed(tangential), fixed(closed[0]), fixed(across), fixed(closed[1])]
  }),
)
