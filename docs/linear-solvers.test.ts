import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
// Beside the packages that the examples import.
const folder = mkdtempSync(join(root, 'node_modules/.neurode-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = readFileSync(join(import.meta.dirname, 'linear-solvers.md'), 'utf8')
const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1])

it.each(blocks.map((block, k) => [k + 1, block] as const))('example %i prints what it says', (k, block) => {
  const script = join(folder, `example${k}.mts`)
  const own = block.replace(/'neurode\/(solvers|models)'/g, (_, name) =>
    JSON.stringify(join(root, name, 'index.ts')),
  )
  writeFileSync(script, own)
  const printed = execFileSync(process.execPath, ['--import', 'tsx', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString()
  const said = [...block.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(match => match[1])
  expect(said.length).toBeGreaterThan(0)
  expect(printed.trim().split('\n')).toEqual(said)
})
