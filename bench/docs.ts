/**
 * Writes measured and generated tables into the documentation: a region
 *
 *     <!-- begin bench/seed.ts -->
 *     <!-- end -->
 *
 * of docs/*.md holds what that script prints (with its arguments, if any, after its name).
 *
 *     npx tsx bench/docs.ts [WORD]        only the regions whose command holds WORD, such as docs/ or bench/results.ts
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const word = process.argv[2] ?? ''
const region = /(<!-- begin (.*?) -->\n)[\s\S]*?(<!-- end -->)/g

/** What a script prints; its complaints go to the terminal. */
function printed(command: string): string {
  console.error(command)
  const [file, ...args] = command.split(' ')
  return execFileSync(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim()
}

for (const name of readdirSync(join(root, 'docs')).filter(file => file.endsWith('.md'))) {
  const path = join(root, 'docs', name)
  const text = readFileSync(path, 'utf8')
  const updated = text.replace(region, (whole, begin: string, command: string, end: string) =>
    command.includes(word) ? `${begin}\n${printed(command)}\n\n${end}` : whole,
  )
  if (updated === text) continue
  writeFileSync(path, updated)
  execFileSync('npx', ['biome', 'format', '--write', path], { cwd: root, stdio: 'ignore' })
}
