import type { ExecOutcome } from '../world.ts'
import { ContainerFiles } from './files.ts'

/** How a command ends, and how long that takes beside what it takes to start it. */
export interface Ran extends ExecOutcome {
  tookMs?: number
}

/** What a shell would not take for a plain list of words. */
const beyondWords = /[^\w\s./=:,@%+-]/

/**
 * Runs one of the few commands that every simulated container has: `cat`, `true`, `false`, `sleep`, and a shell for one
 * of these or `exit`. Any other ends as one that is not there does, with 127.
 */
export function runCommand(command: readonly string[], files: ContainerFiles): Ran {
  const [path = '', ...args] = command
  const program = path.slice(path.lastIndexOf('/') + 1)
  if (program === 'true') return { exitCode: 0, stdout: '' }
  if (program === 'false') return { exitCode: 1, stdout: '' }
  if (program === 'cat') return cat(args, files)
  if (program === 'sleep') return sleep(args)
  if ((program === 'sh' || program === 'bash') && args[0] === '-c') return shell(args[1] ?? '', files)
  return { exitCode: 127, stdout: `${path}: a simulated container has no such program\n` }
}

/** Whether it is one of those, in what its words can be known to be. */
export function knowsCommand(command: readonly string[]): boolean {
  const { exitCode } = runCommand(command, new ContainerFiles())
  return exitCode !== 127
}

function cat(paths: string[], files: ContainerFiles): Ran {
  const lacking = paths.find((path) => files.get(path) === undefined)
  if (lacking !== undefined) {
    return { exitCode: 1, stdout: `cat: can't open '${lacking}': No such file or directory\n` }
  }
  return { exitCode: 0, stdout: paths.map((path) => files.get(path)).join('') }
}

function sleep([seconds = '']: string[]): Ran {
  const match = /^(\d+(?:\.\d+)?)s?$/.exec(seconds)
  if (!match) return { exitCode: 1, stdout: `sleep: invalid number '${seconds}'\n` }
  return { exitCode: 0, stdout: '', tookMs: Number(match[1]) * 1_000 }
}

function shell(script: string, files: ContainerFiles): Ran {
  const words = script.trim().split(/\s+/)
  if (beyondWords.test(script)) {
    return { exitCode: 127, stdout: `sh: a simulated container has no shell that runs ${script}\n` }
  }
  if (words[0] !== 'exit') return runCommand(words, files)
  return { exitCode: Number(words[1] ?? 0) & 0xff, stdout: '' }
}
