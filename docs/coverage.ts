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

/** The kernels that are not, and why. */
const refused: [reason: string, kernels: string[]][] = [
  ['The shape of the result, or the work, depends on values', [
    'NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5', 'RaggedGather', 'RaggedRange',
    'RaggedTensorToTensor', 'SparseFillEmptyRows', 'SparseReshape', 'Unique',
  ]],
  ['Random numbers belong outside of a traced function', ['Multinomial']],
  ['About text, or a screen', ['Draw', 'StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast']],
  ["Part of tfjs' own derivative, for which ours stands", ['EluGrad']],
] // biome-ignore format: a table

/** Both lists, as Markdown. */
export function coverage(): string {
  const [traced, cpu] = [kernelsOf('trace'), kernelsOf('cpu')]
  const missing = cpu.filter(name => !traced.includes(name))
  const said = refused.flatMap(([, kernels]) => kernels)
  if (missing.join() !== said.sort().join()) {
    throw new Error(`coverage: not traced are ${missing}, but reasons are given for ${said}`)
  }
  return [
    `Of the ${cpu.length} kernels of tfjs' cpu backend, ${cpu.length - missing.length} can be traced:`,
    list(traced),
    `The others cannot:`,
    refused.map(([reason, kernels]) => `- ${reason}: ${kernels.map(code).join(' ')}`).join('\n'),
  ].join('\n\n')
}

const code = (name: string): string => `\`${name}\``

/** Names in code type, wrapped at about 110 characters. */
function list(names: readonly string[]): string {
  const lines = ['']
  for (const name of names) {
    const word = code(name)
    if (lines.at(-1)!.length + word.length > 108) lines.push('')
    lines.push(`${lines.pop()}${lines.at(-1) === '' ? '' : ' '}${word}`.trimStart())
  }
  return lines.join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(coverage())
