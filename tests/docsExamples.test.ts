import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
/** The examples lie among the sources, so that what they import is found. */
const folder = join(root, 'tests', '.docs')
mkdirSync(folder, { recursive: true })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const subpaths: Record<string, string> = {
  neurode: '../../index.ts',
  'neurode/compiler': '../../compiler/index.ts',
  'neurode/models': '../../models/index.ts',
  'neurode/sim': '../../sim/index.ts',
  'neurode/solvers': '../../solvers/index.ts',
}

/** The blocks of the documentation that are whole scripts: those that import something of ours to run. */
const examples = readdirSync(join(root, 'docs'))
  .filter(name => name.endsWith('.md'))
  .flatMap(name =>
    [...readFileSync(join(root, 'docs', name), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)]
      .map(([, text], k) => ({ file: `${name.slice(0, -3)}-${k + 1}.ts`, text }))
      .filter(({ text }) => /^import (?!type).* from 'neurode/m.test(text)),
  )

const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })

describe('the scripts in the documentation', () => {
  it('are typed rightly', () => {
    for (const { file, text } of examples) {
      const resolved = text.replace(
        /from '(neurode(?:\/\w+)?)'/g,
        (_, path: string) => `from '${subpaths[path]}'`,
      )
      writeFileSync(join(folder, file), resolved)
    }
    const project = {
      extends: '../../tsconfig.json',
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ['*.ts'],
      exclude: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
    const { stdout } = run(join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', folder)
    expect(stdout.split('\n').filter(line => /^[\w-]+\.ts/.test(line))).toEqual([])
  })

  it.each(examples.map(({ file }) => file))('%s runs', file => {
    const { status, stderr } = run('--import', 'tsx', join(folder, file))
    expect(stderr.split('\n').filter(line => /error/i.test(line))).toEqual([])
    expect(status).toBe(0)
  })
})
