#!/usr/bin/env node
import { exit, stderr } from 'node:process'
import { CommanderError } from 'commander'
import { explain } from '../model/errors.ts'
import { program } from './program.ts'

try {
  await program().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) exit(error.exitCode === 0 ? 0 : 2)
  stderr.write(`rolypoly: ${explain(error)}\n`)
  exit(2)
}
