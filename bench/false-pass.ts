// How often a wait that is begun right after a fault passes before anything was seen to go wrong: what people use
// beside rolypoly's own claims, on a real kind cluster (a kept one is reused).
//
//   node bench/false-pass.ts --times 30 [--fault deletePod|killContainer|deleteNode]... [--into <file>.jsonl]
//   node bench/false-pass.ts --tell [--into <file>.jsonl]
//
// --times counts the rounds of each fault that the file is to hold: stopped at any time, it goes on where it stopped.
// Without --fault the two quick ones are played; a round of deleteNode takes more than a minute. --tell only prints what
// the file's rounds come to.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { UsageError } from '../harness/model/errors.ts'
import { connect } from '../harness/scenario/connect.ts'
import { beginRun, startRun } from '../harness/scenario/run.ts'
import { command, interrupted, interruption, wholeNumber } from '../scripts/command.ts'
import { playRound } from './false-pass/round.ts'
import { addRound, type FaultName, faultNames, openRounds, readRounds } from './false-pass/rounds.ts'
import { endingOf, falsePassPage } from './false-pass/table.ts'

const usual = fileURLToPath(new URL('../reports/runs/false-pass.jsonl', import.meta.url))

await command('false-pass', async () => {
  const { values } = parseArgs({
    options: {
      times: { type: 'string' },
      fault: { type: 'string', multiple: true, default: ['deletePod', 'killContainer'] },
      into: { type: 'string', default: usual },
      tell: { type: 'boolean', default: false },
    },
  })
  const wanted = values.fault.map(faultNamed)
  if (values.tell) return tell(values.into)
  const times = wholeNumber('times', values.times)
  const signal = interruption()
  try {
    await playAll(wanted, times, values.into, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    console.error('false-pass: stopped; the same command goes on from here')
    return interrupted
  }
  return tell(values.into)
})

function faultNamed(text: string): FaultName {
  const name = faultNames.find((known) => known === text)
  if (name) return name
  throw new UsageError(`--fault is ${JSON.stringify(text)}: one of ${faultNames.join(', ')} is expected`)
}

async function tell(path: string): Promise<number> {
  const rounds = await readRounds(path)
  if (rounds.length === 0) throw new UsageError(`${path}: holds no rounds yet; --times 30 plays some`)
  const counts = faultNames.map((name) => rounds.filter(({ fault }) => fault === name).length)
  const played = faultNames.filter((_, n) => counts[n] !== 0).map((name) => `--fault ${name}`)
  process.stdout.write(
    falsePassPage(rounds, `node bench/false-pass.ts --times ${Math.max(...counts)} ${played.join(' ')}`),
  )
  return 0
}

async function playAll(wanted: FaultName[], times: number, path: string, signal: AbortSignal): Promise<void> {
  const rounds = await openRounds(path)
  const played = (name: FaultName) => rounds.filter(({ fault }) => fault === name).length
  if (wanted.every((name) => played(name) >= times)) return
  const folder = await mkdtemp(join(tmpdir(), 'rolypoly-bench-'))
  const run = await beginRun({ mode: 'normal', report: folder })
  const started = await startRun(run, {
    ...{ cluster: 'kind', nodes: 3, keep: true, mode: 'normal', say: console.error, signal },
  })
  try {
    const { cluster } = await connect(started.info, 'bench')
    for (;;) {
      // In turn, so that each fault meets the same drift.
      const fault = wanted.toSorted((a, b) => played(a) - played(b))[0] ?? 'deletePod'
      if (played(fault) >= times) return
      signal.throwIfAborted()
      const round = await playRound(cluster, started.info, fault, signal)
      await addRound(path, round)
      rounds.push(round)
      const endings = round.waits.map((wait) => `${wait.tool.slice(0, 40)} ${endingOf(wait, round)}`)
      console.error(`${fault} ${played(fault)} of ${times}: ${endings.join('; ')}`)
    }
  } finally {
    await started.release()
    await rm(folder, { recursive: true, force: true })
  }
}
