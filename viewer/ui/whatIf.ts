import type { LiveRun } from '../../sim/files/liveRun.ts'
import type { Trajectory } from '../../sim/files/trajectory.ts'
import { pointSeries } from '../../sim/files/viewerSeries.ts'
import { against } from '../against.ts'
import type { App } from '../app.ts'
import { formatName, formatNumber } from '../format.ts'
import { type Handle, handlesOf } from '../live/ranges.ts'
import { refill } from '../live/refill.ts'
import { type LiveSession, type Motion, startLiveSession } from '../live/session.ts'
import { type TrajectoryView, trajectoryView } from '../trajectoryView.ts'
import { create, element } from './elements.ts'

/** The panel in which one changes start and parameters and sees the motion that follows, over the recorded one. */
export interface WhatIf {
  /** Offers itself for a trajectory with a model; without, it is not there. */
  offer(name: string, trajectory: Trajectory | null): void
}

type Runnable = Trajectory & { readonly model: Uint8Array }

/** Steps of a slider. */
const steps = 1000

/** @param recorded shows the trajectory as it is in the file again */
export function bindWhatIf(app: App, recorded: () => void): WhatIf {
  const panel = element('section', 'what-if')
  const button = element('button', 'what-if-button')
  const reset = element('button', 'what-if-reset')
  const rows = element('div', 'handles')
  const said = element('p', 'what-if-said')
  let file: { name: string; trajectory: Runnable; run: LiveRun } | null = null
  let sliders: { handle: Handle; input: HTMLInputElement; output: HTMLOutputElement }[] = []
  let session: LiveSession | null = null
  /** What is shown in place of the recorded motion, once something was changed. */
  let view: TrajectoryView | null = null
  let start = new Float64Array(0)
  let parameters = new Float64Array(0)

  const say = ({ handle, input, output }: (typeof sliders)[number], value: number): void => {
    input.value = String(value)
    output.textContent = input.ariaValueText = formatNumber(value)
    output.classList.toggle('changed', value !== handle.value)
  }

  function fill(): void {
    const { trajectory } = file!
    start = trajectory.y.slice(0, trajectory.names.length)
    parameters = Float64Array.from(file!.run.parameters, ({ value }) => value)
    const handles = handlesOf(trajectory)
    sliders = handles.map(handle => {
      const { min, max, kind, name } = handle
      const input = create('input', {
        type: 'range',
        min: String(min),
        max: String(max),
        step: String((max - min) / steps),
      })
      input.ariaLabel = `${name}${kind === 'start' ? ' at the start' : ''}`
      const output = create('output', {})
      const one = { handle, input, output }
      const label = create('label', { className: kind }, create('span', {}, formatName(name)), input, output)
      label.title = kind === 'start' ? 'at the start' : 'parameter'
      input.addEventListener('input', () => {
        set(handle, Number(input.value))
        output.textContent = formatNumber(Number(input.value))
        output.classList.add('changed')
        ask()
      })
      rows.append(label)
      say(one, handle.value)
      return one
    })
  }

  function set({ kind, name }: Handle, value: number): void {
    if (kind === 'start') start[file!.trajectory.names.indexOf(name)] = value
    else parameters[file!.run.parameters.findIndex(parameter => parameter.name === name)] = value
  }

  function ask(pull?: { point: string; target: readonly number[] }): void {
    session ??= startLiveSession(file!.trajectory, file!.run, answered, reason => {
      said.textContent = reason
    })
    session.ask({ start, parameters, pull })
  }

  function answered(motion: Motion): void {
    if (!file) return
    if (!view) {
      // Arrays of its own, over the recorded motion as its ghost.
      const { name, trajectory } = file
      const series = Object.fromEntries(
        Object.entries(trajectory.series).map(([key, { shape, data }]) => [
          key,
          { shape, data: data.slice() },
        ]),
      )
      const changed = against({ ...trajectory, y: motion.y, series }, trajectory, 'recorded')
      view = trajectoryView(changed, name, 'what if')
      app.show({ name, trajectory: changed, view }, true)
    }
    refill(view, motion.y, motion.series)
    app.moved()
    start = motion.start.slice()
    const { names } = file.trajectory
    for (const slider of sliders) {
      const { kind, name } = slider.handle
      if (kind === 'start' && document.activeElement !== slider.input) say(slider, start[names.indexOf(name)])
    }
    panel.dataset.answers = String(Number(panel.dataset.answers ?? 0) + 1)
    said.textContent =
      motion.failure ?? `${Number((1000 * motion.seconds).toPrecision(2))} ms for the whole motion`
  }

  function close(): void {
    session?.end()
    session = null
    view = null
    rows.replaceChildren()
    sliders = []
    said.textContent = 'Move a slider, or take hold of a body.'
  }

  function open(value: boolean): void {
    const was = view !== null
    close()
    panel.hidden = !value
    button.ariaPressed = String(value)
    if (value) fill()
    if (was) recorded()
  }

  button.addEventListener('click', () => open(panel.hidden === true))
  reset.addEventListener('click', () => open(true))
  bindHand(
    app,
    () => !panel.hidden && file !== null,
    (body, target) => ask({ point: pointSeries(body), target }),
    body => {
      const data = (view?.main.points.get(body) ?? file?.trajectory.series[pointSeries(body)]?.data) as
        | Float64Array
        | undefined
      return file?.run.shown?.outputs.some(({ name }) => name === pointSeries(body)) && data
        ? [data[0], data[1], data[2]]
        : null
    },
  )

  return {
    offer: (name, trajectory) => {
      const run = trajectory?.meta.run
      const increasing = trajectory !== null && trajectory.t[trajectory.t.length - 1] > trajectory.t[0]
      const wasOpen = !panel.hidden
      close()
      file = run && trajectory?.model && increasing ? { name, trajectory: trajectory as Runnable, run } : null
      button.hidden = file === null
      panel.hidden = !wasOpen || file === null
      button.ariaPressed = String(!panel.hidden)
      if (!panel.hidden) fill()
    },
  }
}

/**
 * A hand that takes hold of a body and carries it along, at the time of the start. It comes before the camera's.
 *
 * @param place where a body that can be carried is at the start; null for others
 */
function bindHand(
  { space }: App,
  active: () => boolean,
  carry: (body: string, target: readonly number[]) => void,
  place: (body: string) => readonly number[] | null,
): void {
  const { stage } = space
  let held: { body: string; at: readonly number[]; offset: readonly number[]; moved: boolean } | null = null
  const spot = (event: PointerEvent): [number, number] => {
    const { left, top } = stage.getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }
  stage.addEventListener(
    'pointerdown',
    event => {
      if (!active() || event.button !== 0 || !event.isPrimary) return
      const [x, y] = spot(event)
      const body = space.pick(x, y)
      const at = body === null ? null : place(body)
      if (body === null || at === null) return
      event.stopPropagation()
      space.rewind()
      stage.setPointerCapture(event.pointerId)
      held = { body, at, offset: [x, y], moved: false }
    },
    { capture: true },
  )
  stage.addEventListener(
    'pointermove',
    event => {
      if (!held) return
      event.stopPropagation()
      const { at, offset } = held
      const [x, y] = spot(event)
      const from = space.unproject(offset[0], offset[1], at)
      const to = space.unproject(x, y, at)
      held.moved = true
      carry(
        held.body,
        at.map((value, axis) => value + to[axis] - from[axis]),
      )
    },
    { capture: true },
  )
  for (const kind of ['pointerup', 'pointercancel'] as const)
    stage.addEventListener(
      kind,
      event => {
        if (held?.moved) event.stopPropagation()
        held = null
      },
      { capture: true },
    )
}
