/** A film of a motion: so many pictures, each `1/rate` seconds long. */
export interface Film {
  /** Times of the motion that are shown, one for each picture. */
  readonly times: Float64Array
  /** Pictures per second. */
  readonly rate: number
}

/** More pictures than this take minutes to make; a longer film is a slip of the hand. */
export const mostPictures = 36_000

/**
 * The film that shows a motion from `from` to `to` (s), when so many seconds of it pass in a second.
 *
 * @throws RangeError where it has more pictures than anybody waits for
 */
export function filmOf(from: number, to: number, pace: number, rate: number): Film {
  const count = Math.max(1, Math.round(((to - from) / pace) * rate))
  if (count > mostPictures)
    throw new RangeError(
      `this film would have ${count} pictures: mark a part by A–B, or choose a higher speed (at most ${mostPictures})`,
    )
  return { times: Float64Array.from({ length: count }, (_, k) => from + (k * pace) / rate), rate }
}
