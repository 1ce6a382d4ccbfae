import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Measured data: the folder that NEURODE_DATA names, or ../shared/data beside the repository where there is one. */
const besideRepository = fileURLToPath(new URL('../shared/data', import.meta.url))
const data = process.env.NEURODE_DATA ?? (existsSync(besideRepository) ? besideRepository : undefined)

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules', 'dist', '**/node_modules/**'],
    testTimeout: 60_000,
    maxWorkers: 2,
    env: data === undefined ? {} : { NEURODE_DATA: data },
  },
})
