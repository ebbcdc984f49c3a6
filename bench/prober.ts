// What the traffic prober holds, and how many requests it loses of a workload that nobody hurts, on a real kind cluster
// (a kept one is reused):
//
//   node bench/prober.ts [requests a second] [minutes]
//
// Every record that the prober numbered must have come; the rate is counted in each second of the recording.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nginx } from '../charts/nginx/chart.ts'
import type { TrafficObservation } from '../harness/model/observation.ts'
import { connect } from '../harness/scenario/connect.ts'
import { playScenario } from '../harness/scenario/play.ts'
import { beginRun, startRun } from '../harness/scenario/run.ts'
import { readRecording } from '../harness/timeline/testing.ts'

const requestsPerSecond = Number(process.argv[2] ?? 500)
const minutes = Number(process.argv[3] ?? 10)

const folder = await mkdtemp(join(tmpdir(), 'rolypoly-bench-'))
const run = await beginRun({ mode: 'normal', report: folder })
const { signal } = new AbortController()
const started = await startRun(run, {
  ...{ cluster: 'kind', nodes: 3, keep: true, mode: 'normal', say: console.error, signal },
})
try {
  const cpuBefore = process.cpuUsage()
  const result = await playScenario({
    ...{ id: 'prober', title: 'nobody is hurt', file: 'bench/prober.ts', exclusive: false },
    ...{ deadline: `${minutes + 5}m`, run: started.info, signal },
    ...(await connect(started.info, 'bench')),
    async body({ deploy, hold }) {
      await deploy(nginx({ replicas: 3 }), { traffic: { path: '/', requestsPerSecond } })
      await hold(`${minutes}m`, 'nobody is hurt')
    },
  })
  const { user, system } = process.cpuUsage(cpuBefore)
  if (result.error) throw new Error(result.error.message)
  const requests = readRecording(join(folder, 'recordings', 'prober.jsonl')).filter(
    (seen): seen is TrafficObservation => seen.source === 'traffic',
  )
  // What was sent last may still have been under way when the recording ended.
  const lastMs = Math.max(...requests.slice(-1).map(({ atMs }) => atMs))
  const settled = requests.filter(({ atMs }) => atMs <= lastMs - 3_000)
  const numbers = settled.map(({ seq }) => seq).sort((a, b) => a - b)
  const expected = (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) + 1
  const ofService = requests.filter(({ address }) => address === undefined)
  const seconds = Map.groupBy(ofService, ({ atMs }) => Math.floor(atMs / 1_000))
  const full = [...seconds.values()].map(({ length }) => length).slice(1, -1)
  full.sort((a, b) => a - b)
  const { latency } = result.traffic ?? {}
  const different = new Set(numbers).size
  console.log(`records: ${different} of ${expected}, ${numbers.length - different} told twice`)
  console.log(`through the Service: ${ofService.length} requests, ${result.traffic?.lost} lost`)
  console.log(`a second: median ${full[Math.floor(full.length / 2)]}, fewest ${full[0]}, most ${full.at(-1)}`)
  console.log(
    `took: p50 ${latency?.p50.toFixed(1)} ms, p99 ${latency?.p99.toFixed(1)} ms, longest gap ${result.traffic?.longestGapMs.toFixed(0)} ms`,
  )
  console.log(
    `the harness itself: ${((user + system) / 1e6).toFixed(0)} s of CPU, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
  )
  for (const { text } of result.traffic?.explanations ?? []) console.log(text)
} finally {
  await started.release()
  await rm(folder, { recursive: true, force: true })
}
