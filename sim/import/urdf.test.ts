import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { uniform } from '../../compiler/testing/numbers.ts'
import { compileSystem } from '../problem/problem.ts'
import { formatScene, parseScene } from '../scene/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'neurode-urdf-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The scene of a robot, as its file would be. */
function imported(robot: string, more = '') {
  writeFileSync(join(folder, 'robot.urdf'), robot)
  const text = `version: 1\nname: robot\nsystem: {type: rigid-bodies, urdf: robot.urdf${more}}\nsolver: {span: [0, 1]}\n`
  return parseScene(text, join(folder, 'scene.yaml'))
}

/** Numbers of design_C.1_acrobot.urdf of dfki-ric-underactuated-lab/double_pendulum (BSD-3): an arm that hangs along −z. */
const [m1, m2, l1, r1, r2] = [0.5234602302310271, 0.6255677234174437, 0.2, 0.2, 0.25569305436052964]
const [I1, I2, b1, b2] = [0.031887199591513114, 0.05086984812807257, 0.001, 0.001]
const inertial = (height: number, mass: number, I: number) =>
  `<inertial><origin xyz="0 0 ${height}"/><mass value="${mass}"/>
    <inertia ixx="${I}" iyy="${I}" izz="${I}" ixy="0" ixz="0" iyz="0"/></inertial>`
const arm = `<?xml version="1.0"?>
<robot name="acrobot">
  <link name="base_link"><visual><geometry><mesh filename="base.obj"/></geometry></visual></link>
  <joint name="base_weld" type="fixed"><parent link="world"/><child link="base_link"/></joint>
  <link name="Link1">${inertial(-r1, m1, I1)}
    <visual><origin xyz="0 0 -0.1"/><geometry><cylinder radius="0.02" length="0.2"/></geometry></visual></link>
  <joint name="Joint1" type="revolute">
    <origin xyz="0.0342 0 0"/><parent link="base_link"/><child link="Link1"/><axis xyz="1 0 0"/>
    <limit lower="-3.14" upper="3.14" effort="10" velocity="20"/><dynamics damping="${b1}" friction="0"/></joint>
  <link name="Link2">${inertial(-r2, m2, I2)}</link>
  <joint name="Joint2" type="continuous">
    <origin xyz="0.0522 0 -0.2"/><parent link="Link1"/><child link="Link2"/><axis xyz="1 0 0"/>
    <dynamics damping="${b2}"/></joint>
</robot>`

describe('URDF', () => {
  it('a two-joint arm moves as its closed form says', async () => {
    const { field } = await compileSystem(imported(arm, ', forces: {Joint2: 0.3*t}'), false)
    expect(field.names).toEqual(['Joint1', 'Joint2', 'Joint1_dot', 'Joint2_dot'])
    const random = uniform(4)
    const rates = new Float64Array(4)
    for (let trial = 0; trial < 10; trial++) {
      const [t, a, b, u, v] = Array.from({ length: 5 }, () => 3 * random())
      field.evaluate(t, Float64Array.of(a, b, u, v), rates)
      // Spong, Hutchinson & Vidyasagar, Robot Modeling and Control, section 7.3.2, angles from the vertical
      const [d1, d2, c] = [m1 * r1 ** 2 + I1, m2 * r2 ** 2 + I2, m2 * l1 * r2]
      const [m11, m12] = [d1 + d2 + m2 * l1 ** 2 + 2 * c * Math.cos(b), d2 + c * Math.cos(b)]
      const [h, g] = [c * Math.sin(b), 9.81]
      const weight = m2 * r2 * g * Math.sin(a + b)
      const f1 = h * (2 * u * v + v * v) - (m1 * r1 + m2 * l1) * g * Math.sin(a) - weight - b1 * u
      const f2 = -h * u * u - weight - b2 * v + 0.3 * t
      const determinant = m11 * d2 - m12 * m12
      const expected = [u, v, (d2 * f1 - m12 * f2) / determinant, (m11 * f2 - m12 * f1) / determinant]
      expected.forEach((value, i) => {
        expect(Math.abs(rates[i] - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)))
      })
    }
  })

  it('is put into the scene: y is up, notes say what was passed over, and the scene can be written and read again', () => {
    const scene = imported(arm, ', parameters: {m: 0.7}, bodies: {Link2: {inertial: {mass: m}}}')
    expect(scene.notes).toEqual([
      expect.stringMatching(/robot\.urdf:3 mesh: meshes are not drawn/),
      expect.stringMatching(/robot\.urdf:\d+ limit: the limits of the joint are not enforced/),
    ])
    expect(scene.system).toMatchObject({
      bodies: {
        base_link: { parent: 'world', quat: [1, -1, 0, 0], joints: {} },
        Link1: { parent: 'base_link', joints: { Joint1: { axis: [1, 0, 0], type: 'hinge' } } },
        Link2: { inertial: { mass: { text: 'm' } } },
      },
    })
    const mark = { type: 'sphere', size: [0.005] }
    expect(scene.viewer?.geoms).toEqual([
      { body: 'Link1', type: 'cylinder', size: [0.02, 0.1], pos: [0, 0, -0.1], quat: [1, 0, 0, 0] },
      { body: 'base_link', ...mark },
      { body: 'Link2', ...mark },
    ])
    const { notes: _, ...rest } = scene
    expect(parseScene(formatScene(scene), scene.place)).toEqual(rest)
  })

  it('roll, pitch and yaw turn about fixed axes, one after the other', async () => {
    const turned = (angles: string) =>
      `<robot name="r"><link name="l"><inertial><mass value="1"/><inertia ixx="1" iyy="2" izz="3"/></inertial></link>
        <joint name="j" type="prismatic"><parent link="world"/><child link="l"/><origin rpy="${angles}"/><axis xyz="0 0 2"/></joint></robot>`
    const lift = async (angles: string) => {
      const rates = new Float64Array(2)
      const { field } = await compileSystem(imported(turned(angles)), false)
      field.evaluate(0, new Float64Array(2), rates)
      return rates[1] / -9.81
    }
    // z of Rz(γ)·Ry(β)·Rx(α)·(0, 0, 1)
    expect(await lift('0.3 0.5 0.9')).toBeCloseTo(Math.cos(0.3) * Math.cos(0.5), 14)
    expect(await lift('0 0 0')).toBe(1)
  })

  it('mistakes have their line: what cannot be imported, what is missing, what is no XML', () => {
    const mistakes = (robot: string) => () => imported(robot)
    const link = '<link name="a"/>\n'
    const joint = (type: string, child = 'a') =>
      `<robot name="r">\n${link}<joint name="j" type="${type}"><parent link="world"/><child link="${child}"/></joint></robot>`
    expect(mistakes(joint('floating'))).toThrow(
      /robot\.urdf:3:17 joint\.type: joints of type "floating" cannot/,
    )
    expect(mistakes(joint('revolute', 'b'))).toThrow(/robot\.urdf:3:\d+ child\.link: there is no link "b"/)
    expect(mistakes(joint('revolute'))).toThrow(/nothing that moves with the joint "j" has mass/)
    expect(mistakes(`<robot name="r"><lnk/></robot>`)).toThrow(/robot\.urdf:1:17 lnk: .*Did you mean "link"/)
    expect(mistakes('<robot><link></robot>')).toThrow(/robot\.urdf:1:\d+: this is not valid XML/)
    expect(mistakes('<!DOCTYPE r [<!ENTITY a "b">]><robot>&a;</robot>')).toThrow(/document type is not read/)
    expect(() =>
      parseScene(
        'version: 1\nname: r\nsystem: {type: rigid-bodies, urdf: ../r.urdf}\nsolver: {span: [0, 1]}',
        'scene.yaml',
      ),
    ).toThrow(/scene\.yaml:3:36 system\.urdf: the file must lie beside the scene/)
    expect(() =>
      parseScene(
        'version: 1\nname: r\nsystem: {type: rigid-bodies, urdf: none.urdf}\nsolver: {span: [0, 1]}',
        'scene.yaml',
      ),
    ).toThrow(/scene\.yaml:3:36 system\.urdf: none\.urdf/)
  })
})
