import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { nginx } from '../../charts/nginx/chart.ts'
import { noJournal } from '../../harness/cluster/act-journal.ts'
import type { Cluster } from '../../harness/cluster/cluster.ts'
import { untilHealthy } from '../../harness/cluster/health.ts'
import { deleteNode } from '../../harness/faults/delete-node.ts'
import { deletePod } from '../../harness/faults/delete-pod.ts'
import { type Fault, type InjectedFault, injectFault } from '../../harness/faults/fault.ts'
import { killContainer } from '../../harness/faults/kill-container.ts'
import { EnvironmentError } from '../../harness/model/errors.ts'
import { openRecorder, type Recorder } from '../../harness/observe/recorder.ts'
import type { RunInfo } from '../../harness/scenario/run-info.ts'
import { deployChart } from '../../harness/workload/deploy.ts'
import type { Stage } from '../../harness/workload/stage.ts'
import type { Pod } from '../../harness/workload/workload.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import type { FaultName, Round, Waited } from './rounds.ts'
import { truthOf } from './truth.ts'
import { kubectlFor, type Wait, waitsFor } from './waits.ts'

const faults: Record<FaultName, (pod: Pod) => Fault> = { deletePod, killContainer, deleteNode }
/** PodGC takes a deleted node's pods after 80 s at most. */
const recoversWithinMs = 180_000
const repairMs = 180_000

/** Hurts a fresh workload once, with every tool's wait begun right after, and undoes what was done. */
export async function playRound(
  cluster: Cluster,
  info: RunInfo,
  name: FaultName,
  signal: AbortSignal,
): Promise<Round> {
  const { kube, clock } = cluster
  const namespace = `rolypoly-false-pass-${randomBytes(3).toString('hex')}`
  const path = join(info.folder, 'recordings', `${namespace}.jsonl`)
  const startedAt = new Date().toISOString()
  const injected: InjectedFault[] = []
  await using recording = await openRecorder({ kube, clock, namespace, path })
  try {
    const labels = { 'app.kubernetes.io/managed-by': 'rolypoly', 'rolypoly.dev/run': info.id }
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } })
    const stage: Stage = {
      ...{ cluster, namespace, recording, signal, control: false, exclusive: true },
      ...{ helperImage: info.helperImage, journal: noJournal, faults: [], traffic: [] },
      followLog: () => undefined,
    }
    return { fault: name, startedAt, ...(await hurt(stage, recording, info, name, injected)) }
  } finally {
    await undo(cluster, info, name, namespace, injected)
  }
}

async function undo(
  { kube, clock, name: clusterName }: Cluster,
  info: RunInfo,
  name: FaultName,
  namespace: string,
  injected: InjectedFault[],
): Promise<void> {
  for (const fault of injected) await fault.revert()
  await kube.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
  if (name !== 'deleteNode') return
  const wrong = await untilHealthy(kube, clock, info.cluster.nodes, repairMs)
  if (wrong) throw new EnvironmentError(`Cluster ${clusterName}: not healthy after a round: ${wrong}`)
}

async function hurt(
  stage: Stage,
  recording: Recorder,
  info: RunInfo,
  name: FaultName,
  injected: InjectedFault[],
): Promise<Pick<Round, 'begunMs' | 'truth' | 'waits'>> {
  const app = await deployChart(stage, nginx({ replicas: 3 }), '2m')
  const pod = await app.pod()
  const waits = waitsFor(name, app, pod, await kubectlFor(stage, kubeconfigOf(info.cluster)))
  const isOurs = ({ tool }: Wait) => tool.startsWith('await ')
  const fault = faults[name](pod)
  let begunMs = 0
  const running: Promise<Waited>[] = []
  const begin = (which: Wait[]) => {
    for (const wait of which) {
      const ended = timed(wait, recording)
      // One that is stopped is awaited later, or not at all where the fault did not land.
      ended.catch(() => undefined)
      running.push(ended)
    }
  }
  const record = await injectFault(
    stage,
    {
      ...fault,
      // The other tools know of no receipt: theirs begin as soon as the injecting call is back.
      async inject(...args) {
        const act = await fault.inject(...args)
        begunMs = recording.now()
        begin(waits.filter((wait) => !isOurs(wait)))
        return act
      },
    },
    (landed) => injected.push(landed),
  ).then((landed) => landed.record)
  begin(waits.filter(isOurs))

  const { injectedAtMs } = record
  const look = () => truthOf(recording.timeline, app.shape, pod.uid, injectedAtMs)
  const truth = await recording.waitFor(look, recording.now() + recoversWithinMs, stage.signal)
  const ended = await Promise.all(running)
  if (!truth)
    throw new EnvironmentError(`${app.subject}: did not recover from ${name}, so nothing was learnt`)
  const [gap] = recording.timeline.of('gap')
  if (gap) throw new EnvironmentError(`The watch of ${gap.detail.watch} has a gap: ${gap.detail.reason}`)
  return { begunMs, truth: look() ?? truth, waits: ended }
}

async function timed({ tool, says, begin }: Wait, recording: Recorder): Promise<Waited> {
  const { passed, said } = await begin()
  return { tool, says, passed, returnedMs: recording.now(), said }
}
