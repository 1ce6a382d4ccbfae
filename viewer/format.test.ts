import { describe, expect, it } from 'vitest'
import { formatName, formatNumber, formatQuantity, formatSpeed, formatTime, timePlaces } from './format.ts'

describe('format', () => {
  it('shows numbers with a true minus sign, at most six places, and no NaN', () => {
    expect(formatNumber(-1.23456)).toBe('−1.2346')
    expect(formatNumber(0)).toBe('0.0000')
    expect(formatNumber(123456.7)).toBe('123456.7')
    expect(formatNumber(-3.2e-9)).toBe('−3.20·10⁻⁹')
    expect(formatNumber(4e12)).toBe('4.00·10¹²')
    expect(formatNumber(Number.NaN)).toBe('–')
  })

  it('sets the unit after a thin space, and none where there is none', () => {
    expect(formatQuantity(2, 'rad')).toBe('2.0000\u2009rad')
    expect(formatQuantity(2, '')).toBe('2.0000')
    expect(formatTime(1.5, 2)).toBe('1.50\u2009s')
    expect(formatSpeed(0.25)).toBe('0.25×')
  })

  it('takes the places of time from the grid', () => {
    expect(timePlaces(Float64Array.of(0, 1, 2))).toBe(2)
    expect(timePlaces(Float64Array.of(0, 0.001))).toBe(3)
    expect(timePlaces(Float64Array.of(0))).toBe(2)
  })

  it('writes rates with a dot', () => {
    expect(formatName('b_dot')).toBe('ḃ')
    expect(formatName('energy')).toBe('energy')
  })
})
