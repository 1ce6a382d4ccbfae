// The command line from the sources. Measured data are looked for beside the checkout where nothing else is said.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

const data = fileURLToPath(new URL('../../shared/data', import.meta.url))
if (!process.env.NEURODE_DATA && existsSync(data)) process.env.NEURODE_DATA = data
process.env.NEURODE_COMMAND ??= 'npm run neurode --'
register()
await import('../sim/cli/main.ts')
