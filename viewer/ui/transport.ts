import { type Clock, fastest, slowest } from '../clock.ts'
import { formatSpeed, formatTime } from '../format.ts'
import { create, element } from './elements.ts'

/** The bar with play, step, timeline, speed and loop. */
export interface Transport {
  /** Shows the clock's time. */
  update(time: number): void
  /** Shows the clock's span; times get this many places. */
  setSpan(places: number): void
}

export const speeds = [slowest, 0.25, 0.5, 1, 2, 5, fastest]

export function bindTransport(clock: Clock, step: (direction: 1 | -1) => void): Transport {
  const play = element('button', 'play')
  const loop = element('button', 'loop')
  const timeline = element('input', 'timeline')
  const speed = element('select', 'speed')
  const time = element('output', 'time')
  const current = create('b')
  const total = create('span')
  time.append(current, total)
  let places = 2

  for (const value of speeds) speed.append(create('option', { value: String(value) }, formatSpeed(value)))
  play.addEventListener('click', () => clock.toggle())
  loop.addEventListener('click', () => clock.setLoop(!clock.loop))
  speed.addEventListener('change', () => clock.setSpeed(Number(speed.value)))
  timeline.addEventListener('input', () => clock.seek(Number(timeline.value)))
  element('button', 'back').addEventListener('click', () => step(-1))
  element('button', 'forward').addEventListener('click', () => step(1))

  const reflect = (): void => {
    play.dataset.playing = String(clock.playing)
    play.ariaLabel = clock.playing ? 'Pause' : 'Play'
    loop.ariaPressed = String(clock.loop)
    speed.value = String(clock.speed)
  }
  clock.subscribe(reflect)
  reflect()

  const update = (value: number): void => {
    const duration = clock.end - clock.start
    timeline.value = String(value)
    timeline.style.setProperty('--played', `${duration > 0 ? (100 * (value - clock.start)) / duration : 0}%`)
    const text = formatTime(value, places)
    timeline.ariaValueText = text
    current.textContent = text
  }
  return {
    update,
    setSpan: digits => {
      places = digits
      timeline.min = String(clock.start)
      timeline.max = String(clock.end)
      total.textContent = ` / ${formatTime(clock.end, places)}`
      update(clock.time)
    },
  }
}
