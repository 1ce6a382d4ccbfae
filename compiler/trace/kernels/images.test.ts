import { images } from '../testing/cases/images.ts'
import { judge } from '../testing/judge.ts'

judge(images)
