import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder of the viewer's built page. It is built first where it is missing or older than its sources.
 *
 * @param report gets a line if it has to be built
 */
export async function builtApp(report: (line: string) => void): Promise<string> {
  const root = packageRoot()
  const built = join(root, 'dist', 'viewer')
  const sources = [join(root, 'viewer'), join(root, 'sim', 'files')]
  const index = join(built, 'index.html')
  const isCurrent = (): boolean =>
    existsSync(index) &&
    sources.every(folder => !existsSync(folder) || newest(folder) <= statSync(index).mtimeMs)
  if (isCurrent()) return built

  report('Building the viewer (once, a few seconds) …')
  const { build } = await import('vite')
  // Built beside and renamed: whoever serves the old page meanwhile, or builds too, never meets half a folder.
  mkdirSync(dirname(built), { recursive: true })
  const fresh = `${built}.${process.pid}`
  await build({ configFile: join(root, 'vite.config.ts'), build: { outDir: fresh }, logLevel: 'error' })
  if (isCurrent()) rmSync(fresh, { recursive: true })
  else {
    rmSync(built, { recursive: true, force: true })
    renameSync(fresh, built)
  }
  return built
}

/** The folder of neurode's own package.json: this file lies at different depths in the sources and in dist. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'neurode') return folder
    if (dirname(folder) === folder)
      throw new Error('the package neurode is incomplete: package.json is missing')
    folder = dirname(folder)
  }
}

/** The latest change below a folder, tests aside, in milliseconds. */
function newest(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && !/\.test\.ts$/.test(entry.name))
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0)
}
