import { expect, test } from 'vitest'
import { firstClause } from './printTable.ts'

test.each([
  ['A ball. It bounces.', 'A ball'],
  ['Gravity is 9.81 m/s²; the ball bounces', 'Gravity is 9.81 m/s²'],
  [
    'A network (Hamiltonian; Greydanus et al. 2019): it learns',
    'A network (Hamiltonian; Greydanus et al. 2019)',
  ],
  ['One ( more', 'One ( more'],
  ['', ''],
])('the first clause of %j is %j', (about, clause) => {
  expect(firstClause(about)).toBe(clause)
})
