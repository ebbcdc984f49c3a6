import { spawn } from 'node:child_process'
import { kindBinary } from '../cluster/kind/binary.ts'

/** Runs the kind binary with these arguments on this terminal and gives its exit code. */
export async function kindCommand(args: string[]): Promise<number> {
  const { path } = await kindBinary({ onProgress: (line) => console.error(line) })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  // The one process that is not run by `run`: it has the terminal to itself, its prompts and its colours.
  spawn(path, args, { stdio: 'inherit' })
    .on('error', reject)
    .on('exit', (code) => resolve(code ?? 1))
  return promise
}
