import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTrajectory } from '../files/trajectory.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const loader = import.meta.resolve('tsx')
const folder = mkdtempSync(join(tmpdir(), 'neurode-errors-'))

function neurode(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', loader, main, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', NEURODE_DEBUG: '' },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content)

const scene = (changes: Record<string, string> = {}) => {
  const lines = {
    version: 'version: 1',
    name: 'name: pendulum',
    system:
      'system: {type: equations, parameters: {k: 1.3}, state: {a: 1, v: 0}, derivatives: {a: v, v: -k*sin(a)}}',
    learn: 'learn: {parameters: [k]}',
    solver: 'solver: {span: [0, 1], save_every: 0.1}',
    data: 'data: {file: data.csv, columns: {time: t, a: a, v: v}, split: [1, 0, 0]}',
    training: 'training: {optimizer: {type: levenberg-marquardt}, epochs: 3}',
    ...changes,
  }
  return `${Object.values(lines).join('\n')}\n`
}

const trajectory = writeTrajectory({
  t: Float64Array.of(0, 1),
  y: Float64Array.of(1, 2),
  names: ['a'],
  series: {},
  meta: {},
})

/** A line for each mistake, exit code 1, no stack trace; the lines below one show the place. */
function expectOneLine(args: string[], first: string | RegExp): void {
  const { status, stderr } = neurode(...args)
  const lines = stderr.trimEnd().split('\n')
  expect(lines[0]).toMatch(first)
  expect(lines.slice(1).filter(line => !/^( {4}|\(|\S+\.yaml:\d+:\d+ )/.test(line))).toEqual([])
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(status).toBe(1)
}

describe('every mistake is answered with its place, exit code 1 and no stack trace', () => {
  const taken = createServer()
  let port = 0
  beforeAll(async () => {
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    port = (taken.address() as { port: number }).port
    write('data.csv', 't,a,v\n0,1,0\n0.1,0.99,-0.1\n0.2,zwei,-0.2\n')
    write('whole.npz', trajectory)
  })
  afterAll(() => void taken.close())

  it('a column that the data lack, and data that are not there', () => {
    const data = 'data: {file: whole.csv, columns: {time: t, a: angle, v: v}, split: [1, 0, 0]}'
    write('whole.csv', 't,a,v\n0,1,0\n0.1,0.99,-0.1\n')
    write('column.yaml', scene({ data }))
    expectOneLine(['validate', 'column.yaml'], /^error whole\.csv: there is no column angle: .* t, a, v;/)
    write('absent.yaml', scene({ data: data.replace('whole', 'absent') }))
    expect(neurode('validate', 'absent.yaml')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^the data file absent\.csv is not there.*\nok absent\.yaml/),
    })
  })

  it('a misspelled key', () => {
    write('key.yaml', scene({ solver: 'solver: {spam: [0, 1]}' }))
    expectOneLine(['simulate', 'key.yaml'], /^error key\.yaml:5:\d+ solver\.?\S*: .*(spam|span)/)
  })

  it('a wrong type', () => {
    write('type.yaml', scene({ solver: 'solver: {span: [0, 1], rtol: small}' }))
    expectOneLine(['simulate', 'type.yaml'], /^error type\.yaml:5:\d+ solver\.rtol: expected a number/)
  })

  it('a formula with an unknown name', () => {
    write('name.yaml', scene({ system: 'system: {type: equations, state: {a: 1}, derivatives: {a: -b}}' }))
    expectOneLine(
      ['simulate', 'name.yaml'],
      /^error name\.yaml:3:\d+ system\.derivatives\.a: unknown name "b"/,
    )
  })

  it('a missing scene, and a missing data file', () => {
    expectOneLine(['train', 'missing.yaml'], 'error missing.yaml: no such file or directory')
    write(
      'nodata.yaml',
      scene({ data: 'data: {file: nowhere.csv, columns: {time: t, a: a, v: v}, split: [1, 0, 0]}' }),
    )
    expectOneLine(['train', 'nodata.yaml'], /nowhere\.csv: .*no such file or directory/)
  })

  it('a row that is not numeric', () => {
    write('row.yaml', scene())
    expectOneLine(['train', 'row.yaml'], /data\.csv:4: 'zwei' in column 2 \(a\) is not a number/)
  })

  it('a truncated npz, a foreign file and a missing one', () => {
    write('cut.npz', trajectory.slice(0, trajectory.length / 2))
    expectOneLine(['view', 'cut.npz', '--no-open'], /cut\.npz: the zip archive is truncated or damaged/)
    write('foreign.npz', 'a,b\n')
    expectOneLine(['view', 'foreign.npz', '--no-open'], /foreign\.npz: this is not an \.npz file/)
    expectOneLine(['view', 'gone.npz', '--no-open'], /gone\.npz: .*no such file/)
  })

  it('a port in use', () => {
    expectOneLine(
      ['view', 'whole.npz', '--no-open', '--port', String(port)],
      new RegExp(`port ${port} is in use`),
    )
  })

  it('a checkpoint that is not there, or damaged', () => {
    expectOneLine(
      ['train', 'double-pendulum', '--resume', '--out', 'nothing'],
      /nothing: there is no checkpoint here/,
    )
    expectOneLine(
      ['simulate', 'double-pendulum', '--model', 'nothing'],
      /nothing: there is no checkpoint here/,
    )
  })

  it('an output that cannot be written', () => {
    write('file', '')
    expectOneLine(['simulate', 'van-der-pol', '--out', 'file/x.npz'], /cannot be written/)
  })

  it('a trajectory that cannot be computed says when, and which component', () => {
    write(
      'blowup.yaml',
      'version: 1\nname: blow-up\nsystem: {type: equations, state: {x: 1}, derivatives: {x: x^2}}\nsolver: {span: [0, 2]}\n',
    )
    expectOneLine(['simulate', 'blowup.yaml'], /blow-up: .*t = (1|0\.99).*x/)
  })
})

describe('what is written', () => {
  it('is a trajectory that NumPy-style readers find whole', () => {
    expect(neurode('simulate', 'van-der-pol', '--out', 'vdp.npz').status).toBe(0)
    expect(readFileSync(join(folder, 'vdp.npz')).subarray(0, 2).toString()).toBe('PK')
  })
})
