import type { Offer } from './source.ts'

/** A run's predictions at several epochs of its training, and its result: stops of the slider. */
export interface EpochSeries {
  /** The run's folder among the files, '' for the folder that was opened. */
  readonly run: string
  /** From the first epoch to the last; the result, which has no epoch, comes last. */
  readonly stops: readonly { readonly offer: Offer; readonly epoch: number | null }[]
}

const rollout = /^(.*?)(?:rollouts\/)?epoch-(\d+)\.npz$/
const result = /^(.*?)trajectory\.npz$/

/** The runs that have a prediction for some epoch. */
export function epochSeriesOf(offers: readonly Offer[]): EpochSeries[] {
  const runs = new Map<string, { offer: Offer; epoch: number | null }[]>()
  for (const offer of offers) {
    const [, run, epoch] = rollout.exec(offer.name) ?? []
    if (run !== undefined) runs.set(run, [...(runs.get(run) ?? []), { offer, epoch: Number(epoch) }])
  }
  for (const offer of offers) {
    const [, run] = result.exec(offer.name) ?? []
    runs.get(run)?.push({ offer, epoch: null })
  }
  return [...runs].map(([run, stops]) => ({
    run,
    stops: stops.toSorted((a, b) => (a.epoch ?? Infinity) - (b.epoch ?? Infinity)),
  }))
}

/** What the selector lists: of a run's epochs the last stop only. */
export function listedOffers(offers: readonly Offer[]): Offer[] {
  const hidden = new Set(
    epochSeriesOf(offers).flatMap(({ stops }) => stops.slice(0, -1).map(({ offer }) => offer)),
  )
  return offers.filter(offer => !hidden.has(offer))
}
