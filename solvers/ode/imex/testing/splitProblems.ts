import { brusselator, type StiffField, stiffField } from '../../implicit/testing/stiffProblems.ts'
import { addFields } from '../addFields.ts'

/** Both parts with one θ: the second one's array is replaced by the first one's. */
const together = (stiff: StiffField, nonstiff: (parameters: Float64Array) => StiffField) =>
  addFields(stiff, nonstiff(stiff.parameters))

/** A field that reads its θ elsewhere. */
const sharing = (make: (theta: readonly number[]) => StiffField) => make
void together
void sharing
void brusselator
void stiffField
