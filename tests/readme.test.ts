import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)![1]
const folder = mkdtempSync(join(tmpdir(), 'neurode-readme-'))
const inSources = join(root, 'tests', '.readme')
afterAll(() => {
  rmSync(folder, { recursive: true })
  rmSync(inSources, { recursive: true, force: true })
})

const run = (cwd: string, ...args: string[]) =>
  spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })

describe('what the README shows', () => {
  it('the scene trains on a file of the form that it names', () => {
    const [k, c, h] = [1.35, 0.012, 0.01]
    let [a, v] = [1.14, 0.92]
    const rows = ['t,angle,rate']
    for (let step = 0; step <= 9450; step++) {
      if (step % 20 === 0) rows.push([5 + step * h, a, v].join())
      v += h * (-k * Math.sin(a) - c * v) // symplectic Euler: good enough to be measured from
      a += h * v
    }
    writeFileSync(join(folder, 'measured.csv'), rows.join('\n'))
    writeFileSync(join(folder, 'pendulum.yaml'), block('yaml'))
    const { stdout, stderr, status } = run(
      folder,
      join(root, 'scripts/neurode.mjs'),
      'train',
      'pendulum.yaml',
    )
    expect(stderr).not.toContain('error')
    expect(status).toBe(0)
    expect(Number(/^k\s+(\S+)/m.exec(stdout)![1])).toBeCloseTo(k, 1)
    expect(Number(/^c\s+(\S+)/m.exec(stdout)![1])).toBeCloseTo(c, 2)
  })

  it('the script is typed rightly and runs, and its last line is the loss and the gradient', () => {
    const script = `${block('ts').replace("'neurode'", "'../../index.ts'")}
console.log(JSON.stringify({ success: trajectory.success, loss, size: gradients.parameters.length }))`
    mkdirSync(inSources, { recursive: true })
    writeFileSync(join(inSources, 'script.ts'), script)
    const project = { extends: '../../tsconfig.json', include: ['script.ts'], exclude: [] }
    writeFileSync(join(inSources, 'tsconfig.json'), JSON.stringify(project))
    const checked = run(root, join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', inSources)
    expect(checked.stdout).toBe('')
    expect(checked.status).toBe(0)
    const { stdout, stderr } = run(root, '--import', 'tsx', join(inSources, 'script.ts'))
    const result = JSON.parse(stdout.trim().split('\n').at(-1) || `{"stderr": ${JSON.stringify(stderr)}}`)
    expect(result).toMatchObject({ success: true, size: 2 * 32 + 32 + 32 * 4 + 4 })
    expect(result.loss).toBeGreaterThan(0)
  })

  it('names only files that are there', () => {
    for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      expect(() => readFileSync(join(root, path)), path).not.toThrow()
    }
  })
})
