import { world } from '../../sim/files/viewerSeries.ts'
import { gradientOf } from '../colourMap.ts'
import type { Display } from '../display.ts'
import { formatName, formatQuantity, formatTick, formatTime } from '../format.ts'
import { positionAt, valueAt } from '../motion.ts'
import type { Palette } from '../palette.ts'
import type { ColourScale } from '../sceneParts.ts'
import { vectorColour, vectorScales } from '../three/arrows.ts'
import { axisNamePositions, type TrajectoryView } from '../trajectoryView.ts'
import { distanceFromTruth, largestDistance } from '../truthDistance.ts'
import { unitOfVector, vectorAt, vectorKindsOf } from '../vectors.ts'
import { create, element } from './elements.ts'

/** What stands over the scene: the key, the time, the selected body's numbers, and messages. */
export interface Overlay {
  setView(view: TrajectoryView, display: Display, palette: Palette, places: number): void
  /**
   * @param reference the second time, or null
   * @param body the selected body, or null
   */
  update(time: number, reference: number | null, body: string | null): void
  /** Places the names of phase space's axes; `project` gives the place of a point of space in the picture. */
  setAxisNames(project: (point: readonly [number, number, number]) => [number, number]): void
  /** Covers the scene with a message, or uncovers it. */
  setMessage(message: { title: string; text: string } | null): void
}

export function bindOverlay(): Overlay {
  const key = element('ul', 'key')
  const card = element('dl', 'card')
  const clock = element('p', 'clock')
  const message = element('div', 'message')
  let view: TrajectoryView | null = null
  let places = 2
  const position = [0, 0, 0]
  let axisNames: HTMLElement[] = []

  const rowsOf = (body: string, time: number): [string, string][] => {
    if (view!.phaseSpace)
      return view!.stateNames.map(name => [
        formatName(name),
        formatQuantity(valueAt(view!.main, name, time), view!.unitOf(name)),
      ])
    positionAt(view!.main, body, time, position)
    const rows = ['x', 'y', 'z'].map((axis, i): [string, string] => [axis, formatQuantity(position[i], 'm')])
    for (const kind of vectorKindsOf(view!))
      if (vectorAt(view!.main, kind, body, time, position))
        rows.push([kind, formatQuantity(Math.hypot(...position), unitOfVector[kind])])
    const energy = valueAt(view!.main, `energy:${body}`, time)
    if (Number.isFinite(energy)) rows.push(['energy', formatQuantity(energy, 'J')])
    if (view!.truth?.points.has(body))
      rows.push([`from ${view!.truthName}`, formatQuantity(distanceFromTruth(view!, body, time), 'm')])
    return rows
  }

  return {
    setView: (value, display, palette, digits) => {
      view = value
      places = digits
      const compared = value.truth !== null && display.comparison !== 'hidden'
      const names = [
        create('li', { className: 'main' }, view.mainName),
        create('li', { className: 'ghost' }, value.truthName),
      ]
      const distance: ColourScale = {
        name: `distance from ${value.truthName}`,
        colours: 'sequential',
        range: [0, largestDistance(value)],
      }
      const entries =
        compared && display.comparison === 'error' ? [legendOf(distance, () => 'm')] : compared ? names : []
      const thinned =
        value.samples > value.main.t.length
          ? [create('li', { className: 'axis' }, `${value.main.t.length} of ${value.samples} samples`)]
          : []
      const scales = display.vectors.size > 0 ? vectorScales(value) : null
      const arrows = [...display.vectors].map(kind => {
        const unit = unitOfVector[kind]
        const text = `${kind}\u2002longest ${formatTick(scales![kind])}\u2009${unit}`
        const entry = create('li', { className: 'arrow' }, text)
        entry.style.setProperty('--swatch', palette.curves[vectorColour[kind]])
        return entry
      })
      const axes = (value.phaseSpace?.axes ?? []).map(({ name, min, max }) => {
        const unit = value.unitOf(name)
        const range = `${formatTick(Number(min.toPrecision(3)))} … ${formatTick(Number(max.toPrecision(3)))}`
        const text = `${formatName(name)}\u2002${range}${unit === '' ? '' : `\u2009${unit}`}`
        return create('li', { className: 'axis' }, text)
      })
      key.replaceChildren(
        ...entries,
        ...thinned,
        ...arrows,
        ...axes,
        ...scalesOf(value).map(scale => legendOf(scale, value.unitOf)),
      )
      for (const name of axisNames) name.remove()
      axisNames = (value.phaseSpace?.axes ?? []).map(({ name }) =>
        create('span', { className: 'axis-name', ariaHidden: 'true' }, formatName(name)),
      )
      key.after(...axisNames)
    },
    update: (time, reference, body) => {
      const difference = reference === null ? '' : `\u2003Δ ${formatTime(time - reference, places)}`
      clock.textContent = formatTime(time, places) + difference
      card.hidden = body === null || body === world
      if (card.hidden || !view || body === null) return
      const rows = rowsOf(body, time).flatMap(([name, value]) => [
        create('dt', {}, name),
        create('dd', {}, value),
      ])
      card.replaceChildren(create('dt', { className: 'name' }, body), ...rows)
    },
    setAxisNames: project => {
      const positions = view?.phaseSpace ? axisNamePositions(view.phaseSpace) : []
      axisNames.forEach((name, axis) => {
        const [x, y] = project(positions[axis])
        name.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`
      })
    },
    setMessage: value => {
      message.hidden = value === null
      if (value) message.replaceChildren(create('strong', {}, value.title), create('p', {}, value.text))
    },
  }
}

/** Every colour scale of a view once. */
function scalesOf({ fields, clouds }: TrajectoryView): ColourScale[] {
  const all = [...fields, ...clouds.flatMap(({ colour }) => colour ?? [])]
  return all.filter(({ name }, i) => all.findIndex(other => other.name === name) === i)
}

/** The colours of a scale, with the values at its ends. */
function legendOf({ name, colours, range }: ColourScale, unitOf: (name: string) => string): HTMLElement {
  const [from, to] = range.map(value => formatTick(Number(value.toPrecision(3))))
  const unit = unitOf(`field:${name}`) || unitOf(name)
  const bar = create('i')
  bar.style.backgroundImage = gradientOf(colours)
  const ends = create(
    'span',
    {},
    create('span', {}, from),
    create('span', {}, unit === '' ? to : `${to}\u2009${unit}`),
  )
  return create('li', { className: 'legend' }, formatName(name), bar, ends)
}
