import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** What of sim/files runs in a browser: the viewer's page may import these and no others. */
const browserFiles = [
  'npz',
  'trajectory',
  'viewerSeries',
  'fileError',
  'rows',
  'csv',
  'geoms',
  'liveRun',
].map(name => `sim/files/${name}.ts`)

/** What product code of a folder may import (itself is always allowed). */
interface Rule {
  readonly folders: readonly string[]
  readonly packages: readonly string[] | 'any'
}

/** The import rule of ARCHITECTURE.md. A file follows the rule of the innermost folder that has one. */
const rules: Readonly<Record<string, Rule>> = {
  kernels: { folders: [], packages: [] },
  compiler: { folders: ['kernels'], packages: ['@tensorflow/tfjs-core'] },
  'solvers/linear': { folders: ['kernels', 'compiler'], packages: ['@tensorflow/tfjs-core'] },
  'solvers/implicit': {
    folders: ['kernels', 'compiler', 'solvers/linear', 'solvers/ode'],
    packages: ['@tensorflow/tfjs-core'],
  },
  'solvers/ode': { folders: ['kernels'], packages: ['odex'] },
  'solvers/adjoint': { folders: ['kernels', 'solvers/ode'], packages: [] },
  models: { folders: ['kernels', 'compiler', 'solvers/linear'], packages: ['@tensorflow/tfjs-core'] },
  sim: { folders: ['kernels', 'compiler', 'solvers', 'models'], packages: 'any' },
  solvers: { folders: ['solvers'], packages: [] },
  viewer: {
    folders: [...browserFiles, 'solvers/ode'],
    packages: ['three', 'uplot', 'camera-controls', 'fflate', 'vite', 'mediabunny', 'gifenc'],
  },
  'viewer/testing': { folders: ['viewer', 'sim'], packages: 'any' },
  'index.ts': { folders: ['kernels', 'compiler', 'solvers', 'models', 'sim'], packages: [] },
  scenes: { folders: [], packages: ['neurode', '@tensorflow/tfjs'] },
  examples: { folders: ['index.ts'], packages: 'any' },
  bench: { folders: ['index.ts'], packages: 'any' },
  docs: { folders: ['index.ts'], packages: 'any' },
  tests: { folders: ['kernels', 'compiler', 'solvers', 'models', 'sim', 'viewer'], packages: 'any' },
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (['node_modules', 'dist', 'runs'].includes(entry.name) || entry.name.startsWith('.')) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sourceFiles(path)
    return /\.m?ts$/.test(entry.name) && !/\.(test|config)\.ts$/.test(entry.name) ? [path] : []
  })
}

/** The files of browserFiles import nothing of Node's, either. */
const isBrowserFile = (name: string) => within(name, 'viewer') || browserFiles.includes(name)

/** Specifiers of every static and dynamic import and re-export. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const pattern = /(?:\bfrom\s+|\bimport\s*\(?\s*)['"`]([^'"`]+)['"`]/g
  return [...text.matchAll(pattern)].map(match => match[1])
}

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
/** Test fixtures (`testing/` folders) may use test libraries. */
const isFixture = (path: string): boolean => path.split('/').includes('testing')

/** What is wrong with the imports of a file. */
function faultsOf(file: string): string[] {
  const name = relative(root, file).split(sep).join('/')
  const folder = Object.keys(rules)
    .filter(key => within(name, key))
    .sort((a, b) => b.length - a.length)[0]
  if (!folder) return [`${name} lies in a folder that has no rule`]
  const { folders, packages } = rules[folder]
  return importsOf(file).flatMap(specifier => {
    if (specifier.startsWith('.')) {
      const target = relative(root, resolve(dirname(file), specifier))
        .split(sep)
        .join('/')
      const publicOnly = ['bench', 'docs', 'examples'].includes(folder)
      if (publicOnly && /(^|\/)index\.ts$/.test(target)) return []
      return [folder, ...folders].some(allowed => within(target, allowed))
        ? []
        : [`${name} imports ${target}`]
    }
    if (isBrowserFile(name) && specifier.startsWith('node:') && !isFixture(name))
      return [`${name} imports ${specifier}, but runs in a browser`]
    if (packages === 'any' || isFixture(name)) return []
    return packages.some(allowed => within(specifier, allowed)) ? [] : [`${name} imports ${specifier}`]
  })
}

describe('folders import downwards only', () => {
  const files = sourceFiles(root)
  const topFolders = [...new Set(files.map(file => relative(root, file).split(sep)[0]))]
  it.each(topFolders)('%s', folder => {
    const inside = files.filter(file => within(relative(root, file).split(sep).join('/'), folder))
    expect(inside.flatMap(faultsOf)).toEqual([])
  })
})
