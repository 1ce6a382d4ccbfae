/**
 * A step length that satisfies the strong Wolfe conditions
 *     φ(α) ≤ φ(0) + c₁αφ′(0),   |φ′(α)| ≤ c₂|φ′(0)|,
 * by bracketing and zooming with safeguarded cubic interpolation (Nocedal & Wright, Numerical Optimization,
 * 2nd ed., algorithms 3.5 and 3.6). φ may be +Infinity where the function does not exist: the step is then shortened.
 */

export interface LinePoint {
  readonly step: number
  readonly value: number
  readonly slope: number
}

const c1 = 1e-4
const c2 = 0.9
const mostEvaluations = 40

/** Returns a point with the Wolfe conditions, or the best decrease found, or null if there is none. */
export function strongWolfe(
  phi: (step: number) => LinePoint,
  start: LinePoint,
  firstStep: number,
): LinePoint | null {
  const sufficient = (p: LinePoint) => p.value <= start.value + c1 * p.step * start.slope
  const flat = (p: LinePoint) => Math.abs(p.slope) <= -c2 * start.slope
  let evaluations = 0
  const at = (step: number) => {
    evaluations++
    return phi(step)
  }

  const zoom = (low: LinePoint, high: LinePoint): LinePoint | null => {
    for (let k = 1; evaluations < mostEvaluations; k++) {
      // Every third point halves the interval: interpolation alone may keep one end for long.
      const point = at(k % 3 === 0 ? 0.5 * (low.step + high.step) : interpolate(low, high))
      if (!sufficient(point) || point.value >= low.value) {
        high = point
      } else {
        if (flat(point)) return point
        if (point.slope * (high.step - low.step) >= 0) high = low
        low = point
      }
      if (Math.abs(high.step - low.step) <= 1e-14 * Math.max(high.step, low.step)) break
    }
    return low.step > 0 ? low : null
  }

  let previous = start
  let step = firstStep
  while (evaluations < mostEvaluations) {
    const point = at(step)
    if (!sufficient(point) || (previous.step > 0 && point.value >= previous.value))
      return zoom(previous, point)
    if (flat(point)) return point
    if (point.slope >= 0) return zoom(point, previous)
    previous = point
    step *= 2
  }
  return previous.step > 0 ? previous : null
}

/** The minimiser of the cubic through both points (eq. 3.59), kept away from the ends; the middle where it has none. */
function interpolate(a: LinePoint, b: LinePoint): number {
  const width = b.step - a.step
  const middle = a.step + 0.5 * width
  if (!Number.isFinite(b.value) || !Number.isFinite(b.slope)) return a.step + 0.2 * width
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.step - b.step)
  const discriminant = d1 * d1 - a.slope * b.slope
  if (!(discriminant >= 0)) return middle
  const d2 = Math.sign(width) * Math.sqrt(discriminant)
  const step = b.step - (width * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2)
  const margin = 0.1 * Math.abs(width)
  const [low, high] = [Math.min(a.step, b.step) + margin, Math.max(a.step, b.step) - margin]
  return step >= low && step <= high ? step : middle
}
