// Whether a run that goes on for long keeps its memory, files, sockets, processes and watches flat: on a kept kind cluster
// one scenario goes on for all of that time while others come and go, and after each of those stock is taken.
//
//   node --expose-gc bench/soak.ts [<duration, 1h unless given>] [--nodes 2] [--into <file>.jsonl]
//
// Ctrl-C stops it and tells what it came to. Exit status: 0 flat; 1 something grew; 2 the cluster failed; 3 too short to say.
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Duration, formatMs, toMs } from '../harness/model/duration.ts'
import { InterruptedError, UsageError } from '../harness/model/errors.ts'
import type { ScenarioResult } from '../harness/model/result.ts'
import { type Connection, connect } from '../harness/scenario/connect.ts'
import type { ScenarioBody } from '../harness/scenario/context.ts'
import { playScenario } from '../harness/scenario/play.ts'
import { beginRun, type StartedRun, startRun } from '../harness/scenario/run.ts'
import { command, interruption, wholeNumber } from '../scripts/command.ts'
import { coursesOf, fewestSamples, type Sample } from './soak/flat.ts'
import { limits, takeSample } from './soak/sample.ts'
import { longScenario, shortScenario } from './soak/scenarios.ts'

/** The first rounds load what is loaded once. */
const warmUpRounds = 3

await command('soak', async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { nodes: { type: 'string', default: '2' }, into: { type: 'string' } },
  })
  if (!globalThis.gc)
    throw new UsageError('soak: memory can be told only of what is in use: node --expose-gc')
  const lastsMs = toMs((positionals[0] ?? '1h') as Duration)
  const samples = await soak(lastsMs, wholeNumber('nodes', values.nodes), interruption(), values.into)
  return tell(samples)
})

async function soak(
  lastsMs: number,
  nodes: number,
  signal: AbortSignal,
  into: string | undefined,
): Promise<Sample[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rolypoly-soak-'))
  const run = await beginRun({ mode: 'normal', report: folder })
  const started = await startRun(run, {
    ...{ cluster: 'kind', nodes, keep: true, mode: 'normal', say: console.error, signal },
  })
  const samples: Sample[] = []
  const ending = new AbortController()
  const either = AbortSignal.any([signal, ending.signal])
  const connection = await connect(started.info, 'soak')
  if (into) await writeFile(into, '')
  const began = performance.now()
  // As in a run, one signal lives as long as the process, and every scenario listens to it.
  const long = play(connection, started, 'long', longScenario, either, '24h')
  try {
    for (let round = 1; performance.now() - began < lastsMs && !signal.aborted; round++) {
      const result = await play(connection, started, 'short', shortScenario, either, '5m')
      const sample = await takeSample(connection.cluster)
      if (round > warmUpRounds) samples.push(sample)
      const atS = Math.round((performance.now() - began) / 1_000)
      if (into) await appendFile(into, `${JSON.stringify({ atS, verdict: result.verdict, ...sample })}\n`)
      console.log(lineOf(atS, round, result, sample))
      for (const { verdict, message } of result.claims) {
        if (verdict !== 'passed') console.log(`  ${verdict}: ${message}`)
      }
      if (result.error) console.log(`  error: ${result.error.message}`)
    }
  } finally {
    ending.abort(new InterruptedError('the soak is over'))
    const { verdict, faults, claims, gaps, error } = await long
    const notPassed = claims.filter((claim) => claim.verdict !== 'passed').map(({ message }) => message)
    console.log(
      [
        `the long one: ${verdict} (${error?.message}), ${faults.length} faults, ${gaps.length} gaps`,
        ...notPassed,
      ].join('\n  '),
    )
    await started.release()
    await rm(folder, { recursive: true, force: true })
  }
  return samples
}

function play(
  connection: Connection,
  { info: run }: StartedRun,
  id: string,
  body: ScenarioBody,
  signal: AbortSignal,
  deadline: Duration,
): Promise<ScenarioResult> {
  const what = { id, title: `soak: the ${id} one`, file: `bench/soak-${id}.scenario.ts`, exclusive: false }
  return playScenario({ ...what, deadline, run, ...connection, body, signal })
}

function lineOf(atS: number, round: number, { verdict, durationMs }: ScenarioResult, sample: Sample): string {
  const told = Object.entries(sample).map(([name, value]) => `${name} ${rounded(value)}`)
  return `${formatMs(atS * 1_000)}: round ${round} ${verdict} after ${formatMs(durationMs)}; ${told.join(', ')}`
}

function tell(samples: Sample[]): number {
  const courses = coursesOf(samples, limits)
  if (courses.length === 0) {
    console.log(`${samples.length} samples are too few to say anything: ${fewestSamples} are needed`)
    return 3
  }
  for (const { name, first, last, limit, isFlat } of courses) {
    const grew = `${rounded(first)} in the first quarter, ${rounded(last)} in the last`
    console.log(`${isFlat ? 'flat ' : 'GREW '} ${name}: ${grew} (it may be ${rounded(limit)} more)`)
  }
  return courses.every(({ isFlat }) => isFlat) ? 0 : 1
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}
