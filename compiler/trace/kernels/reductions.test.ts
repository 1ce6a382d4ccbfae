import { reductions } from '../testing/cases/reductions.ts'
import { judge } from '../testing/judge.ts'

judge(reductions)
