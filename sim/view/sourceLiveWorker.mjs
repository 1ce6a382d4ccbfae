/** liveWorker.ts from the source: the loader that runs TypeScript has to be registered in each thread. */
import { register } from 'tsx/esm/api'

register()
await import('./liveWorker.ts')
