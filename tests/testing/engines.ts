/** Other JavaScript engines than this one, and this one with its switches set otherwise, that a script can be run in. */

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { chromiumPath, launchChromium } from '../../sim/export/chromium.ts'
import { firefoxPath, runInFirefox } from './firefox.ts'

export interface Engine {
  readonly name: string
  /** Whether a test fails, and is not skipped, where the engine is missing: all but Firefox, under CI=true. */
  readonly required: boolean
  /** Why a script cannot be run there, if it cannot. */
  missing(): string | undefined
  /** The JSON value that the TypeScript module at `path` has as its default export. */
  run(path: string): Promise<unknown>
}

const required = process.env.CI === 'true'
const root = fileURLToPath(new URL('../..', import.meta.url))

function json(command: string, args: readonly string[]): unknown {
  const { stdout, stderr, status } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} fails:\n${stderr}`)
  return JSON.parse(stdout)
}

/** Prints the default export of a module, in Node. */
const printed = (path: string): string[] => [
  '--import',
  'tsx',
  '--input-type=module',
  '--eval',
  `console.log(JSON.stringify((await import(${JSON.stringify(path)})).default))`,
]

/** This Node with flags of V8. */
export const nodeWith = (what: string, ...flags: string[]): Engine => ({
  name: `this Node ${what}`,
  required,
  missing: () => undefined,
  run: async path => json(process.execPath, [...flags, ...printed(path)]),
})

/** Another Node by the npm package `node`: fetched under CI=true, otherwise only where npm has it already. */
export function otherNode(major: number): Engine {
  const npx = [...(required ? [] : ['--offline']), '-y', '-p', `node@${major}`, 'node']
  return {
    name: `Node ${major}`,
    required,
    missing() {
      const { status, stdout } = spawnSync('npx', [...npx, '--version'], { encoding: 'utf8' })
      return status === 0 && stdout.startsWith(`v${major}.`)
        ? undefined
        : `npx -y -p node@${major} node fetches it`
    },
    run: async path => json('npx', [...npx, ...printed(path)]),
  }
}

export const chromium: Engine = {
  name: 'Chromium',
  required,
  missing: () => (chromiumPath ? undefined : 'no browser found; CHROMIUM_PATH names one'),
  async run(path) {
    const browser = await launchChromium(chromiumPath!)
    try {
      const page = await browser.newPage()
      const script = `(async text => {
        const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
        return (await import(url)).default
      })(${JSON.stringify(await bundled(path))})`
      return await page.evaluate(script)
    } finally {
      await browser.close()
    }
  },
}

export const firefox: Engine = {
  name: 'Firefox',
  required: false,
  missing: () => (firefoxPath ? undefined : 'no browser found; FIREFOX_PATH names one'),
  run: async path => runInFirefox(firefoxPath!, await bundled(path)),
}

/** The module with all that it imports, as one. */
async function bundled(path: string): Promise<string> {
  const lib = { entry: path, formats: ['es' as const] }
  const results = await build({
    configFile: false,
    logLevel: 'error',
    build: { lib, write: false, target: 'es2023', minify: false },
  })
  const { output } = (results as { output: readonly { code: string }[] }[])[0]
  return output[0].code
}
