/** Where trajectories come from: the server that serves this page. */

/** A trajectory that the server offers. */
export interface Offer {
  index: number
  name: string
  /** Changes when the file does. */
  version: string
}

/** What the server has; nothing where the page is served by something else. */
export async function listOffers(): Promise<Offer[]> {
  try {
    const response = await fetch('trajectories.json', { cache: 'no-store' })
    return response.ok ? ((await response.json()) as Offer[]) : []
  } catch {
    return []
  }
}

/** @throws Error with a reason */
export async function fetchOffer({ index, name }: Offer): Promise<Uint8Array> {
  const response = await fetch(`trajectories/${index}.npz`, { cache: 'no-store' }).catch(() => null)
  if (!response) throw new Error(`${name}: the server does not answer; is neurode still running?`)
  if (!response.ok)
    throw new Error(`${name}: ${(await response.text()).trim() || `status ${response.status}`}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Calls back whenever the server says that files were written, as a training run does. */
export function watchOffers(changed: () => void): void {
  new EventSource('events').addEventListener('message', changed)
}
