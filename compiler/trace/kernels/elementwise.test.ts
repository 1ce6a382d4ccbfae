import { elementwise } from '../testing/cases/elementwise.ts'
import { judge } from '../testing/judge.ts'

judge(elementwise)
