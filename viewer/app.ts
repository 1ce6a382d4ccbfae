import type { Trajectory } from '../sim/files/trajectory.ts'
import { type CameraRig, createRig, type Lens, withLens, withPose, withView } from './cameraRig.ts'
import { createClock } from './clock.ts'
import { neighbouringEvent } from './events.ts'
import { createFollower } from './follower.ts'
import { formatTime, timePlaces } from './format.ts'
import { createFrameBudget } from './frameBudget.ts'
import { createFrameLoop } from './frameLoop.ts'
import { neighbouringTime } from './interpolate.ts'
import { jumpOf } from './jump.ts'
import type { LinkState } from './link.ts'
import { readPalette } from './palette.ts'
import { curvesOf, type Plot, plotsOf } from './plotModel.ts'
import { type Item, keep, next, type Selection, toggle } from './selection.ts'
import { createOrbit } from './three/orbit.ts'
import { createSceneView, type SceneView } from './three/sceneView.ts'
import { createStage } from './three/stage.ts'
import type { TrajectoryView } from './trajectoryView.ts'
import { createBodyNames } from './ui/bodyNames.ts'
import { bindCameraButtons } from './ui/cameraButtons.ts'
import { bindDisplayMenu } from './ui/displayMenu.ts'
import { element } from './ui/elements.ts'
import { bindKeyboard } from './ui/keyboard.ts'
import { bindOverlay } from './ui/overlay.ts'
import { createPlotPanel, type PlotPanel } from './ui/plotPanel.ts'
import { bindShare } from './ui/share.ts'
import { bindHover, bindTap } from './ui/tap.ts'
import { bindTheme } from './ui/theme.ts'
import { bindTransport, neighbouringSpeed } from './ui/transport.ts'
import type { Filmed } from './video/record.ts'
import type { Span } from './visible.ts'

/** The page: one clock, one camera rig, one selection, and everything that shows them. */
export interface App {
  /**
   * Shows a trajectory from its beginning, playing.
   * @param again the same trajectory, written anew: time, camera and playing stay as they are
   */
  show(opened: Opened, again: boolean): void
  /** Takes time, camera and selection from a link; with a time of its own it does not play. */
  restore(link: LinkState): void
  /** The motion that is shown has become another one, in the same arrays. */
  moved(): void
  /** For a hand that takes hold of a body. */
  readonly space: Space
  /** Shows a message in place of the scene. */
  tell(title: string, text: string): void
}

/** Bodies and places of the scene that is shown, and the time of the clock. */
export interface Space {
  readonly stage: HTMLElement
  /** The body under a place of the canvas, in CSS pixels from its upper left corner. */
  pick(x: number, y: number): string | null
  unproject(x: number, y: number, through: readonly number[]): [number, number, number]
  /** Goes to the start, and stays there. */
  rewind(): void
}

/** A trajectory that was read. */
export interface Opened {
  readonly name: string
  readonly trajectory: Trajectory
  readonly view: TrajectoryView
}

/** What is built anew for every trajectory. */
interface Shown extends Opened {
  scene: SceneView
  models: readonly Plot[]
  plots: PlotPanel[]
  items: Item[]
}

/** Every item that a selection may name. */
const selectable = ({ items, models }: Shown): Item[] => [
  ...items,
  ...models.flatMap(curvesOf).map(({ name }): Item => ({ kind: 'series', name })),
]

/** @throws Error where the browser offers no WebGL 2 */
export function createApp(): App {
  const root = document.documentElement
  const stageElement = element('section', 'stage')
  const plotsElement = element('div', 'plots')
  const overlay = bindOverlay()
  const clock = createClock(() => performance.now() / 1000)
  const budget = createFrameBudget(devicePixelRatio)
  const stage = createStage(element('canvas', 'canvas'))
  let lens: Lens = { aspect: 1, fov: 1 }
  let rig: CameraRig | null = null
  let shown: Shown | null = null
  let selection: Selection = null
  let following = false
  let visibleSpan: Span = { from: 0, to: 0 }
  let reference: number | null = null
  const help = element('dialog', 'help')
  element('button', 'help-button').addEventListener('click', () => help.showModal())
  const followButton = element('button', 'follow')
  followButton.addEventListener('click', () => setFollowing(!following))

  bindTheme(element('button', 'theme'), () => paint())
  const displayMenu = bindDisplayMenu(() => showDisplay())
  const bodyNames = createBodyNames(stageElement)
  let pointedAt: string | null = null
  const cameraButtons = bindCameraButtons(view => {
    if (rig) moveCamera(withView(rig, view), true)
  })
  const orbit = createOrbit(
    stage.camera,
    stage.canvas,
    pose => {
      if (!rig) return
      rig = withPose(rig, pose)
      cameraButtons.show(rig.view)
    },
    () => loop.invalidate(),
  )

  const follower = createFollower()
  const seek = (time: number): void => clock.seek(time)
  const step = (direction: 1 | -1): void => {
    if (!shown) return
    clock.pause()
    clock.seek(neighbouringTime(shown.view.main.t, clock.time, direction))
  }
  const jump = (direction: 1 | -1, far: boolean): void =>
    clock.seek(clock.time + direction * jumpOf(clock.end - clock.start, far))
  const toEvent = (direction: 1 | -1): void => {
    const event = neighbouringEvent(shown?.view.events ?? [], clock.time, direction)
    if (!event) return
    clock.pause()
    clock.seek(event.t)
  }
  const transport = bindTransport(clock, step)

  let lastFrame: number | null = null
  const loop = createFrameLoop(
    milliseconds => {
      const elapsed = lastFrame === null ? 0 : milliseconds - lastFrame
      const time = clock.tick()
      const cameraMoves = orbit.update(Math.min(elapsed, 100) / 1000)
      if (elapsed > 0 && clock.playing && budget.report(elapsed)) resizeStage()
      transport.update(time)
      overlay.update(time, reference, selection?.kind === 'body' ? selection.name : null)
      if (shown) orbit.shift(follower.step(shown.view.main, followed(), time))
      shown?.scene.update(time)
      for (const plot of shown?.plots ?? []) plot.update(time)
      stage.draw()
      if (shown) {
        overlay.setAxisNames(shown.scene.project)
        bodyNames.update(time, displayMenu.display.names, pointedAt, shown.scene.project)
      }
      const goesOn = clock.playing || cameraMoves
      lastFrame = goesOn ? milliseconds : null
      return goesOn
    },
    callback => requestAnimationFrame(callback),
    handle => cancelAnimationFrame(handle),
  )
  clock.subscribe(() => loop.invalidate())

  /** The body that the camera goes along with: the selected one, or the last. */
  const followed = (): string | null =>
    !following || !shown
      ? null
      : selection?.kind === 'body'
        ? selection.name
        : (shown.view.bodies.at(-1) ?? null)

  function setFollowing(value: boolean): void {
    following = value
    followButton.ariaPressed = String(value)
    follower.reset()
    loop.invalidate()
  }

  function moveCamera(to: CameraRig, smoothly: boolean): void {
    rig = to
    orbit.moveTo(to.pose, smoothly)
    cameraButtons.show(to.view)
  }

  function resizeStage(): void {
    lens = stage.resize(stageElement.clientWidth, stageElement.clientHeight, budget.pixelRatio)
  }

  function resized(): void {
    budget.setDisplayRatio(devicePixelRatio)
    resizeStage()
    if (rig) {
      const stays = rig.view === 'free'
      rig = withLens(rig, lens)
      if (!stays) moveCamera(rig, false)
    }
    for (const plot of shown?.plots ?? []) plot.resize()
    loop.invalidate()
  }

  function paint(): void {
    const palette = readPalette(root)
    stage.setPalette(palette)
    if (shown) {
      shown.scene.setPalette(palette)
      overlay.setView(shown.view, displayMenu.display, palette, timePlaces(shown.view.main.t))
    }
    for (const plot of shown?.plots ?? []) plot.setPalette(palette)
    loop.invalidate()
  }

  /** What is shown beside the motion has changed; the camera moves where there is more or less to show. */
  function showDisplay(): void {
    if (!shown) return
    shown.scene.setDisplay(displayMenu.display)
    if (rig && rig.bounds !== shown.scene.bounds)
      moveCamera(withLens({ ...rig, bounds: shown.scene.bounds }, lens), true)
    paint()
  }

  function select(to: Selection): void {
    selection = to
    shown?.scene.setSelection(to)
    for (const plot of shown?.plots ?? []) plot.setSelection(to)
    loop.invalidate()
  }

  /** Shows a part of the time axis in all plots; null is all of it. */
  function zoom(to: Span | null): void {
    visibleSpan = to ?? { from: clock.start, to: clock.end }
    for (const plot of shown?.plots ?? []) plot.setSpan?.(visibleSpan)
    loop.invalidate()
  }

  /** A second time, whose differences to the clock's the plots show. */
  function setReference(time: number | null): void {
    reference = time
    for (const plot of shown?.plots ?? []) plot.setReference(time)
    // The differences make the headers longer.
    for (const plot of shown?.plots ?? []) plot.resize()
    loop.invalidate()
  }

  function clear(): void {
    shown?.scene.dispose()
    for (const plot of shown?.plots ?? []) plot.dispose()
    shown = null
  }

  function show(opened: Opened, again: boolean): void {
    const { view } = opened
    clear()
    overlay.setMessage(null)
    const palette = readPalette(root)
    const pick = ({ name }: { name: string }): void => select(toggle(selection, { kind: 'series', name }))
    const mark = (time: number): void => setReference(reference === null ? time : null)
    const models = plotsOf(view)
    const plots = models.map(plot => createPlotPanel(view, plot, palette, { seek, pick, zoom, mark }))
    const items: Item[] = view.bodies.map(name => ({ kind: 'body', name }))
    shown = { ...opened, scene: createSceneView(stage, view), models, plots, items }
    plotsElement.replaceChildren(...plots.map(plot => plot.element))
    plotsElement.hidden = plots.length === 0
    document.title = `${view.title} – neurode`
    document.body.dataset.shown = view.title
    element('h1', 'title').textContent = view.title
    const places = timePlaces(view.main.t)
    displayMenu.setView(view, again)
    bodyNames.setView(view)
    shown.scene.setDisplay(displayMenu.display)

    clock.setSpan(view.main.t[0], view.main.t[view.main.t.length - 1])
    transport.setSpan(places, view.events)
    if (!again) clock.seek(clock.start)
    if (!again && !matchMedia('(prefers-reduced-motion: reduce)').matches) clock.play()
    resizeStage()
    const { bounds } = shown.scene
    if (!again || !rig) moveCamera(createRig(view.camera, bounds, lens), false)
    else moveCamera(withLens({ ...rig, bounds }, lens), false)
    for (const plot of plots) plot.resize()
    visibleSpan = again ? visibleSpan : { from: clock.start, to: clock.end }
    if (again) zoom(visibleSpan)
    setReference(again ? reference : null)
    paint()
    select(keep(selection, selectable(shown)))
  }

  function restore(link: LinkState): void {
    if (!shown) return
    if (link.marks) clock.setMarks(link.marks)
    if (link.speed !== undefined) clock.setSpeed(link.speed)
    if (link.time !== undefined) {
      clock.pause()
      clock.seek(link.time)
    }
    if (typeof link.camera === 'string') moveCamera(withView(rig!, link.camera), false)
    else if (link.camera) moveCamera(withPose(rig!, link.camera), false)
    if (link.selection !== undefined) select(keep(link.selection, selectable(shown)))
  }

  /** The scene in pictures of another size, as long as a film is made. */
  function film(width: number, height: number): Filmed & { close(): void } {
    const { view, scene } = shown!
    clock.pause()
    follower.reset()
    lens = stage.resize(width, height, 1)
    if (rig) moveCamera(withLens(rig, lens), false)
    const places = timePlaces(view.main.t)
    const { ink } = readPalette(root)
    const font = getComputedStyle(root).getPropertyValue('--text')
    return {
      picture: time => {
        orbit.shift(follower.step(view.main, followed(), time))
        orbit.update(0)
        scene.update(time)
        stage.draw()
        return stage.canvas
      },
      caption: time => ({ text: formatTime(time, places), colour: ink, font }),
      close: () => {
        follower.reset()
        resized()
      },
    }
  }

  bindShare({
    link: () => ({
      file: shown?.name,
      time: clock.time,
      marks: clock.marks,
      speed: clock.speed,
      camera: rig?.view === 'free' ? rig.pose : rig?.view,
      selection,
    }),
    shown: () => shown && { ...shown, plots: shown.models, span: visibleSpan },
    span: () => {
      const [from, to] = clock.marks.length === 2 ? clock.marks : [clock.start, clock.end]
      return { from, to, pace: clock.speed * clock.pace }
    },
    film,
    picture: () => {
      stage.draw()
      return new Promise((resolve, reject) =>
        stage.canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('the picture is too large')))),
      )
    },
  })

  bindHover(stage.canvas, place => {
    const body = place && shown ? shown.scene.pick(place.x, place.y) : null
    if (body === pointedAt) return
    pointedAt = body
    stage.canvas.classList.toggle('pointing', body !== null)
    loop.invalidate()
  })
  bindTap(stage.canvas, (x, y) => {
    const name = shown?.scene.pick(x, y) ?? null
    select(name === null ? null : toggle(selection, { kind: 'body', name }))
  })
  bindKeyboard({
    ' ': () => clock.toggle(),
    ',': () => step(-1),
    '.': () => step(1),
    ArrowLeft: event => jump(-1, event.shiftKey),
    ArrowRight: event => jump(1, event.shiftKey),
    Home: () => clock.seek(clock.start),
    End: () => clock.seek(clock.end),
    '[': () => toEvent(-1),
    ']': () => toEvent(1),
    l: () => clock.setLoop(!clock.loop),
    a: () => clock.mark(),
    '-': () => clock.setSpeed(neighbouringSpeed(clock.speed, -1)),
    '+': () => clock.setSpeed(neighbouringSpeed(clock.speed, 1)),
    '=': () => clock.setSpeed(neighbouringSpeed(clock.speed, 1)),
    b: () => select(next(selection, shown?.items ?? [])),
    v: () => displayMenu.toggleVector('velocity'),
    n: () => displayMenu.toggleNames(),
    c: () => displayMenu.nextComparison(),
    m: () => setReference(reference === null ? clock.time : null),
    z: () => zoom(null),
    Escape: () => select(null),
    1: () => cameraButtons.press('front'),
    2: () => cameraButtons.press('top'),
    3: () => cameraButtons.press('iso'),
    4: () => cameraButtons.press('side'),
    5: () => setFollowing(!following),
    '?': () => help.showModal(),
  })
  const observer = new ResizeObserver(resized)
  observer.observe(stageElement)
  observer.observe(plotsElement)
  addEventListener('resize', resized)
  paint()

  return {
    show,
    restore,
    moved: () => {
      shown?.scene.refresh()
      for (const plot of shown?.plots ?? []) plot.refresh?.()
      loop.invalidate()
    },
    space: {
      stage: stageElement,
      pick: (x, y) => shown?.scene.pick(x, y) ?? null,
      unproject: (x, y, through) => shown!.scene.unproject(x, y, through),
      rewind: () => {
        clock.pause()
        clock.seek(clock.start)
      },
    },
    tell: (title, text) => {
      clock.pause()
      clear()
      plotsElement.replaceChildren()
      delete document.body.dataset.shown
      plotsElement.hidden = true
      element('h1', 'title').textContent = document.title = 'neurode'
      overlay.setMessage({ title, text })
    },
  }
}
