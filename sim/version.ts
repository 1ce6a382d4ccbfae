import { readFileSync } from 'node:fs'

/** neurode's version, from the package.json above this file or above dist/. */
export const version: string = (() => {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (name === 'neurode') return version as string
    } catch {}
  }
  return 'unknown'
})()
