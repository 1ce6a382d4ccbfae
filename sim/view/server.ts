import { createReadStream, readFileSync, statSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sirv from 'sirv'
import { limited } from '../files/rows.ts'
import { readTrajectory, writeTrajectory } from '../files/trajectory.ts'
import { builtApp } from './app.ts'
import { admit, refuse } from './guard.ts'
import { type MetricsLine, metricsOf } from './metrics.ts'
import { hasDesktop, openBrowser } from './openBrowser.ts'
import { openTrajectories, type TrajectoryFiles } from './trajectoryFiles.ts'

export interface ViewerOptions {
  /** Trajectory files, and folders to search for them. */
  paths: readonly string[]
  /** 0 takes any free one. Default: 6174 or the next free one. */
  port?: number
  /** Opens the page in a browser, where there is a desktop. Default: no. */
  open?: boolean
  /** Starts although there is no trajectory yet: a training run writes some and calls `changed`. Default: no. */
  empty?: boolean
  /** Gets lines of progress. Default: nobody. */
  report?: (line: string) => void
}

export interface Viewer {
  /** The page's address, `http://127.0.0.1:…/`. */
  readonly url: string
  readonly port: number
  /** Tells open pages that files were written: they list and read them again. */
  changed(): void
  /** Sends open pages an epoch of training; one that cannot keep up misses it, and asks for all of them later. */
  epoch(line: MetricsLine): void
  close(): Promise<void>
}

/** The port that was asked for belongs to another program. */
export class ViewerError extends Error {
  override readonly name = 'ViewerError'
  readonly reason = 'port-in-use'
  readonly port: number

  constructor(port: number) {
    super(`port ${port} is in use; choose another with --port, or leave --port away to get a free one`)
    this.port = port
  }
}

/** Kaprekar's constant: easy to remember, and not the default of anything else. */
export const defaultPort = 6174
const portsTried = 20

/**
 * Serves the viewer's page and the given trajectories on 127.0.0.1, to this machine's own browser only.
 *
 * @throws FileError where a path is missing or a file is no whole trajectory
 * @throws ViewerError where the port that was asked for is taken
 *
 * @example
 * const viewer = await startViewer({ paths: ['pendulum.npz'], open: true })
 * console.log(viewer.url)
 */
export async function startViewer(options: ViewerOptions): Promise<Viewer> {
  const { paths, port: wanted, open = false, empty = false, report = () => {} } = options
  const files = openTrajectories(paths, { empty })
  const app = sirv(await builtApp(report), { etag: true })
  const listeners = new Set<ServerResponse>()
  const live: MetricsLine[] = []

  const server = createServer((request, response) => {
    if (!admit(request, response, portOf(server))) return
    const path = (request.url ?? '/').replace(/[?#].*$/, '')
    if (path === '/trajectories.json') return sendJson(response, files.list())
    if (path.startsWith('/trajectories/')) return sendTrajectory(response, files, path)
    if (path === '/metrics.json') return sendJson(response, live.length > 0 ? live : metricsOf(paths))
    if (path === '/events') return subscribe(response, listeners)
    app(request, response, () => refuse(response, 404, 'There is nothing at this address.'))
  })

  await listen(server, wanted)
  const port = portOf(server)
  const url = `http://127.0.0.1:${port}/`
  if (open && hasDesktop()) openBrowser(url)
  return {
    url,
    port,
    changed: () => send(listeners, 'data: changed\n\n'),
    epoch: line => {
      live.push(line)
      send(listeners, `event: epoch\ndata: ${JSON.stringify(line)}\n\n`)
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

async function listen(server: Server, wanted: number | undefined): Promise<void> {
  const first = wanted ?? defaultPort
  const last = wanted === undefined ? first + portsTried - 1 : first
  for (let port = first; port <= last; port++) {
    try {
      await listenOn(server, port)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
  if (wanted !== undefined) throw new ViewerError(wanted)
  await listenOn(server, 0)
}

const listenOn = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(value))
}

/** Files above this many bytes are thinned out before they are sent: a page could not hold them. */
const largestFile = 64e6

function sendTrajectory(response: ServerResponse, files: TrajectoryFiles, path: string): void {
  const number = /^\/trajectories\/(\d{1,9})\.npz$/.exec(path)?.[1]
  const file = number === undefined ? null : files.pathOf(Number(number))
  const stats = file === null ? undefined : statSync(file, { throwIfNoEntry: false })
  if (file === null || !stats) {
    refuse(response, 404, 'There is no such trajectory.')
    return
  }
  const headers = { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' }
  if (stats.size > largestFile) {
    try {
      const bytes = writeTrajectory(limited(readTrajectory(readFileSync(file), file)))
      response.writeHead(200, { ...headers, 'Content-Length': bytes.length })
      response.end(bytes)
    } catch (error) {
      refuse(response, 422, (error as Error).message)
    }
    return
  }
  response.writeHead(200, { ...headers, 'Content-Length': stats.size })
  createReadStream(file, { end: Math.max(stats.size - 1, 0) })
    .on('error', () => response.destroy())
    .pipe(response)
}

/** What a page has not yet taken of its events: beyond this it is too slow, and gets no more until it has caught up. */
const mostUnsent = 64 * 1024

function send(listeners: ReadonlySet<ServerResponse>, event: string): void {
  for (const listener of listeners) if (listener.writableLength < mostUnsent) listener.write(event)
}

/** Server-sent events: a line whenever files were written, and one for each epoch of training. */
function subscribe(response: ServerResponse, listeners: Set<ServerResponse>): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  response.write('retry: 1000\n\n: connected\n\n')
  listeners.add(response)
  response.on('close', () => listeners.delete(response))
}
