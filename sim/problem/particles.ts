import * as tf from '@tensorflow/tfjs-core'
import {
  distances,
  type ParticleSystem,
  particleDynamics,
  particleEnergy,
  springEnergy,
} from '../../models/particles.ts'
import { axes, bodiesOf, latticeBody, positionNames, velocityNames } from '../scene/bodies.ts'
import { evaluateFormula, type Formula } from '../scene/formula/index.ts'
import { tensorAlgebra } from '../scene/formula/tensorAlgebra.ts'
import type { ParticlesSystem } from '../scene/index.ts'
import type { LearnedTerms } from './learnedTerms.ts'
import type { Model } from './model.ts'
import { formulaValue, formulaVector, named, type Scope } from './scope.ts'

interface Body {
  readonly mass: Formula
  readonly position: readonly number[]
  readonly velocity: readonly number[]
  readonly held: boolean
}

/** Springs that share a stiffness. */
interface Springs {
  readonly stiffness: Formula
  readonly pairs: readonly (readonly [number, number])[]
  /** Formulas, or the distances at the start. */
  readonly rest: Formula | readonly number[]
}

/** Point masses of a scene: bodies, then the nodes of its lattices row by row. */
export function particlesModel(system: ParticlesSystem, learned: LearnedTerms): Model {
  const { names: bodyNames, dimensions: d } = bodiesOf({ system })
  const bodies = bodyList(system, d)
  const springs = springList(system, bodyNames, bodies)
  const n = bodies.length
  const names = [...positionNames(bodyNames, d), ...velocityNames(bodyNames, d)]
  const pairs = bodies.flatMap((_, i) => bodies.slice(i + 1).map((_, k) => [i, i + 1 + k] as const))
  const hasPairs = system.pair !== undefined || learned.has('pair')
  const scope = (t: tf.Tensor, theta: readonly tf.Tensor[]): Scope =>
    new Map([['t', t], ...learned.scalarsOf(theta, t)])

  function under(time: tf.Tensor, theta: readonly tf.Tensor[]): ParticleSystem {
    const constants = scope(time, theta)
    const masses = massesOf(bodies, constants)
    return {
      count: n,
      dimensions: d,
      masses,
      drag: system.drag && formulaValue(system.drag, constants),
      moving: bodies.some(({ held }) => held)
        ? tf.tensor1d(bodies.map(({ held }) => (held ? 0 : 1)))
        : undefined,
      potential(t, positions) {
        const terms: tf.Tensor[] = []
        const values = new Map([...constants, ['t', t] as const])
        if (hasPairs && pairs.length > 0) {
          const r = distances(positions, pairs)
          const [mi, mj] = [0, 1].map(end =>
            tf.gather(
              masses,
              tf.tensor1d(
                pairs.map(pair => pair[end]),
                'int32',
              ),
            ),
          )
          const vectors: Scope = new Map([...values, ['r', r], ['m_i', mi], ['m_j', mj]])
          terms.push(
            tf.sum(
              tf.add(
                learned.term('pair', vectors, theta) ?? formulaValue(system.pair!, vectors),
                tf.zerosLike(r), // also what does not depend on r counts for every pair
              ),
            ),
          )
        }
        for (const { stiffness, pairs: ends, rest } of springs) {
          const lengths = distances(positions, ends)
          const atRest = Array.isArray(rest)
            ? tf.tensor1d([...rest])
            : (tf.mul(tf.ones([ends.length]), formulaValue(rest as Formula, values)) as tf.Tensor1D)
          terms.push(springEnergy(lengths, formulaValue(stiffness, values), atRest))
        }
        if (system.potential) {
          const columns = axes.map((axis, k) => [
            axis,
            k < d ? (tf.reshape(tf.slice(positions, [0, k], [n, 1]), [n]) as tf.Tensor) : tf.zeros([n]),
          ]) as [string, tf.Tensor][]
          const vectors: Scope = new Map([...values, ...columns, ['m', masses]])
          terms.push(tf.sum(elementwise(system.potential, vectors, masses)))
        }
        return terms.length > 0 ? tf.addN(terms) : tf.sum(tf.mul(0, positions))
      },
    }
  }
  return {
    names,
    start: Float64Array.from([
      ...bodies.flatMap(({ position }) => position),
      ...bodies.flatMap(({ velocity }) => velocity),
    ]),
    parameters: learned.parameters,
    scalars: learned.scalars,
    derivative: (t, y, theta) => particleDynamics(under(t, theta), t, y),
    energy: (t, y, theta) => particleEnergy(under(t, theta), t, y),
    formulas: formulas => (t, y, theta) =>
      formulaVector(formulas, new Map([...scope(t, theta), ...named(names, y)])),
  }
}

/** A formula over vectors and numbers, as a vector of the shape of `like`. */
const elementwise = (formula: Formula, scope: Scope, like: tf.Tensor): tf.Tensor =>
  tf.add(evaluateFormula(formula, tensorAlgebra, scope), tf.zerosLike(like))

const massesOf = (bodies: readonly Body[], constants: Scope): tf.Tensor1D => {
  // A sheet has hundreds of equal masses: each formula is evaluated once.
  const distinct = [...new Set(bodies.map(({ mass }) => mass))]
  const values = formulaVector(distinct, constants)
  return tf.gather(
    values,
    tf.tensor1d(
      bodies.map(({ mass }) => distinct.indexOf(mass)),
      'int32',
    ),
  ) as tf.Tensor1D
}

function bodyList(system: ParticlesSystem, d: number): Body[] {
  const padded = (values: readonly number[] = []) => Array.from({ length: d }, (_, k) => values[k] ?? 0)
  const bodies: Body[] = Object.values(system.bodies).map(({ mass, position, velocity, held }) => ({
    mass,
    position: padded(position),
    velocity: padded(velocity),
    held,
  }))
  for (const { size, spacing, origin, row = [0, 0, 1], column = [1, 0, 0], mass, held } of Object.values(
    system.lattices,
  )) {
    const [down, across] = [unit(row), unit(column)]
    for (let i = 0; i < size[0]; i++)
      for (let j = 0; j < size[1]; j++)
        bodies.push({
          mass,
          position: padded(origin).map(
            (value, k) => value + spacing * (i * (down[k] ?? 0) + j * (across[k] ?? 0)),
          ),
          velocity: padded(),
          held: held.some(([a, b]) => a === i && b === j),
        })
  }
  return bodies
}

function unit(direction: readonly number[]): number[] {
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0))
  return direction.map(value => value / length)
}

function springList(system: ParticlesSystem, names: readonly string[], bodies: readonly Body[]): Springs[] {
  const place = new Map(names.map((name, k) => [name, k]))
  const apart = ([i, j]: readonly [number, number]) =>
    Math.sqrt(bodies[i].position.reduce((sum, value, k) => sum + (value - bodies[j].position[k]) ** 2, 0))
  const springs: Springs[] = Object.values(system.springs).map(({ between: [a, b], stiffness, rest }) => {
    const pair = [place.get(a)!, place.get(b)!] as const
    return { stiffness, pairs: [pair], rest: rest ?? [apart(pair)] }
  })
  for (const [name, { size, stiffness, shear, bend }] of Object.entries(system.lattices)) {
    const add = (formula: Formula | undefined, steps: readonly (readonly [number, number])[]) => {
      if (!formula) return
      const pairs: [number, number][] = []
      for (let i = 0; i < size[0]; i++)
        for (let j = 0; j < size[1]; j++)
          for (const [di, dj] of steps) {
            const other = place.get(latticeBody(name, i + di, j + dj))
            if (other !== undefined) pairs.push([place.get(latticeBody(name, i, j))!, other])
          }
      if (pairs.length > 0) springs.push({ stiffness: formula, pairs, rest: pairs.map(apart) })
    }
    add(stiffness, [
      [0, 1],
      [1, 0],
    ])
    add(shear, [
      [1, 1],
      [1, -1],
    ])
    add(bend, [
      [0, 2],
      [2, 0],
    ])
  }
  return springs
}
