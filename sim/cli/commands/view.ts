import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import pc from 'picocolors'
import { writeAtomically } from '../../files/atomic.ts'
import { writeTrajectory } from '../../files/trajectory.ts'
import { compileSystem } from '../../problem/problem.ts'
import { loadScene } from '../../scene/index.ts'
import { simulate, trajectoryOf } from '../../simulate.ts'
import { startViewer, type Viewer } from '../../view/server.ts'

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
  for (const target of targets) paths.push(isScene(target) ? await simulated(target) : target)
  const viewer = await startViewer({
    paths,
    port: options.port,
    open: options.open ?? true,
    report: line => console.log(pc.dim(line)),
  })
  console.log(`\nviewer at ${pc.bold(pc.cyan(viewer.url))}  ${pc.dim('(Ctrl+C ends it)')}`)
  await interrupted(viewer)
}

/** A scene file, or the name of a shipped scene. */
function isScene(target: string): boolean {
  if (/\.(ya?ml|json)$/.test(target)) return true
  return !existsSync(target) && !target.endsWith('.npz')
}

async function simulated(path: string): Promise<string> {
  const scene = loadScene(path)
  const system = await compileSystem(scene, false)
  const file = join(mkdtempSync(join(tmpdir(), 'neurode-')), `${basename(scene.name)}.npz`)
  writeAtomically(file, writeTrajectory(trajectoryOf(scene, system, simulate(scene, system))))
  return file
}

function interrupted(viewer: Viewer): Promise<void> {
  return new Promise(resolve => {
    const stop = () => viewer.close().then(resolve)
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  })
}
