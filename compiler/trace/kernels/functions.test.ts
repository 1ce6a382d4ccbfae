import { functions } from '../testing/cases/functions.ts'
import { judge } from '../testing/judge.ts'

judge(functions)
