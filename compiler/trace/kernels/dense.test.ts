import { dense } from '../testing/cases/dense.ts'
import { judge } from '../testing/judge.ts'

judge(dense)
