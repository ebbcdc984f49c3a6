import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../../harness/model/errors.ts'

export const faultNames = ['deletePod', 'killContainer', 'deleteNode'] as const
export type FaultName = (typeof faultNames)[number]

const ms = z.number()

const wait = z.object({
  /** How it was written. */
  tool: z.string(),
  /** What its success says that has happened. */
  says: z.enum(['recovered', 'replaced', 'restarted']),
  /** Whether it returned success. */
  passed: z.boolean(),
  returnedMs: ms,
  /** Its own last words. */
  said: z.string(),
})

const round = z.object({
  fault: z.enum(faultNames),
  startedAt: z.string(),
  /** The call that injected the fault had come back, and the waits were begun. */
  begunMs: ms,
  truth: z.object({
    damagedMs: ms,
    recoveredMs: ms,
    replacedMs: ms.optional(),
    restartedMs: ms.optional(),
  }),
  waits: z.array(wait),
})

/** A wait of one round: what it said, and when. Times are milliseconds from the round's zero. */
export type Waited = z.infer<typeof wait>
/** One fault on a fresh workload, with every tool's wait beside each other. */
export type Round = z.infer<typeof round>

/**
 * The rounds that a file holds, a line each; none where there is no file. A last line that was never finished is left
 * out.
 *
 * @throws UsageError for a line that is no round.
 */
export async function readRounds(path: string): Promise<Round[]> {
  const lines = (await textOf(path)).split('\n').slice(0, -1)
  return lines.map((line, n) => {
    const read = round.safeParse(parsed(line))
    if (read.success) return read.data
    throw new UsageError(`${path}:${n + 1}: is no round of bench/false-pass.ts`)
  })
}

/** Makes the file where it is missing, and cuts off a last line that was never finished: more can be added. */
export async function openRounds(path: string): Promise<Round[]> {
  const rounds = await readRounds(path)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, rounds.map(lineOf).join(''))
  return rounds
}

export async function addRound(path: string, added: Round): Promise<void> {
  await appendFile(path, lineOf(added))
}

function lineOf(of: Round): string {
  return `${JSON.stringify(of)}\n`
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw new UsageError(`${path}: cannot be read`, { cause: error })
  }
}
