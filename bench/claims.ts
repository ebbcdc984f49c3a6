// What a waiting claim costs, on a real kind cluster (a kept one is reused):
//
//   node bench/claims.ts [pods]
//
// 1. From the arrival of the watch event that decides a claim to the claim's resolution, over many deleted pods.
// 2. Requests to the API server in a minute: with nobody asking, and with claims waiting. Told as a difference and as
//    a ratio, for the cluster's own components ask all the time.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { judgeReplaced } from '../harness/claims/to-be-replaced.ts'
import type { Kube, KubeObject } from '../harness/cluster/kube.ts'
import { openRecorder, type Recorder } from '../harness/observe/recorder.ts'
import { connect } from '../harness/scenario/connect.ts'
import { beginRun, startRun } from '../harness/scenario/run.ts'
import { isOpenIn } from '../harness/timeline/steady.ts'

const pods = Number(process.argv[2] ?? 40)
const waitingClaims = 10
const minuteMs = 60_000

const folder = await mkdtemp(join(tmpdir(), 'rolypoly-bench-'))
const run = await beginRun({ mode: 'normal', report: folder })
const { signal } = new AbortController()
const started = await startRun(run, {
  cluster: 'kind',
  nodes: 3,
  keep: true,
  mode: 'normal',
  say: console.error,
  signal,
})
const { cluster } = await connect(started.info, 'bench')
const { kube, clock } = cluster
const namespace = `rolypoly-bench-${run.id.slice(-4)}`

try {
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'app.kubernetes.io/managed-by': 'rolypoly' } },
  })
  await cluster.provideImages({ built: [], used: ['nginx:1.22'], behaviours: {} })
  const idle = await requestsInAMinute(kube)
  await using recorder = await openRecorder({ kube, clock, namespace, path: join(folder, 'bench.jsonl') })
  await kube.apply(deployment())
  await recorder.waitFor(() => (readyPods(recorder).length === 3 ? true : undefined), recorder.now() + 60_000)

  const armed = readyPods(recorder).flatMap(({ uid }) => Array<string>(waitingClaims).fill(uid))
  const waits = armed.map((uid) => {
    const judge = judgeReplaced(uid, false)
    const decided = () => (judge(recorder.timeline, recorder.now()).is === 'held' ? true : undefined)
    return recorder.waitFor(decided, recorder.now() + minuteMs + 5_000)
  })
  const waiting = await requestsInAMinute(kube)
  await Promise.all(waits)
  console.log(`API requests a minute, nobody asking: ${idle}`)
  console.log(
    `API requests a minute, ${waits.length} claims waiting: ${waiting} (ratio ${(waiting / idle).toFixed(2)})`,
  )

  const latencies: number[] = []
  for (let n = 0; n < pods; n++) latencies.push(await replaceOne(recorder))
  latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    (latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0).toFixed(2)
  console.log(
    `arrival of the deciding event to the claim's resolution, ${pods} deleted pods: median ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  )
} finally {
  await kube.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
  await started.release()
  await rm(folder, { recursive: true, force: true })
}

/** Deletes a pod; gives the milliseconds from the observation that told of its ready replacement to the resolution. */
async function replaceOne(recorder: Recorder): Promise<number> {
  const [pod] = readyPods(recorder)
  if (!pod) throw new Error('no pod is ready')
  const sinceMs = recorder.now()
  const judge = judgeReplaced(pod.uid, false)
  const held = recorder.waitFor(() => {
    const judgement = judge(recorder.timeline, sinceMs)
    return judgement.is === 'held' ? judgement : undefined
  }, sinceMs + 60_000)
  await kube.delete(
    { apiVersion: 'v1', kind: 'Pod', namespace, name: pod.detail.name },
    { gracePeriodSeconds: 0 },
  )
  const judgement = await held
  if (!judgement) throw new Error(`${pod.detail.name} was not replaced`)
  return recorder.now() - judgement.atMs
}

function readyPods({ timeline }: Recorder) {
  return timeline
    .of('pod')
    .filter(({ uid, toMs }) => toMs === null && isOpenIn(timeline.of('pod-ready', uid)))
}

/** Finished requests of every client but for the watches, which finish when they end. */
async function requestsInAMinute(api: Kube): Promise<number> {
  const count = async () => {
    const metrics = await api.raw('/metrics')
    return metrics
      .split('\n')
      .filter((line) => line.startsWith('apiserver_request_total{') && !line.includes('verb="WATCH"'))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }
  const before = await count()
  await clock.sleep(minuteMs)
  return (await count()) - before
}

function deployment(): KubeObject {
  const labels = { app: 'bench' }
  const container = { name: 'nginx', image: 'nginx:1.22', imagePullPolicy: 'IfNotPresent' }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bench', namespace },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 1 } },
    },
  } as KubeObject
}
