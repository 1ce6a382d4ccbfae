#!/usr/bin/env node
import { fail } from './fail.ts'
import { commandLine } from './program.ts'

try {
  await commandLine().parseAsync()
} catch (error) {
  fail(error)
}
