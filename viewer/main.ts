import { readTrajectory } from '../sim/files/trajectory.ts'
import { type App, createApp } from './app.ts'
import { readLink } from './link.ts'
import { type Offer, type Source, sourceOf } from './source.ts'
import { trajectoryView } from './trajectoryView.ts'
import { bindDropZone } from './ui/dropZone.ts'
import { create, element, giveBackKeys } from './ui/elements.ts'

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Reads a file and shows it, or says in the page why that is impossible. */
function open(app: App, bytes: Uint8Array, name: string, again = false): void {
  try {
    const trajectory = readTrajectory(bytes, name)
    app.show({ name, trajectory, view: trajectoryView(trajectory, name) }, again)
  } catch (error) {
    app.tell('This file cannot be shown', `${reasonOf(error)}. Another one (.npz) may be dropped here.`)
  }
}

function start(app: App, source: Source): void {
  const files = element('select', 'files')
  let offers: Offer[] = []
  let current: Offer | null = null
  let link = readLink(location.hash)

  const load = async (offer: Offer, again: boolean): Promise<void> => {
    current = offer
    files.value = String(offer.index)
    try {
      const bytes = await source.fetch(offer)
      // Another file may have been chosen while this one was on its way.
      if (current !== offer) return
      open(app, bytes, offer.name, again)
      if (!again) app.restore(link)
      link = {}
    } catch (error) {
      app.tell('This file cannot be shown', reasonOf(error))
    }
  }

  const refresh = async (): Promise<void> => {
    offers = await source.list()
    files.replaceChildren(
      ...offers.map(({ index, name }) => create('option', { value: String(index) }, name)),
    )
    files.hidden = offers.length < 2
    const same = offers.find(({ index }) => index === current?.index)
    if (same && same.version === current?.version) files.value = String(same.index)
    else if (same) await load(same, true)
    else if (offers.length > 0) await load(offers.find(({ name }) => name === link.file) ?? offers[0], false)
    else if (!current)
      app.tell('Nothing to show yet', 'Drop a trajectory (.npz) here, or wait for the run to write one.')
  }

  files.addEventListener('change', () => {
    const chosen = offers.find(({ index }) => String(index) === files.value)
    if (chosen) void load(chosen, false)
    giveBackKeys(files)
  })
  bindDropZone(element('div', 'drop'), async file => {
    files.selectedIndex = -1
    open(app, new Uint8Array(await file.arrayBuffer()), file.name)
  })
  source.watch(() => void refresh())
  addEventListener('hashchange', () => {
    link = readLink(location.hash)
    const other = offers.find(({ name, index }) => name === link.file && index !== current?.index)
    if (other) void load(other, false)
    else app.restore(link)
  })
  void refresh()
}

try {
  start(createApp(), sourceOf(document))
} catch (error) {
  const message = element('div', 'message')
  message.hidden = false
  message.replaceChildren(
    create('strong', {}, 'This browser cannot draw the scene'),
    create('p', {}, `WebGL 2 is needed. ${reasonOf(error)}`),
  )
}
