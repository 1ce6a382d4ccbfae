import type { LiveRun } from '../../sim/files/liveRun.ts'
import { createRunner, type Question } from './integrate.ts'
import { loadModel, type PageModel } from './model.ts'
import { reach } from './reach.ts'

/** What the page sends: first the model, then questions. */
export type Request =
  | {
      readonly kind: 'load'
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly run: LiveRun
      readonly names: readonly string[]
      readonly times: Float64Array
    }
  | ({
      readonly kind: 'ask'
      /** The point that the start is to put at a place first. */
      readonly pull?: { readonly point: string; readonly target: readonly number[] }
    } & Question)

export type Reply =
  | { readonly kind: 'ready' }
  /** The model cannot be loaded; or it can, and the motion cannot be computed. */
  | { readonly kind: 'unusable' | 'failed'; readonly reason: string }
  | {
      readonly kind: 'motion'
      readonly start: Float64Array
      readonly y: Float64Array
      readonly series: Readonly<Record<string, Float64Array>>
      readonly failure?: string
      /** What it took, s. */
      readonly seconds: number
    }

let model: PageModel
let answer: ReturnType<typeof createRunner>
let begin = 0

const send = (reply: Reply, transfer: Transferable[] = []): void =>
  (globalThis as unknown as Worker).postMessage(reply, transfer)

addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  try {
    if (data.kind === 'load') {
      model = await loadModel(data.bytes, data.run, data.names)
      answer = createRunner(model, data.run, data.times)
      begin = data.times[0]
      send({ kind: 'ready' })
      return
    }
    const begun = performance.now()
    const { parameters, pull } = data
    let { start } = data
    if (pull) {
      model.setParameters(parameters)
      start = reach(model, begin, start, pull.point, pull.target)
    }
    const { y, series, failure } = answer({ start, parameters })
    const seconds = (performance.now() - begun) / 1000
    send({ kind: 'motion', start, y, series, failure, seconds }, [
      y.buffer as ArrayBuffer,
      ...Object.values(series).map(({ buffer }) => buffer as ArrayBuffer),
    ])
  } catch (error) {
    const kind = data.kind === 'load' ? 'unusable' : 'failed'
    send({ kind, reason: error instanceof Error ? error.message : String(error) })
  }
})
