import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const text = readFileSync(join(import.meta.dirname, 'linear-solvers.md'), 'utf8')
const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1])

it.each(blocks.map((block, k) => [k + 1, block] as const))('example %i prints what it says', (_, block) => {
  const script = block.replace("'neurode/solvers'", "'./solvers/index.ts'")
  const printed = execFileSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    {
      cwd: join(import.meta.dirname, '..'),
    },
  ).toString()
  const said = [...block.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(match => match[1])
  expect(said.length).toBeGreaterThan(0)
  expect(printed.trim().split('\n')).toEqual(said)
})
