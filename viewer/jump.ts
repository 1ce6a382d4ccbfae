/**
 * How far ← and → move the clock, in seconds of the simulation: 0.1 s, or 1 s with Shift. A motion of microseconds or of
 * years, in which 0.1 s would be all or nothing, takes a power of ten near a hundredth of its length instead.
 */
export function jumpOf(duration: number, far: boolean): number {
  const near = duration >= 1 && duration <= 1000 ? 0.1 : 10 ** Math.round(Math.log10(duration / 100))
  return far ? 10 * near : near
}
