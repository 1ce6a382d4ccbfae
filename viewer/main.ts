import { limited } from '../sim/files/rows.ts'
import { readTrajectory, type Trajectory } from '../sim/files/trajectory.ts'
import { against } from './against.ts'
import { type App, createApp } from './app.ts'
import { listedOffers } from './epochs.ts'
import { readLink } from './link.ts'
import { type Offer, type Source, sourceOf } from './source.ts'
import { trajectoryView } from './trajectoryView.ts'
import { bindDropZone } from './ui/dropZone.ts'
import { create, element, giveBackKeys } from './ui/elements.ts'
import { bindEpochSlider } from './ui/epochSlider.ts'
import { bindTraining } from './ui/training.ts'
import { bindWhatIf } from './ui/whatIf.ts'

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The files of the page: which there are, which is shown, and which it is compared with. */
function start(app: App, source: Source): void {
  const files = element('select', 'files')
  const rival = element('select', 'rival')
  let offers: Offer[] = []
  let current: Offer | null = null
  let opened: { name: string; trajectory: Trajectory } | null = null
  let other: { name: string; trajectory: Trajectory } | null = null
  let link = readLink(location.hash)
  const epochs = bindEpochSlider(offer => void load(offer, true))
  const training = bindTraining(epoch => epochs.go(epoch))
  const whatIf = bindWhatIf(app, () => show(true, true))

  /** Shows what is opened, or says in the page why that is impossible. */
  function show(again: boolean, reshown = false): void {
    if (!opened) return
    const { name, trajectory } = opened
    try {
      const compared = other ? against(trajectory, other.trajectory, other.name) : trajectory
      app.show({ name, trajectory, view: trajectoryView(compared, name) }, again)
      if (!reshown) whatIf.offer(name, trajectory)
    } catch (error) {
      refuse(error)
    }
  }

  function refuse(error: unknown): void {
    app.tell('This file cannot be shown', `${reasonOf(error)}. Another one (.npz) may be dropped here.`)
  }

  function open(bytes: Uint8Array, name: string, again: boolean): void {
    try {
      opened = { name, trajectory: limited(readTrajectory(bytes, name)) }
      show(again)
    } catch (error) {
      refuse(error)
    }
  }

  async function load(offer: Offer, again: boolean): Promise<void> {
    current = offer
    reflect()
    try {
      const bytes = await source.fetch(offer)
      // Another file may have been chosen while this one was on its way.
      if (current !== offer) return
      open(bytes, offer.name, again)
      if (!again) app.restore(link)
      link = {}
    } catch (error) {
      app.tell('This file cannot be shown', reasonOf(error))
    }
  }

  /** The selectors as they stand. */
  function reflect(): void {
    const listed = listedOffers(offers)
    const options = (): HTMLOptionElement[] =>
      listed.map(({ index, name }) => create('option', { value: String(index) }, name))
    const chosen = rival.value
    files.replaceChildren(...options())
    files.hidden = listed.length < 2
    files.value = current ? String(epochs.listedFor(current, offers).index) : ''
    rival.replaceChildren(create('option', { value: '' }, 'its own truth'), ...options())
    rival.value = listed.some(({ index }) => String(index) === chosen) ? chosen : ''
    rival.closest('label')!.hidden = listed.length < 2
    epochs.show(offers, current)
  }

  async function refresh(): Promise<void> {
    const following = current !== null && epochs.isAtEnd(offers, current)
    offers = await source.list()
    const same = offers.find(({ index }) => index === current?.index)
    const newest = same && following ? epochs.lastOf(offers, same) : same
    reflect()
    if (newest && newest.version === current?.version && newest.index === current.index) current = newest
    else if (newest) await load(newest, true)
    else if (offers.length > 0 && !current && opened === null) {
      const listed = listedOffers(offers)
      await load(offers.find(({ name }) => name === link.file) ?? listed[0], false)
    } else if (!current)
      app.tell('Nothing to show yet', 'Drop a trajectory (.npz) here, or wait for the run to write one.')
  }

  files.addEventListener('change', () => {
    const chosen = offers.find(({ index }) => String(index) === files.value)
    if (chosen) void load(chosen, false)
    giveBackKeys(files)
  })
  rival.addEventListener('change', async () => {
    const chosen = offers.find(({ index }) => String(index) === rival.value)
    giveBackKeys(rival)
    try {
      other = chosen
        ? { name: chosen.name, trajectory: limited(readTrajectory(await source.fetch(chosen), chosen.name)) }
        : null
      show(true)
    } catch (error) {
      refuse(error)
    }
  })
  bindDropZone(element('div', 'drop'), async file => {
    current = null
    reflect()
    open(new Uint8Array(await file.arrayBuffer()), file.name, false)
  })
  addEventListener('hashchange', () => {
    link = readLink(location.hash)
    const named = offers.find(({ name, index }) => name === link.file && index !== current?.index)
    if (named) void load(named, false)
    else app.restore(link)
  })
  const refreshMetrics = async (): Promise<void> => training.setEpochs(await source.metrics())
  source.watch({
    changed: () => {
      void refresh()
      void refreshMetrics()
    },
    epoch: line => training.add(line),
    connected: isConnected => training.setConnected(isConnected),
  })
  void refresh()
  void refreshMetrics()
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
