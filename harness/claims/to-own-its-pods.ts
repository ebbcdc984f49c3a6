import { counted } from '../model/counted.ts'
import type { Interval } from '../model/interval.ts'
import type { WorkloadShape } from '../model/observation.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Workload } from '../workload/workload.ts'
import { hold } from './claim.ts'
import type { Judge, Judgement } from './judgement.ts'
import { deploymentUidOf } from './to-roll-out.ts'

export type ToOwnItsPodsOptions = Record<string, never>

/**
 * Throughout, each of its Deployment's ReplicaSets is named `<deployment>-<hash>`, each of their pods
 * `<replicaset>-<5 letters>`, bears that hash as its label `pod-template-hash`, and stays under its ReplicaSet's control
 * for as long as it lives.
 */
export function toOwnItsPods(
  workload: Workload,
  _options: ToOwnItsPodsOptions,
  statement: string,
): Promise<void> {
  const { stage, shape, subject } = workload
  const uid = deploymentUidOf(workload, 'toOwnItsPods')
  return hold({
    ...{ stage, workload, statement, subject },
    promise: 'every pod to be named after its ReplicaSet, and owned by it',
    judge: judgeOwned(shape, uid),
    rests: ['Pod', 'ReplicaSet'],
  })
}

/** k8s.io/apimachinery/pkg/util/rand: alphanums. */
const suffix = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/
/** k8s.io/apiserver/pkg/storage/names/generate.go: a name of 63 less five random letters. */
const longestBase = 58
const hashLabel = 'pod-template-hash'

export function judgeOwned({ roots }: WorkloadShape, deploymentUid: string): Judge {
  const deployment = roots.find(({ uid }) => uid === deploymentUid)?.name ?? ''
  return (timeline, sinceMs): Judgement => {
    const sets = new Map(
      timeline
        .of('revision')
        .filter(({ uid }) => timeline.isControlledBy(uid, deploymentUid))
        .map(({ uid, detail }) => [uid, detail.name]),
    )
    const [released] = timeline
      .of('pod-released')
      .filter(({ fromMs, detail }) => fromMs >= sinceMs && sets.has(detail.ownerUid))
    const pods = timeline
      .of('pod')
      .filter((pod) => sets.has(pod.detail.ownerUid ?? '') && isThere(pod, sinceMs))
    const flaws = pods.flatMap((pod) => {
      const detail = flawOf(pod, sets.get(pod.detail.ownerUid ?? '') ?? '', deployment)
      return detail === undefined ? [] : [{ atMs: Math.max(pod.fromMs, sinceMs), detail }]
    })
    if (released) {
      const { detail, fromMs } = released
      flaws.push({
        atMs: fromMs,
        detail: `${detail.ownerKind} ${detail.ownerName} let ${nameOf(timeline, released)} go`,
      })
    }
    const [first] = flaws.sort((a, b) => a.atMs - b.atMs)
    if (first) return { is: 'broken', ...first }
    if (pods.length === 0) return { is: 'unjudgeable', detail: 'had no pod that could be owned' }
    const names = [...new Set(pods.map(({ detail }) => detail.ownerName))].join(', ')
    return {
      is: 'open',
      lastSeen: `each of ${counted(pods.length, 'pod')} was named after ReplicaSet ${names} and owned by it`,
    }
  }
}

function isThere({ toMs }: Interval<'pod'>, sinceMs: number): boolean {
  return toMs === null || toMs >= sinceMs
}

/**
 * kubernetes/pkg/controller/deployment/sync.go: getNewReplicaSet names the set by its Deployment and the hash of its
 * template, and gives its pods the hash as a label.
 */
function flawOf(
  { detail: { name, labels } }: Interval<'pod'>,
  set: string,
  deployment: string,
): string | undefined {
  const hash = labels[hashLabel]
  if (set !== `${deployment}-${hash}`) {
    return `ReplicaSet ${set} of pod ${name} is not named ${deployment} and its ${hashLabel}, ${hash}`
  }
  const base = `${set}-`.slice(0, longestBase)
  const rest = name.slice(base.length)
  if (name.startsWith(base) && suffix.test(rest)) return undefined
  return `pod ${name} is not named after its ReplicaSet ${set} and five letters`
}

function nameOf(timeline: Timeline, { uid }: Interval): string {
  return timeline.of('pod', uid)[0]?.detail.name ?? uid
}
