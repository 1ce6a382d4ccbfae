import type { LiveRun } from '../../sim/files/liveRun.ts'
import type { Trajectory } from '../../sim/files/trajectory.ts'
import type { Reply, Request } from './worker.ts'
import LiveWorker from './worker.ts?worker&inline'

/** What is asked: a start, parameters, and perhaps a point that is pulled to a place. */
export interface Wish {
  readonly start: Float64Array
  readonly parameters: Float64Array
  readonly pull?: { readonly point: string; readonly target: readonly number[] }
}

export type Motion = Extract<Reply, { kind: 'motion' }>

/** A trajectory's model in a worker of its own: it answers the newest wish, and lets those go that were overtaken. */
export interface LiveSession {
  ask(wish: Wish): void
  end(): void
}

/** A motion that takes longer than this is given up. */
const patience = 5000

export function startLiveSession(
  trajectory: Trajectory & { readonly model: Uint8Array },
  run: LiveRun,
  answered: (motion: Motion) => void,
  failed: (reason: string) => void,
): LiveSession {
  let worker: Worker
  let busy = true
  let next: Wish | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Why there is no model to ask. */
  let broken: string | null = null

  function begin(): void {
    worker = new LiveWorker()
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      clearTimeout(timer)
      busy = false
      if (data.kind === 'motion') answered(data)
      else if (data.kind !== 'ready') {
        if (data.kind === 'unusable') broken = data.reason
        failed(data.reason)
      }
      if (next && !broken) send(next)
    })
    worker.addEventListener('error', ({ message }) => failed(message))
    const load: Request = {
      kind: 'load',
      bytes: Uint8Array.from(trajectory.model),
      run,
      names: trajectory.names,
      times: trajectory.t,
    }
    busy = true
    worker.postMessage(load)
  }

  function send(wish: Wish): void {
    next = null
    busy = true
    timer = setTimeout(() => {
      worker.terminate()
      failed('This motion takes too long to compute.')
      next = null
      begin()
    }, patience)
    worker.postMessage({ kind: 'ask', ...wish } satisfies Request)
  }

  begin()
  return {
    ask: wish => {
      if (broken) failed(broken)
      else if (busy) next = wish
      else send(wish)
    },
    end: () => {
      clearTimeout(timer)
      worker.terminate()
    },
  }
}
