import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coverage } from './coverage.ts'
import { sceneReference } from './sceneReference.ts'

const root = join(import.meta.dirname, '..')
const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')
const region = (text: string, command: string): string =>
  plain(text.split(`<!-- begin ${command} -->\n`)[1].split('<!-- end -->')[0])
/** Without the spaces and dashes by which the formatter aligns tables. */
const plain = (markdown: string): string =>
  markdown
    .trim()
    .replaceAll(/ *\| */g, '|')
    .replaceAll(/-{3,}/g, '---')

describe('generated tables are up to date (npx tsx bench/docs.ts docs/)', () => {
  it('coverage.md lists the kernels that are registered', () => {
    expect(region(read('coverage.md'), 'docs/coverage.ts')).toBe(plain(coverage()))
  })
  it('scenes.md lists the keys of the schema', () => {
    expect(region(read('scenes.md'), 'docs/sceneReference.ts')).toBe(plain(sceneReference()))
  })
})

describe('every page', () => {
  const pages = readdirSync(import.meta.dirname).filter(name => name.endsWith('.md'))
  it.each(pages)('%s links to files that exist', name => {
    const links = [...read(name).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(match => match[1])
    for (const link of links) expect(() => readFileSync(join(import.meta.dirname, link))).not.toThrow()
  })
  it.each(pages)('%s: measured regions name scripts that exist, and are filled', name => {
    for (const [, command, text] of read(name).matchAll(/<!-- begin (.*?) -->\n([\s\S]*?)<!-- end -->/g)) {
      expect(() => readFileSync(join(root, command.split(' ')[0]))).not.toThrow()
      expect(text.trim()).not.toBe('')
    }
  })
})
