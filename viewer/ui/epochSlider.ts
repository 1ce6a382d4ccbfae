import { type EpochSeries, epochSeriesOf } from '../epochs.ts'
import type { Offer } from '../source.ts'
import { element } from './elements.ts'

/** The slider that shows a run's predictions as it learned. */
export interface EpochSlider {
  /** Offers the epochs of the run that a file belongs to; hidden where there are none. */
  show(offers: readonly Offer[], current: Offer | null): void
  /** Whether a file is the last of its run: then the newest one is followed. */
  isAtEnd(offers: readonly Offer[], current: Offer): boolean
  /** The last file of the run that a file belongs to; itself where it belongs to none. */
  lastOf(offers: readonly Offer[], current: Offer): Offer
  /** The file that the selector lists for a file. */
  listedFor(current: Offer, offers: readonly Offer[]): Offer
  /** Goes to the prediction nearest to an epoch. */
  go(epoch: number): void
}

export function bindEpochSlider(chosen: (offer: Offer) => void): EpochSlider {
  const row = element('label', 'epochs-row')
  const slider = element('input', 'epochs')
  const output = element('output', 'epoch')
  let series: EpochSeries | null = null

  const seriesFor = (offers: readonly Offer[], current: Offer | null): EpochSeries | null =>
    epochSeriesOf(offers).find(({ stops }) => stops.some(({ offer }) => offer.index === current?.index)) ??
    null
  const lastOf = (offers: readonly Offer[], current: Offer): Offer =>
    seriesFor(offers, current)?.stops.at(-1)?.offer ?? current
  const select = (stop: number): void => {
    const { offer } = series!.stops[stop]
    say(stop)
    chosen(offer)
  }
  const say = (stop: number): void => {
    const { epoch } = series!.stops[stop]
    slider.value = String(stop)
    slider.ariaValueText = epoch === null ? 'result' : `epoch ${epoch}`
    output.textContent = epoch === null ? 'result' : String(epoch)
  }
  slider.addEventListener('input', () => select(Number(slider.value)))

  return {
    show: (offers, current) => {
      series = seriesFor(offers, current)
      row.hidden = (series?.stops.length ?? 0) < 2
      if (!series || row.hidden) return
      slider.max = String(series.stops.length - 1)
      say(series.stops.findIndex(({ offer }) => offer.index === current?.index))
    },
    isAtEnd: (offers, current) => lastOf(offers, current).index === current.index,
    lastOf,
    listedFor: (current, offers) => lastOf(offers, current),
    go: epoch => {
      if (!series || series.stops.length < 2) return
      const distances = series.stops.map(stop => Math.abs((stop.epoch ?? Infinity) - epoch))
      select(distances.indexOf(Math.min(...distances)))
    },
  }
}
