import { type Clock, fastest, slowest } from '../clock.ts'
import { type Happening, marksOf } from '../events.ts'
import { formatSpeed, formatTime } from '../format.ts'
import { create, element, giveBackKeys } from './elements.ts'

/** The bar with play, step, timeline, marks, speed and loop. */
export interface Transport {
  /** Shows the clock's time. */
  update(time: number): void
  /** Shows the clock's span, with marks where events happened; times get this many places. */
  setSpan(places: number, events: readonly Happening[]): void
}

export const speeds = [slowest, 0.2, 0.5, 1, 2, 5, fastest]

const nearest = (values: readonly number[], to: number): number =>
  values.reduce((best, value) => (Math.abs(value - to) < Math.abs(best - to) ? value : best))

/** The next faster (+1) or slower (−1) of the speeds on offer. */
export function neighbouringSpeed(speed: number, direction: 1 | -1): number {
  const at = speeds.indexOf(nearest(speeds, speed)) + direction
  return speeds[Math.min(Math.max(at, 0), speeds.length - 1)]
}

export function bindTransport(clock: Clock, step: (direction: 1 | -1) => void): Transport {
  const play = element('button', 'play')
  const loop = element('button', 'loop')
  const marks = element('button', 'marks')
  const timeline = element('input', 'timeline')
  const happenings = element('div', 'happenings')
  const speed = element('select', 'speed')
  const time = element('output', 'time')
  const current = create('b')
  const total = create('span')
  time.append(current, total)
  let places = 2

  const choices = speeds.map(value => create('option', { value: String(value) }))
  speed.append(...choices)
  play.addEventListener('click', () => clock.toggle())
  loop.addEventListener('click', () => clock.setLoop(!clock.loop))
  marks.addEventListener('click', () => clock.mark())
  speed.addEventListener('change', () => {
    clock.setSpeed(Number(speed.value))
    giveBackKeys(speed)
  })
  timeline.addEventListener('input', () => clock.seek(Number(timeline.value)))
  element('button', 'back').addEventListener('click', () => step(-1))
  element('button', 'forward').addEventListener('click', () => step(1))

  const reflect = (): void => {
    play.dataset.playing = String(clock.playing)
    play.ariaLabel = clock.playing ? 'Pause' : 'Play'
    loop.ariaPressed = String(clock.loop)
    choices.forEach((choice, k) => {
      choice.textContent = formatSpeed(speeds[k] * clock.pace)
    })
    speed.value = String(nearest(speeds, clock.speed))
    const count = clock.marks.length
    marks.textContent = ['A–B', 'A…', 'A–B'][count]
    marks.ariaPressed = String(count > 0)
    marks.ariaLabel = `${marks.textContent}: ${['set A here', 'set B here, and loop from A to B', 'clear A and B'][count]}`
    marks.title = `${marks.ariaLabel} (a)`
    // Without marks their part of the track lies outside it.
    timeline.style.setProperty('--mark-a', count > 0 ? part(clock.marks[0]) : '-5%')
    timeline.style.setProperty('--mark-b', count > 0 ? part(clock.marks[count - 1]) : '-5%')
  }
  const fraction = (value: number): number =>
    clock.end > clock.start ? (value - clock.start) / (clock.end - clock.start) : 0
  const part = (value: number): string => `${100 * fraction(value)}%`
  clock.subscribe(reflect)
  reflect()

  const markOf = ({ from, to, event, count }: ReturnType<typeof marksOf>[number]): HTMLElement => {
    const times = `${count > 1 ? `${count} × ` : ''}${event.name}${event.grazing ? ', grazing' : ''}: ${formatTime(from, places)}`
    const mark = create('i', { title: times })
    mark.style.setProperty('--from', String(fraction(from)))
    mark.style.setProperty('--to', String(fraction(to)))
    mark.classList.toggle('grazing', event.grazing)
    return mark
  }
  const update = (value: number): void => {
    timeline.value = String(value)
    timeline.style.setProperty('--played', part(value))
    const text = formatTime(value, places)
    timeline.ariaValueText = text
    current.textContent = text
  }
  return {
    update,
    setSpan: (digits, events) => {
      places = digits
      happenings.replaceChildren(...marksOf(events, clock.start, clock.end).map(markOf))
      timeline.min = String(clock.start)
      timeline.max = String(clock.end)
      total.textContent = ` / ${formatTime(clock.end, places)}`
      update(clock.time)
    },
  }
}
