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
  /** Calls back whenever files were written, as a training run does. */
  watch(changed: () => void): void
}

/** The trajectories within an exported page; without any, those that the page's server has. */
export function sourceOf(page: Document): Source {
  const held = [...page.querySelectorAll<HTMLScriptElement>('script[type="application/x-neurode"]')]
  return held.length > 0 ? pageSource(held) : serverSource
}

const serverSource: Source = {
  list: async () => {
    try {
      const response = await fetch('trajectories.json', { cache: 'no-store' })
      return response.ok ? ((await response.json()) as Offer[]) : []
    } catch {
      return []
    }
  },
  fetch: async ({ index, name }) => {
    const response = await fetch(`trajectories/${index}.npz`, { cache: 'no-store' }).catch(() => null)
    if (!response) throw new Error(`${name}: the server does not answer; is neurode still running?`)
    if (!response.ok)
      throw new Error(`${name}: ${(await response.text()).trim() || `status ${response.status}`}`)
    return new Uint8Array(await response.arrayBuffer())
  },
  watch: changed => new EventSource('events').addEventListener('message', changed),
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
  watch: () => {},
})
