import type { ClusterTiming } from '../../model/cluster-timing.ts'
import type { FaultEffect } from '../../model/fault.ts'
import type { Prediction } from '../../model/result.ts'
import { whyUnseen } from '../../predict/freeze.ts'
import { predict, type Situation } from '../../predict/predict.ts'
import { type ServiceSpec, sendsTo, type WorkloadSpec } from '../../predict/weak-spots.ts'

/** One thing that follows a fault. */
export interface Consequence {
  /** As `app restarts`. */
  what: string
  /** What its times are counted from, as `the first failed probe`. */
  after: string
  /** Absent where it never follows. */
  predicted?: Prediction
  /** Why it never follows. */
  never?: string
}

/** A fault of a pod or of its Deployment, and what follows it. */
export interface Forecast {
  fault: string
  /** As a scenario writes it. */
  call: string
  follows: Consequence[]
}

interface Case {
  fault: string
  call: string
  effect: FaultEffect
  /** The fault's receipt, in words. */
  after: string
  /** From where the return to the endpoints is counted, where it is not the receipt. */
  revert?: string
  /** Containers whose end is seen, and is not the receipt itself. */
  ends?: string[]
}

/**
 * What follows each fault that applies to this workload, as far as its spec and the cluster's settings tell.
 *
 * @param room how many of its pods its budgets let be evicted at once; null where it has none
 */
export function forecasts(
  workload: WorkloadSpec,
  services: ServiceSpec[],
  cluster: ClusterTiming,
  room: number | null = null,
): Forecast[] {
  const isListed = services.some(
    (service) => sendsTo(service, workload.labels) && !service.publishNotReadyAddresses,
  )
  const ofPods = casesOf(workload, room).map((of) => ({
    ...{ fault: of.fault, call: of.call },
    follows: [...ends(of, workload), ...consequences(of, workload, isListed, cluster)],
  }))
  return [...ofPods, ...changes(workload, isListed)]
}

/** What follows a change of the Deployment itself; its old pods are taken to be like the new ones. */
function changes({ kind, pod, ...rollOut }: WorkloadSpec, isListed: boolean): Forecast[] {
  if (kind !== 'Deployment') return []
  const { replicas } = rollOut
  const known = { pod, restartsBefore: 0, rollOut: { ...rollOut, old: pod } }
  const rolled: Situation = {
    ...{ ...known, effect: { does: 'roll-out', deployment: '', oldSet: null, podUids: [] } },
  }
  const scaled = (to: number): Situation => ({
    ...{ ...known, effect: { does: 'scale', deployment: '', from: replicas, to, podUids: [] } },
  })
  const where = isListed ? ' and in its endpoints' : ''
  const [through, resized] = [`every pod is of the new version${where}`, `every replica is ready${where}`]
  const stalls = predict.stalls(rolled)
  const what = 'the Deployment tells that it makes no progress, where the new pods do not get ready'
  const after = "the ReplicaSets' first change"
  return [
    {
      ...{ fault: 'Another version is rolled out', call: 'rollOut(app, chart)' },
      follows: [
        ...seen(through, after, predict.rollsOut(rolled)),
        stalls
          ? { what, after, predicted: stalls }
          : { what, after, never: 'its progressDeadlineSeconds is none' },
      ],
    },
    {
      ...{ fault: 'It is scaled up', call: `scale(app, { to: ${replicas + 1} })` },
      follows: seen(resized, 'the change', predict.recovers(scaled(replicas + 1))),
    },
    ...(replicas === 0
      ? []
      : [
          {
            ...{ fault: 'It is scaled down', call: `scale(app, { to: ${replicas - 1} })` },
            follows: seen(
              isListed ? 'the pods that go leave their endpoints' : 'the pods that go are told to stop',
              'the change',
              predict.recovers(scaled(replicas - 1)),
            ),
          },
        ]),
  ]
}

const podUid = ''
const node = ''
const orphaned: Case = {
  ...{ fault: 'A pod loses the labels that select it', call: 'orphanPod(pod)', after: 'the loss' },
  effect: { does: 'orphan-pod', podUid },
}
const probeKinds = ['startup', 'liveness', 'readiness'] as const

function casesOf({ pod: { containers }, replicas, kind }: WorkloadSpec, room: number | null): Case[] {
  const naming = (name: string) => (containers.length > 1 ? `, { container: '${name}' }` : '')
  const probes = containers.flatMap((container) =>
    probeKinds.flatMap((kind) => (container[`${kind}Probe`] ? [{ name: container.name, kind }] : [])),
  )
  return [
    {
      ...{ fault: 'A pod is deleted by force', call: 'killPod(pod)', after: 'the deletion' },
      effect: { does: 'delete-pod', podUid, force: true },
    },
    {
      ...{ fault: 'A pod is deleted, or evicted by a drain', call: 'deletePod(pod)', after: 'the deletion' },
      effect: { does: 'delete-pod', podUid, force: false },
      ends: containers.map(({ name }) => name),
    },
    ...(kind === 'Job' ? [] : [orphaned]),
    ...containers.map(({ name }): Case => {
      const effect: FaultEffect = { does: 'signal', podUid, container: name, signal: 'SIGKILL' }
      const call = `killContainer(pod${naming(name)})`
      return { fault: `Container ${name} is killed`, call, effect, after: "the container's end" }
    }),
    ...containers.map(
      ({ name }): Case => ({
        ...{ fault: `Container ${name} hangs`, call: `freezeContainer(pod${naming(name)})` },
        effect: { does: 'freeze', podUid, container: name, ranForMs: Number.POSITIVE_INFINITY },
        after: 'the freezing',
      }),
    ),
    ...probes.map(
      ({ name, kind }): Case => ({
        fault: `The ${kind} probe of ${name} fails`,
        call: `failProbe(pod, '${kind}'${naming(name)})`,
        effect: {
          ...{ does: 'fail-probe', podUid, container: name, probes: [kind] },
          failure: { with: 'status', status: 500 },
        },
        ...{
          after: 'the first failed probe',
          revert: 'the revert',
          ends: kind === 'readiness' ? [] : [name],
        },
      }),
    ),
    {
      ...{ fault: 'Its Node object is deleted', call: 'deleteNode(pod)', after: 'the deletion' },
      effect: { does: 'delete-node', node, podUids: [podUid] },
    },
    {
      ...{ fault: 'Its node is stopped', call: 'stopNode(pod)', after: 'the stop' },
      effect: { does: 'lose-node', node, how: 'stopped', podUids: [podUid] },
      revert: 'the node is started again, should that be before the eviction',
    },
    {
      ...{ fault: 'Its node is cut off from the API server', call: 'partitionNode(pod)', after: 'the cut' },
      effect: { does: 'lose-node', node, how: 'partitioned', podUids: [podUid] },
      revert: 'they talk again, should that be before the eviction',
    },
    {
      ...{ fault: 'The node of all its pods is drained', call: 'drainNode(pod)', after: 'the cordon' },
      effect: { does: 'drain', node, podUids: Array.from({ length: replicas }, () => podUid), atOnce: room },
    },
    {
      ...{ fault: 'Its node gets another taint', after: 'the taint' },
      call: "taintNode(pod, { key, effect: 'NoExecute' })",
      effect: { does: 'taint', node, podUids: [podUid], taint: { key: '', effect: 'NoExecute' } },
    },
  ]
}

function ends({ effect, after, ends = [] }: Case, { pod }: WorkloadSpec): Consequence[] {
  const situation = { effect, pod, restartsBefore: 0 }
  return [
    ...ends.flatMap((container) =>
      seen(`${container} exits`, after, predict.exits({ ...situation, container })),
    ),
    // Of a single container it would say the same again.
    ...(ends.length > 1 ? seen('the pod is gone', after, predict.evicted(situation)) : []),
  ]
}

function consequences(
  of: Case,
  workload: WorkloadSpec,
  isListed: boolean,
  cluster: ClusterTiming,
): Consequence[] {
  const { effect, after, revert = after } = of
  const { pod, kind, job } = workload
  const situation: Situation = { effect, pod, restartsBefore: 0, cluster, ...(job && { job }) }
  if (effect.does === 'freeze') return hung(situation, effect, after, isListed)
  const isNeverRestarted = pod.restartPolicy === 'Never'
  const restarts = predict.restarts(situation, 1)
  const returns = effect.does === 'lose-node' || restarts ? !isNeverRestarted : true
  const isLost = effect.does !== 'signal' && effect.does !== 'fail-probe'
  const follows: Consequence[] = []
  if (restarts && 'container' in effect) {
    const what = `${effect.container} restarts`
    follows.push(
      ...(isNeverRestarted
        ? [{ what, after, never: 'restartPolicy is Never' }]
        : seen(what, after, restarts)),
    )
  }
  if (isListed)
    follows.push(...seen('the pod leaves its endpoints', after, predict.leavesEndpoints(situation)))
  const isFailed = job !== undefined && effect.does === 'signal' && isNeverRestarted
  if (isLost || isFailed) follows.push(...replacement(situation, kind, after, isListed))
  if (job) {
    const what = 'the Job fails, where it has no try left'
    follows.push(...seen(what, after, predict.fails({ ...situation, job: { ...job, triesLeft: 0 } })))
  }
  if (isListed && returns)
    follows.push(...seen('the pod joins its endpoints again', revert, predict.joinsEndpoints(situation)))
  return follows
}

/** What follows where a container hangs: nothing that no probe asks the app for. */
function hung(
  situation: Situation,
  { container: name }: Extract<FaultEffect, { does: 'freeze' }>,
  after: string,
  isListed: boolean,
): Consequence[] {
  const { containers, restartPolicy } = situation.pod
  const { livenessProbe, readinessProbe } = containers.find((container) => container.name === name) ?? {}
  const unkilled = whyUnseen(livenessProbe, 'liveness')
  const notAgain = unkilled ?? (restartPolicy === 'Never' ? 'restartPolicy is Never' : undefined)
  const unready = whyUnseen(readinessProbe, 'readiness')
  const [restarts, leaves] = [`${name} restarts`, 'the pod leaves its endpoints']
  return [
    ...(notAgain
      ? [{ what: restarts, after, never: notAgain }]
      : seen(restarts, after, predict.restarts(situation, 1))),
    ...(!isListed
      ? []
      : unready && unkilled
        ? [{ what: leaves, after, never: unready }]
        : seen(leaves, after, predict.leavesEndpoints(situation))),
    ...(isListed && !notAgain
      ? seen('the pod joins its endpoints again', after, predict.joinsEndpoints(situation))
      : []),
  ]
}

function replacement(situation: Situation, kind: string, after: string, isListed: boolean): Consequence[] {
  const what = kind === 'Job' ? 'another pod of it works' : 'a replacement is ready'
  if (kind === 'Pod') return [{ what, after, never: 'no controller owns the pod' }]
  const replaced = predict.replaced(situation)
  if (!replaced) return [{ what, after, never: stays[situation.effect.does] ?? stays.taint }]
  const recovers = seen('every replica is in its endpoints again', after, predict.recovers(situation))
  return [{ what, after, predicted: replaced }, ...(isListed ? recovers : [])]
}

/** Why a pod is not taken away. */
const stays = {
  'lose-node': 'the pod tolerates an unreachable node without an end',
  drain: 'its budget lets no pod be evicted',
  taint: 'the pod tolerates every taint without an end',
} as Record<FaultEffect['does'], string> & { taint: string }

function seen(what: string, after: string, predicted: Prediction | undefined): Consequence[] {
  return predicted ? [{ what, after, predicted }] : []
}
