import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const loader = import.meta.resolve('tsx')

/** Runs the command line in a folder of its own. */
function neurode(args: string[], folder = mkdtempSync(join(tmpdir(), 'neurode-cli-'))) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', loader, main, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', NEURODE_DEBUG: '' },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('the command line', () => {
  it('answers --help and --version', () => {
    expect(neurode(['--help']).stdout).toContain('validate')
    expect(neurode(['train', '--help']).stdout).toContain('--resume')
    expect(neurode(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('lists and validates what is shipped', () => {
    expect(neurode(['scenes']).stdout).toContain('double-pendulum')
    const { status, stdout } = neurode(['validate', 'double-pendulum'])
    expect(status).toBe(0)
    expect(stdout).toContain('double-pendulum, lagrangian, learns')
  })

  it('checks the gradients of a scene, on its own matrix and along its trajectory', () => {
    const { status, stdout } = neurode(['check', 'variable-inertia', '--set', 'solver.span=[0, 0.5]'])
    expect(status).toBe(0)
    for (const method of [
      'finite differences',
      'complex step',
      'unrolled CG',
      'truncated CG',
      'implicit',
      'discrete adjoint',
    ])
      expect(stdout).toContain(method)
  })

  it('exports a scene as a module that needs no neurode', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'neurode-cli-'))
    const { status, stdout } = neurode(['export', 'van-der-pol', '--wasm', 'model/vdp.wasm'], folder)
    expect(status).toBe(0)
    expect(stdout).toContain('vdp.d.ts')
    writeFileSync(join(folder, 'model/package.json'), '{"type": "module"}')
    const script = `import { readFileSync } from 'node:fs'
      import { load, state } from './vdp.js'
      const { derivative } = await load(readFileSync('model/vdp.wasm'))
      derivative.inputs.y.set([2, 0.5])
      derivative.run()
      console.log(state.join(), derivative.outputs.output.join())`
    writeFileSync(join(folder, 'model/use.js'), script)
    const used = spawnSync(process.execPath, ['model/use.js'], { cwd: folder, encoding: 'utf8' })
    expect(used.stdout).toBe(`x,v ${[0.5, 1000 * (1 - 4) * 0.5 - 2]}\n`)
  })

  it('shows a mistake in a scene with its place, exit code 1, no stack trace', () => {
    const folder = mkdtempSync(join(tmpdir(), 'neurode-cli-'))
    const scene =
      'version: 1\nname: x\nsystem: {type: equations, state: {x: 1}, derivatives: {x: -y}}\nsolver: {span: [0, 1]}\n'
    writeFileSync(join(folder, 'x.yaml'), scene)
    const line = scene.split('\n')[2]
    const column = line.indexOf('y}}') + 1
    expect(neurode(['validate', 'x.yaml'], folder)).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `error x.yaml:3:${column} system.derivatives.x: unknown name "y". There are: x, t\n` +
        `    ${line}\n    ${' '.repeat(column - 1)}^\n`,
    })
  })

  it.each([
    [['validate', 'nowhere.yaml'], 'error nowhere.yaml: no such file or directory'],
    [['validate', 'double-pendulum', '--set', 'solver.rtl=1'], 'Did you mean "rtol"?'],
    [['validat', 'x.yaml'], "error unknown command 'validat'"],
    [['validate'], "error missing required argument 'scene'"],
    [['export', 'van-der-pol'], 'say what to write'],
    [['export', 'van-der-pol', '--wasm', 'x.txt'], "the file's name must end in .wasm"],
    [['train', 'double-pendulum', '--epochs', 'many'], 'expected a whole number ≥ 1'],
  ])('%j is answered in words', (args, words) => {
    const { status, stdout, stderr } = neurode(args)
    expect(stderr).toContain(words)
    expect(stderr).not.toContain('    at ')
    expect(stdout).toBe('')
    expect(status).toBe(1)
  })
})
