/**
 * The tables of docs/coverage.md, from the registry of the `trace` backend: `npx tsx docs/coverage.ts`. What is not covered
 * is told by the kernels of tfjs' own cpu backend.
 */
import { pathToFileURL } from 'node:url'
import { getKernelsForBackend } from '@tensorflow/tfjs'
import '../compiler/index.ts'

const kernelsOf = (backend: string): string[] =>
  getKernelsForBackend(backend)
    .map(({ kernelName }) => kernelName)
    .sort()

/** Both lists, as Markdown. */
export function coverage(): string {
  const traced = kernelsOf('trace')
  const cpu = kernelsOf('cpu')
  const missing = cpu.filter(name => !traced.includes(name))
  const covered = cpu.length - missing.length
  return [
    `Of the ${cpu.length} kernels of tfjs' cpu backend, ${covered} can be traced:`,
    list(traced.filter(name => cpu.includes(name))),
    `Also traced, which the cpu backend has not:`,
    list(traced.filter(name => !cpu.includes(name))),
    `Not traced:`,
    list(missing),
  ].join('\n\n')
}

/** Names in code type, wrapped at about 110 characters. */
function list(names: readonly string[]): string {
  const lines = ['']
  for (const name of names) {
    const word = `\`${name}\``
    if (lines.at(-1)!.length + word.length > 108) lines.push('')
    lines.push(`${lines.pop()}${lines.at(-1) === '' ? '' : ' '}${word}`.trimStart())
  }
  return lines.join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(coverage())
