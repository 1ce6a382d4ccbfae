import { stripVTControlCharacters } from 'node:util'
import pc from 'picocolors'

/**
 * A line that tells how far a long piece of work is, at what rate, and how long it will still take: rewritten in place on a
 * terminal, printed every few seconds elsewhere.
 */
export interface Progress {
  /** `done` of `total`, with a few words on the result so far. */
  update(done: number, total: number, words: string): void
  /** Prints a line above the progress. */
  say(line: string): void
  /** Ends with the last update left standing. */
  end(): void
}

const secondsBetweenLines = 5

export function progress(unit: string, output: NodeJS.WriteStream = process.stderr): Progress {
  let first: { done: number; time: number } | null = null
  let printed = -Infinity
  let line = ''
  const write = (text: string) => output.write(text)
  return {
    update(done, total, words) {
      const now = performance.now()
      first ??= { done, time: now } // what came before the first update, such as compiling, is no measure of the rest
      const rate = (done - first.done) / ((now - first.time) / 1e3)
      const left = rate > 0 ? (total - done) / rate : Infinity
      const pace = rate > 0 ? `${rate.toPrecision(3)} ${unit}/s, ${duration(left)} left` : ''
      line = `${String(done).padStart(String(total).length)}/${total} ${unit}  ${words}  ${pc.dim(pace)}`
      if (output.isTTY) {
        if (now - printed < 50 && done < total) return
        write(`\r\x1b[2K${clip(line, output.columns)}`)
      } else {
        if (now - printed < 1e3 * secondsBetweenLines && done < total) return
        write(`${line}\n`)
      }
      printed = now
    },
    say(text) {
      write(output.isTTY ? `\r\x1b[2K${text}\n${clip(line, output.columns)}` : `${text}\n`)
    },
    end() {
      if (output.isTTY && line) write(`\r\x1b[2K${clip(line, output.columns)}\n`)
    },
  }
}

/** Cut to the width of the terminal; a line that must be cut loses its colours. */
function clip(text: string, columns = 80): string {
  const plain = stripVTControlCharacters(text)
  return plain.length < columns ? text : plain.slice(0, columns - 1)
}

/** 95 → '1:35', 0.31 → '0.3 s'. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '…'
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const two = (x: number) => String(x).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
