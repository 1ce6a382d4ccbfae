import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compileSystem } from '../problem/problem.ts'
import { parseScene } from '../scene/index.ts'
import { matrix } from './rotations.ts'
import { inertialOf, moments, type SolidType, volume } from './solids.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-mjcf-'))
afterAll(() => rmSync(folder, { recursive: true }))

function imported(model: string, more = '') {
  writeFileSync(join(folder, 'model.xml'), model)
  const text = `version: 1\nname: model\nsystem: {type: rigid-bodies, mjcf: model.xml${more}}\nsolver: {span: [0, 1]}\n`
  return parseScene(text, join(folder, 'scene.yaml'))
}

/** d/dt of a state. */
async function ratesOf(scene: ReturnType<typeof imported>, state: readonly number[]): Promise<Float64Array> {
  const rates = new Float64Array(state.length)
  const { field } = await compileSystem(scene, false)
  field.evaluate(0, Float64Array.from(state), rates)
  return rates
}

const crane = `<mujoco model="crane">
  <compiler angle="degree" eulerseq="zyx"/>
  <option gravity="0.3 -0.2 -9.7"/>
  <default>
    <joint damping="0.2"/>
    <default class="stiff"><joint stiffness="4" springref="20" armature="0.15"/><geom density="700"/></default>
  </default>
  <worldbody>
    <body name="base" pos="0.1 0.2 0.4" euler="30 20 -40">
      <joint name="turn" axis="0.2 0.1 1" pos="0.05 0 0.02"/>
      <joint name="lift" type="slide" axis="1 0 2" class="stiff"/>
      <geom type="box" size="0.1 0.2 0.05" pos="0.02 0.01 0" axisangle="1 1 0 35"/>
      <geom type="ellipsoid" size="0.1 0.15 0.08" pos="0 0.1 0.1"/>
      <body name="boom" pos="0 0.1 0.2" quat="0.9 0.1 -0.3 0.2" childclass="stiff">
        <joint name="swing" axis="0 1 0.3"/>
        <joint name="roll" axis="1 0 0" pos="0 0 0.1"/>
        <geom type="capsule" fromto="0 0 0 0.1 0.2 0.6" size="0.04"/>
        <body name="load" pos="0.1 0.2 0.6" zaxis="1 0 1">
          <inertial pos="0.01 0.02 -0.1" mass="1.7" quat="0.8 0.2 0.1 -0.4" diaginertia="0.02 0.03 0.04"/>
          <joint name="twist" axis="0 0 1" class="main"/>
        </body>
      </body>
      <body name="arm" pos="-0.2 0 0">
        <joint name="wave" axis="0 1 0" damping="0"/>
        <geom type="cylinder" size="0.05 0.2" pos="0 0 -0.2" mass="2.5"/>
      </body>
    </body>
  </worldbody>
  <actuator><motor name="winch" joint="lift" gear="30"/><motor name="push" joint="wave"/></actuator>
</mujoco>`

describe('MJCF', () => {
  it('classes, degrees, gears and capsules: a pendulum with the inertia of its geom', async () => {
    const scene = imported(
      `<mujoco model="pendulum">
        <option gravity="0 0 -10"/>
        <default><joint damping="0.1"/><default class="arm"><joint axis="0 1 0" stiffness="3" springref="90"/>
          <geom type="capsule" size="0.05"/></default></default>
        <worldbody>
          <light pos="0 0 3"/>
          <body name="pole" pos="0 0 1" childclass="arm">
            <joint name="hinge"/>
            <geom fromto="0 0 0 0 0 -1" mass="2"/>
            <site name="tip" pos="0 0 -1"/>
          </body>
        </worldbody>
        <actuator><motor name="torque" joint="hinge" gear="5"/></actuator>
      </mujoco>`,
      ', parameters: {torque: 0.2}',
    )
    const [, across] = moments('capsule', [0.05, 0.5])
    const [angle, rate] = [0.7, -0.4]
    const moment = 5 * 0.2 - 3 * (angle - Math.PI / 2) - 0.1 * rate - 2 * 10 * 0.5 * Math.sin(angle)
    const rates = await ratesOf(scene, [angle, rate])
    expect(Math.abs(rates[1] - moment / (2 * (across + 0.25)))).toBeLessThan(1e-13)
    expect(scene.system).toMatchObject({ sites: { tip: { body: 'pole' } }, parameters: { torque: 0.2 } })
    expect(scene.notes).toEqual([
      expect.stringMatching(/model\.xml:1 mujoco: bodies pass through each other/),
    ])
  })

  it('a cart on two slides, with an <inertial> that comes before its geoms', async () => {
    const scene = imported(
      `<mujoco><compiler angle="radian"/><worldbody><body name="cart">
          <inertial pos="0 0 0.1" mass="3" diaginertia="1 1 1"/>
          <joint name="x" type="slide" axis="1 0 0"/><joint name="z" type="slide" axis="0 0 1" armature="2"/>
          <geom type="box" size="0.1 0.2 0.3"/><geom type="mesh" mesh="shell"/></body></worldbody></mujoco>`,
      ', forces: {x: 6}',
    )
    const rates = await ratesOf(scene, [0, 0, 0, 0])
    expect([...rates]).toEqual([0, 0, expect.closeTo(2, 14), expect.closeTo((-3 * 9.81) / 5, 14)])
    expect(scene.viewer?.geoms).toHaveLength(1)
  })

  it('accelerations are MuJoCo’s own: turned frames, classes, solids, springs, branches', async () => {
    const scene = imported(crane, ', parameters: {winch: 1.5, push: -0.7}')
    const state = [0.3, -0.5, 0.8, -0.2, 0.4, 1.1, 0.2, -1.1, 0.7, 0.5, -0.9, 0.6]
    const rates = await ratesOf(scene, state)
    // qacc of mj_forward, MuJoCo 4.0.0, contacts disabled; its z up is our y up, which the coordinates of joints do not see.
    const theirs = [
      -17.113708468488927, 2.9566509955122853, -6.270685818688417, -5.81828761082237, 18.29029064098968,
      -38.83786696203316,
    ]
    theirs.forEach((value, k) => {
      expect(Math.abs(rates[6 + k] - value)).toBeLessThan(1e-12 * Math.abs(value))
    })
  })

  it('mistakes have their line, and say what can be done', () => {
    const world =
      (body: string, more = '') =>
      () =>
        imported(`<mujoco>\n<worldbody><body name="b">${body}</body></worldbody>${more}</mujoco>`)
    const ball = '<joint name="j"/><geom size="1"/>'
    expect(world('<freejoint/>')).toThrow(/model\.xml:2:\d+ freejoint: not part of what can be imported/)
    expect(world('<joint type="free"/>')).toThrow(/write three slides and three hinges/)
    expect(world('<joint/><geom type="mesh" mesh="m"/>')).toThrow(
      /geom\.type: the mass .* give the body an <inertial>/,
    )
    expect(world(`${ball}<geom type="capsule" size="1"/>`)).toThrow(/geom\.size: .* must be 2 numbers > 0/)
    expect(world(ball, '<equality/>')).toThrow(/equality: not part/)
    expect(world(ball, '<actuator><position joint="j"/></actuator>')).toThrow(/below <actuator>: motor/)
    expect(world(ball, '<actuator><motor joint="k"/></actuator>')).toThrow(
      /motor\.joint: there is no joint "k"/,
    )
    expect(world('<geom class="c" size="1"/>')).toThrow(/geom\.class: there is no class "c"/)
  })
})

describe('solids', () => {
  /** ∫ over the solid of 1, x², y², z² by the midpoint rule on a grid, of the part of space in its box. */
  const integrals = (type: SolidType, size: readonly number[]) => {
    const [a, b, c] = size
    const inside = (x: number, y: number, z: number): boolean => {
      const beyond = Math.max(0, Math.abs(z) - b)
      if (type === 'sphere') return x * x + y * y + z * z < a * a
      if (type === 'capsule') return x * x + y * y + beyond * beyond < a * a
      if (type === 'cylinder') return x * x + y * y < a * a && beyond === 0
      if (type === 'box') return true
      return (x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2 < 1
    }
    const half =
      type === 'sphere'
        ? [a, a, a]
        : type === 'capsule'
          ? [a, a, a + b]
          : type === 'cylinder'
            ? [a, a, b]
            : [a, b, c]
    const count = 60
    const sums = [0, 0, 0, 0]
    const at = (k: number, axis: number) => (((k + 0.5) * 2) / count - 1) * half[axis]
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        for (let k = 0; k < count; k++) {
          const [x, y, z] = [at(i, 0), at(j, 1), at(k, 2)]
          if (inside(x, y, z))
            [1, x * x, y * y, z * z].forEach((value, l) => {
              sums[l] += value
            })
        }
    const cell = half.reduce((product, length) => (product * 2 * length) / count, 1)
    return sums.map(sum => sum * cell)
  }

  it.each<[SolidType, number[]]>([
    ['sphere', [0.7]],
    ['capsule', [0.4, 0.9]],
    ['cylinder', [0.4, 0.9]],
    ['box', [0.3, 0.5, 0.8]],
    ['ellipsoid', [0.3, 0.5, 0.8]],
  ])('volume and moments of %s are its integrals', (type, size) => {
    const [whole, xx, yy, zz] = integrals(type, size)
    expect(Math.abs(volume(type, size) / whole - 1)).toBeLessThan(5e-3)
    const expected = [yy + zz, xx + zz, xx + yy].map(moment => moment / whole)
    moments(type, size).forEach((moment, k) => {
      expect(Math.abs(moment / expected[k] - 1)).toBeLessThan(5e-3)
    })
  })

  it('a box is two halves of itself, wherever it lies', () => {
    const quat = [0.9, 0.1, -0.3, 0.2] as [number, number, number, number]
    const place = (z: number) => matrix(quat).map(row => row[2] * z) as [number, number, number]
    const half = (z: number) =>
      ({ type: 'box', size: [0.3, 0.5, 0.4], mass: 1, pos: place(z), quat }) as const
    const whole = inertialOf([{ type: 'box', size: [0.3, 0.5, 0.8], mass: 2, pos: [0, 0, 0], quat }])!
    const halves = inertialOf([half(0.4), half(-0.4)])!
    whole.fullinertia.forEach((entry, k) => {
      expect(halves.fullinertia[k]).toBeCloseTo(entry, 14)
    })
  })
})
