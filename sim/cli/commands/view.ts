import pc from 'picocolors'
import { startViewer, type Viewer } from '../../view/server.ts'
import { pathOfTarget } from '../targets.ts'

export interface ViewCommandOptions {
  readonly port?: number
  /** Default: true, where there is a desktop. */
  readonly open?: boolean
}

/**
 * `neurode view`: serves trajectory files, folders of them, and scenes (integrated first) on loopback until it is
 * interrupted.
 */
export async function viewCommand(targets: readonly string[], options: ViewCommandOptions): Promise<void> {
  const paths: string[] = []
  for (const target of targets) paths.push(await pathOfTarget(target))
  const viewer = await startViewer({
    paths,
    port: options.port,
    open: options.open ?? true,
    report: line => console.log(pc.dim(line)),
  })
  console.log(`\nviewer at ${pc.bold(pc.cyan(viewer.url))}  ${pc.dim('(Ctrl+C ends it)')}`)
  await interrupted(viewer)
}

/** Waits for Ctrl+C, then closes the viewer. */
export function interrupted(viewer: Pick<Viewer, 'close'>): Promise<void> {
  return new Promise(resolve => {
    const stop = () => viewer.close().then(resolve)
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  })
}
