import { gunzipSync } from 'fflate'

/** A trajectory that a source offers. */
export interface Offer {
  index: number
  name: string
  /** Changes when the file does. */
  version: string
}

/** Where trajectories come from: the server of this page, or the page itself. */
export interface Source {
  /** What there is now. */
  list(): Promise<Offer[]>
  /** @throws Error with a reason */
  fetch(offer: Offer): Promise<Uint8Array>
  /** The epochs of training so far. */
  metrics(): Promise<Epoch[]>
  /** Listens to what a training run does, and to the connection. */
  watch(listener: SourceListener): void
}

/** An epoch of training, as a run's metrics.jsonl has it. */
export interface Epoch {
  readonly epoch: number
  readonly epochs: number
  readonly loss: number
  /** null or NaN where there is no validation. */
  readonly validation?: number | null
}

export interface SourceListener {
  /** Files were written, or the connection is there again and they may have been. */
  changed(): void
  epoch(line: Epoch): void
  connected(isConnected: boolean): void
}

/** The trajectories within an exported page; without any, those that the page's server has. */
export function sourceOf(page: Document): Source {
  const held = [...page.querySelectorAll<HTMLScriptElement>('script[type="application/x-neurode"]')]
  return held.length > 0 ? pageSource(held) : serverSource
}

const serverSource: Source = {
  list: () => listAt<Offer>('trajectories.json'),
  metrics: () => listAt<Epoch>('metrics.json'),
  fetch: async ({ index, name }) => {
    const response = await fetch(`trajectories/${index}.npz`, { cache: 'no-store' }).catch(() => null)
    if (!response) throw new Error(`${name}: the server does not answer; is neurode still running?`)
    if (!response.ok)
      throw new Error(`${name}: ${(await response.text()).trim() || `status ${response.status}`}`)
    return new Uint8Array(await response.arrayBuffer())
  },
  watch: listener => {
    let lost = false
    const listen = (): void => {
      const events = new EventSource('events')
      events.addEventListener('message', () => listener.changed())
      events.addEventListener('epoch', ({ data }) => listener.epoch(JSON.parse(data)))
      events.addEventListener('open', () => {
        listener.connected(true)
        if (lost) listener.changed()
        lost = false
      })
      events.addEventListener('error', () => {
        lost = true
        listener.connected(false)
        // The browser tries again by itself, unless it has given up.
        if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000)
      })
    }
    listen()
  },
}

/** A list that the server has; nothing where the page is served by something else, or by nothing any more. */
async function listAt<Entry>(address: string): Promise<Entry[]> {
  try {
    const response = await fetch(address, { cache: 'no-store' })
    return response.ok ? ((await response.json()) as Entry[]) : []
  } catch {
    return []
  }
}

/** Each script holds an .npz, compressed by gzip, in base64. */
const pageSource = (scripts: readonly HTMLScriptElement[]): Source => ({
  list: async () =>
    scripts.map(({ dataset }, index) => ({
      index,
      name: dataset.name ?? `trajectory ${index + 1}`,
      version: '',
    })),
  fetch: async ({ index }) =>
    gunzipSync(Uint8Array.from(atob(scripts[index].text.trim()), letter => letter.charCodeAt(0))),
  metrics: async () => [],
  watch: () => {},
})
