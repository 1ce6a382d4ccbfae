import { parentPort, workerData } from 'node:worker_threads'
import type { LiveCommand, LiveReport } from './live.ts'
import { startViewer, ViewerError, type ViewerOptions } from './server.ts'

/** The thread of `startLiveViewer`: serves until it is told to close. */

const port = parentPort!
const say = (report: LiveReport): void => port.postMessage(report)

try {
  const viewer = await startViewer({
    ...(workerData as ViewerOptions),
    report: line => say({ kind: 'line', line }),
  })
  port.on('message', async (command: LiveCommand) => {
    if (command.do === 'changed') viewer.changed()
    else if (command.do === 'epoch') viewer.epoch(command.line)
    else {
      await viewer.close()
      port.close()
    }
  })
  say({ kind: 'ready', url: viewer.url })
} catch (error) {
  const { name, message } = error as Error
  say({ kind: 'failed', name, message, ...(error instanceof ViewerError && { port: error.port }) })
}
