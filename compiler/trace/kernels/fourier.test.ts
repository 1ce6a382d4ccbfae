import { ofComplex, spectral, spectralFunctions } from '../testing/cases/spectral.ts'
import { judge } from '../testing/judge.ts'

judge(spectral)
judge(ofComplex)
judge(spectralFunctions)
