import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** The import rule of ARCHITECTURE.md: what product code of each folder may import (itself is always allowed). */
const rules: Record<string, { folders: string[]; packages: string[] | 'any' }> = {
  kernels: { folders: [], packages: [] },
  compiler: { folders: ['kernels'], packages: ['@tensorflow/tfjs-core'] },
  'solvers/linear': { folders: ['kernels', 'compiler'], packages: ['@tensorflow/tfjs-core'] },
  'solvers/ode': { folders: ['kernels'], packages: ['odex'] },
  'solvers/adjoint': { folders: ['kernels', 'solvers/ode'], packages: [] },
  'solvers/implicit': { folders: ['kernels', 'solvers/linear'], packages: ['@tensorflow/tfjs-core'] },
  models: { folders: ['kernels', 'compiler', 'solvers/linear'], packages: ['@tensorflow/tfjs-core'] },
  sim: { folders: ['kernels', 'compiler', 'solvers', 'models'], packages: 'any' },
  viewer: { folders: ['sim/files'], packages: 'any' },
  examples: { folders: ['index.ts'], packages: 'any' },
  bench: { folders: ['index.ts'], packages: 'any' },
  docs: { folders: ['index.ts'], packages: 'any' },
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sourceFiles(path)
    return /\.m?ts$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : []
  })
}

/** Specifiers of every static and dynamic import and re-export. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const pattern = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g
  return [...text.matchAll(pattern)].map(match => match[1])
}

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
/** Test fixtures (`testing/` folders) may use test libraries. */
const isFixture = (path: string): boolean => path.split('/').includes('testing')

describe('folders import downwards only', () => {
  for (const [folder, rule] of Object.entries(rules)) {
    it(folder, () => {
      const faults: string[] = []
      for (const file of sourceFiles(join(root, folder))) {
        const name = relative(root, file).split(sep).join('/')
        for (const specifier of importsOf(file)) {
          if (specifier.startsWith('.')) {
            const target = relative(root, resolve(dirname(file), specifier))
              .split(sep)
              .join('/')
            const publicIndex = ['bench', 'docs', 'examples'].includes(folder)
              ? /(^|\/)index\.ts$/.test(target)
              : false
            if (!publicIndex && ![folder, ...rule.folders].some(allowed => within(target, allowed)))
              faults.push(`${name} imports ${target}`)
          } else if (rule.packages !== 'any' && !isFixture(name)) {
            if (!rule.packages.some(allowed => within(specifier, allowed)))
              faults.push(`${name} imports ${specifier}`)
          }
        }
      }
      expect(faults).toEqual([])
    })
  }
})
