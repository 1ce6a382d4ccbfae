import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The viewer's page; the other folders need no bundler. */
export default defineConfig({
  root: fileURLToPath(new URL('viewer', import.meta.url)),
  base: './',
  build: {
    outDir: fileURLToPath(new URL('dist/viewer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // Under the page's Content-Security-Policy nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
})
