import type { PodObject } from '../../kube.ts'
import { deletePod } from '../deletion.ts'
import type { World } from '../world.ts'
import { conditionOf } from './conditions.ts'
import { ObjectIndex } from './object-index.ts'
import { isTerminal, isTerminating, withDisruption } from './pod-state.ts'

/** `--terminated-pod-gc-threshold` of the controller manager. */
const mostTerminated = 12_500
const outOfService = 'node.kubernetes.io/out-of-service'

/** Pods on no node, those that have ended, and those that are being deleted: each by itself. */
const [unbound, ended, leaving] = ['unbound', 'ended', 'leaving']

/**
 * Takes pods away that nobody else would: of nodes that are gone, or out of service, and the oldest of too many that
 * have ended. kubernetes/pkg/controller/podgc/gc_controller.go.
 */
export function startPodGc(world: World): void {
  const { store, clock, timing } = world
  const random = world.random.fork('pod gc')
  const byNode = new ObjectIndex(store, 'Pod', ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []))
  const byState = new ObjectIndex(store, 'Pod', (pod) => [
    ...(isTerminal(pod) ? [ended] : []),
    ...(isTerminating(pod) ? [pod.spec?.nodeName ? leaving : unbound] : []),
  ])
  /** The nodes that were found missing, and until when that is not believed. */
  const quarantine = new Map<string, number>()

  const forceDelete = (pod: PodObject, message?: string) => {
    const { name = '', namespace = '', uid = '' } = pod.metadata ?? {}
    if (!isTerminal(pod)) {
      const now = store.timestamp()
      const told = message === undefined ? pod : withDisruption(pod, 'DeletionByPodGC', message, now)
      store.update('Pod', { ...told, status: { ...told.status, phase: 'Failed' } })
    }
    clock.after(random.between(5, 20), () =>
      deletePod(store, name, namespace, { uid, gracePeriodSeconds: 0 }),
    )
  }
  const isOutOfService = (pod: PodObject) => {
    const node = store.get('Node', pod.spec?.nodeName ?? '')
    const isReady = conditionOf(node?.status?.conditions, 'Ready')?.status === 'True'
    return !isReady && Boolean(node?.spec?.taints?.some(({ key }) => key === outOfService))
  }
  const missingNodes = () => {
    const over = [...quarantine].filter(([, untilMs]) => untilMs <= clock.now()).map(([name]) => name)
    for (const name of over) quarantine.delete(name)
    for (const name of byNode.keys()) {
      if (!store.get('Node', name) && !quarantine.has(name)) {
        // Also one that is believed to be gone now: this one then meets whoever has its name after it.
        quarantine.set(name, clock.now() + timing.podGcQuarantineMs)
      }
    }
    return over.filter((name) => !store.get('Node', name))
  }
  const look = () => {
    const terminated = byState.count(ended) > mostTerminated ? byState.of(ended).sort(olderFirst) : []
    for (const pod of terminated.slice(0, terminated.length - mostTerminated)) forceDelete(pod)
    for (const pod of byState.of(leaving)) {
      if (isOutOfService(pod)) forceDelete(pod)
    }
    for (const name of missingNodes()) {
      for (const pod of byNode.of(name)) forceDelete(pod, 'PodGC: node no longer exists')
    }
    for (const pod of byState.of(unbound)) forceDelete(pod)
    // The period is counted from the end of the work.
    clock.after(timing.podGcPeriodMs + random.between(1, 10), look)
  }
  clock.after(random.between(0, timing.podGcPeriodMs), look)
}

function olderFirst(a: PodObject, b: PodObject): number {
  const [made, madeB] = [a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? '']
  if (made !== madeB) return made < madeB ? -1 : 1
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1
}
