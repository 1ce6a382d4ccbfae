import { Worker } from 'node:worker_threads'
import type { MetricsLine } from './metrics.ts'
import { ViewerError, type ViewerOptions } from './server.ts'

/** A viewer whose server runs in a thread of its own: it answers while this thread is busy training. */
export interface LiveViewer {
  readonly url: string
  changed(): void
  epoch(line: MetricsLine): void
  close(): Promise<void>
}

/** What the thread is told. */
export type LiveCommand = { do: 'changed' | 'close' } | { do: 'epoch'; line: MetricsLine }

/** What the thread says. */
export type LiveReport =
  | { kind: 'ready'; url: string }
  | { kind: 'line'; line: string }
  | { kind: 'failed'; name: string; message: string; port?: number }

/**
 * Starts the server of `startViewer` in another thread.
 *
 * @throws FileError, ViewerError as `startViewer` does
 *
 * @example
 * const live = await startLiveViewer({ paths: ['runs/pendulum'], empty: true })
 * for (const line of trainForHours()) live.epoch(line)     // this thread never waits for a browser
 * await live.close()
 */
export async function startLiveViewer({ report = () => {}, ...options }: ViewerOptions): Promise<LiveViewer> {
  const file = import.meta.url.endsWith('.ts') ? './sourceLiveWorker.mjs' : './liveWorker.js'
  const worker = new Worker(new URL(file, import.meta.url), { execArgv: [], workerData: options })
  const url = await new Promise<string>((resolve, reject) => {
    worker.on('message', (message: LiveReport) => {
      if (message.kind === 'line') report(message.line)
      else if (message.kind === 'ready') resolve(message.url)
      else reject(errorOf(message))
    })
    worker.once('error', reject)
  })
  const tell = (command: LiveCommand): void => worker.postMessage(command)
  return {
    url,
    changed: () => tell({ do: 'changed' }),
    epoch: line => tell({ do: 'epoch', line }),
    close: () =>
      new Promise(resolve => {
        worker.once('exit', () => resolve())
        tell({ do: 'close' })
      }),
  }
}

/** An error of the thread, under its name: what crosses threads loses its class. */
function errorOf({ name, message, port }: Extract<LiveReport, { kind: 'failed' }>): Error {
  return port !== undefined ? new ViewerError(port) : Object.assign(new Error(message), { name })
}
