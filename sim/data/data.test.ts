import { describe, expect, it } from 'vitest'
import { FileError } from '../files/fileError.ts'
import { randomStream } from './random.ts'
import { seriesOf, splitSeries } from './series.ts'
import { readTable } from './table.ts'

describe('tables', () => {
  it('reads whitespace columns below a % header that names the last ones', () => {
    const table = readTable('%o v\n 0 5.0 1.1e+000 9.1e-001 \n 0 5.5 1.2 .7\n', 'pend.txt')
    expect(table.names).toEqual(['', '', 'o', 'v'])
    expect(table.rows.map(row => [...row])).toEqual([
      [0, 5, 1.1, 0.91],
      [0, 5.5, 1.2, 0.7],
    ])
  })

  it('reads comma-separated values with a header and missing entries', () => {
    const table = readTable('time,"angle",rate\n0,1,\n0.1,NaN,2\n', 'x.csv')
    expect(table.names).toEqual(['time', 'angle', 'rate'])
    const [series] = seriesOf(table, { time: 'time', values: { a: 'angle', v: 3 } }, 'x.csv')
    expect([...series.t]).toEqual([0, 0.1])
    expect([...series.values]).toEqual([1, Number.NaN, Number.NaN, 2])
  })

  it.each([
    ['time,a\n0,1\n0.1,zwei\n', "x.csv:3: 'zwei' in column 2 (a) is not a number"],
    ['t,a,1\n0,1,2\n', "x.csv:1: 't' in column 1 is not a number, and a header has words only"],
    ['time,a\n0,1\n0.1\n', 'x.csv:3: 1 fields where 2 were expected'],
    ['# nothing\n', 'x.csv: the file holds no numbers'],
  ])('says where a mistake is: %j', (text, message) => {
    expect(() => readTable(text, 'x.csv')).toThrow(message)
  })

  it.each([
    ['time,a\n0,1\n0,2\n', { time: 'time', values: { a: 'a' } }, 'x.csv:3: the time 0 does not come after 0'],
    [
      'time,a\n0,1\n',
      { time: 'tim', values: { a: 'a' } },
      'there is no column tim: the named columns are time, a',
    ],
    ['time,a\n0,1\n', { time: 1, values: { a: 3 } }, 'there is no column 3'],
  ])('says what is wrong with times and columns: %j', (text, columns, message) => {
    const table = readTable(text, 'x.csv')
    expect(() => seriesOf(table, columns as Parameters<typeof seriesOf>[1], 'x.csv')).toThrow(message)
  })

  it('separates trials', () => {
    const table = readTable('0 0 1\n0 1 2\n1 0 3\n1 1 4\n', 'x.txt')
    const series = seriesOf(table, { trial: 1, time: 2, values: { a: 3 } }, 'x.txt')
    expect(series.map(({ values }) => [...values])).toEqual([
      [1, 2],
      [3, 4],
    ])
  })
})

describe('splits', () => {
  const series = (length: number) => ({
    t: Float64Array.from({ length }, (_, i) => i),
    values: Float64Array.from({ length: 2 * length }, (_, i) => i),
  })

  it('cuts one series in time: 80 % of 556 rows are 444', () => {
    const { train, validation, test } = splitSeries([series(556)], [0.8, 0, 0.2], 2, 'x.yaml')
    expect([train[0].t.length, validation.length, test[0].t.length]).toEqual([444, 0, 112])
    expect(test[0].t[0]).toBe(444)
    expect([...test[0].values.subarray(0, 2)]).toEqual([888, 889])
  })

  it('takes counts in place of fractions', () => {
    const { train, test } = splitSeries([series(556)], [444, 0, 110], 2, 'x.yaml')
    expect([train[0].t.length, test[0].t[0], test[0].t.length]).toEqual([444, 444, 110])
  })

  it('deals out whole series where there are several', () => {
    const parts = splitSeries(
      Array.from({ length: 10 }, () => series(5)),
      [0.8, 0.1, 0.1],
      2,
      'x.yaml',
    )
    expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([8, 1, 1])
  })
})

describe('data that nothing can be learned from', () => {
  const series = (length: number, value = 1) => ({
    t: Float64Array.from({ length }, (_, i) => i),
    values: new Float64Array(length).fill(value),
  })

  it.each<[string, ReturnType<typeof series>[], [number, number, number], string]>([
    [
      'one sample',
      [series(5)],
      [0.2, 0.4, 0.4],
      'the training part of data.split has fewer than two samples',
    ],
    ['no series', [], [0.8, 0.1, 0.1], 'the training part of data.split has fewer than two samples'],
    [
      'no trajectory',
      [series(5), series(5), series(5)],
      [0.1, 0.1, 0.8],
      'the training part of data.split has fewer than two',
    ],
    ['missing values', [series(5, Number.NaN)], [0.8, 0, 0.2], 'every observed value of the training data'],
    ['more samples than there are', [series(5)], [4, 0, 2], 'data.split takes 6 samples, but there are 5'],
    [
      'more trajectories than there are',
      [series(5), series(5), series(5)],
      [3, 1, 1],
      'data.split takes 5 trajectories, but there are 3',
    ],
  ])('%s', (_name, all, split, message) => {
    expect(() => splitSeries(all, split, 1, 'x.yaml')).toThrow(FileError)
    expect(() => splitSeries(all, split, 1, 'x.yaml')).toThrow(`x.yaml: ${message}`)
  })
})

describe('random numbers', () => {
  it('have the moments of their distributions', () => {
    const random = randomStream(1)
    const n = 200_000
    let [mean, square, normalMean, normalSquare, fourth] = [0, 0, 0, 0, 0]
    for (let i = 0; i < n; i++) {
      const u = random.uniform()
      const z = random.normal()
      mean += u / n
      square += (u * u) / n
      normalMean += z / n
      normalSquare += (z * z) / n
      fourth += z ** 4 / n
    }
    expect(mean).toBeCloseTo(1 / 2, 2)
    expect(square).toBeCloseTo(1 / 3, 2)
    expect(normalMean).toBeCloseTo(0, 1)
    expect(normalSquare).toBeCloseTo(1, 1)
    expect(Math.abs(fourth - 3)).toBeLessThan(0.1)
  })

  it('continue from a saved state, through JSON, in the middle of a pair of normals', () => {
    const random = randomStream(7)
    random.normal()
    const copy = randomStream(JSON.parse(JSON.stringify(random.state())))
    const items = [Int32Array.of(1, 2, 3, 4, 5), Int32Array.of(1, 2, 3, 4, 5)]
    for (let i = 0; i < 10; i++) expect(copy.normal()).toBe(random.normal())
    random.shuffle(items[0])
    copy.shuffle(items[1])
    expect(items[0]).toEqual(items[1])
    expect(Number.isNaN(random.state()[4])).toBe(Number.isNaN(copy.state()[4]))
  })

  it('are different for different seeds', () => {
    expect(new Set(Array.from({ length: 1000 }, (_, seed) => randomStream(seed).uniform())).size).toBe(1000)
  })
})
