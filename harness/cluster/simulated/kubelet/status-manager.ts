import type { PodObject } from '../../kube.ts'
import type { ApiLink } from '../api-link.ts'
import type { Random } from '../random.ts'
import { isSame } from '../store.ts'
import type { World } from '../world.ts'
import type { Time } from './node-time.ts'
import { ownConditions, withReadiness } from './pod-conditions.ts'
import { type ContainerStatus, type PodStatus, uidOf } from './spec.ts'

interface Entry {
  pod: PodObject
  status: PodStatus
  /** As it was written last. */
  posted: PodStatus | undefined
  isPosting: boolean
  isReconciling: boolean
  /** Nothing of it runs any more: it may be deleted. */
  isFinished: boolean
}

/** From a change of a pod's status to the begin of its writing: what lasts a probe's answer long is never written. */
const wakesMs = [3, 10] as const
/** From there to its arrival in the API. */
const postsMs = [5, 50] as const
/** From the kubelet's last deletion to the object's end. */
const removesMs = [2, 15] as const
/** kubernetes/pkg/kubelet/status/status_manager.go: syncPeriod */
const reconcileMs = 10_000

/**
 * What a kubelet knows of its pods' states, and the writing of it: one at a time, and the newest only where changes come
 * faster than they are written. A pod that is to go is deleted once its last status is written.
 */
export class StatusManager {
  private readonly world: World
  private readonly time: Time
  private readonly random: Random
  private readonly link: ApiLink
  private readonly startMs: number
  private readonly entries = new Map<string, Entry>()

  constructor(world: World, time: Time, random: Random, link: ApiLink) {
    this.world = world
    this.time = time
    this.random = random
    this.link = link
    this.startMs = time.nowMs
  }

  of(podUid: string): PodStatus | undefined {
    return this.entries.get(podUid)?.status
  }

  set(pod: PodObject, status: PodStatus): void {
    const known = this.entries.get(uidOf(pod))
    if (!known) {
      const fresh = { posted: undefined, isPosting: false, isReconciling: false, isFinished: false }
      const entry: Entry = { pod, status, ...fresh }
      this.entries.set(uidOf(pod), entry)
      this.post(entry)
      return
    }
    known.pod = pod
    this.change(known, status)
  }

  setReadiness(podUid: string, containerID: string, ready: boolean): void {
    this.changeContainer(podUid, containerID, { ready })
  }

  setStarted(podUid: string, containerID: string, started: boolean): void {
    this.changeContainer(podUid, containerID, { started })
  }

  /** Nothing of the pod runs any more: its object may go where it was deleted. */
  finish(pod: PodObject): void {
    const entry = this.entries.get(uidOf(pod))
    if (!entry) return
    entry.pod = pod
    entry.isFinished = true
    this.post(entry)
  }

  /** Somebody else has written the pod's status: where that is not the kubelet's word, it is written again. */
  noticeOther(pod: PodObject): void {
    const entry = this.entries.get(uidOf(pod))
    if (!entry?.posted || entry.isReconciling || pod.status === entry.posted) return
    entry.isReconciling = true
    const ms = reconcileMs - ((this.time.nowMs - this.startMs) % reconcileMs)
    this.time.after(ms, () => {
      entry.isReconciling = false
      if (this.entries.get(uidOf(pod)) === entry) this.post(entry)
    })
  }

  /** The pod was listed anew: where its status is not the kubelet's word, it is written again. */
  repeat(pod: PodObject): void {
    const entry = this.entries.get(uidOf(pod))
    if (entry?.posted && pod.status !== entry.posted) this.post(entry)
  }

  forget(podUid: string): void {
    this.entries.delete(podUid)
  }

  private changeContainer(
    podUid: string,
    containerID: string,
    to: Partial<Pick<ContainerStatus, 'ready' | 'started'>>,
  ): void {
    const entry = this.entries.get(podUid)
    if (!entry) return
    const anew = (list: ContainerStatus[] | undefined) =>
      list?.map((status) => (status.containerID === containerID ? { ...status, ...to } : status))
    const { status } = entry
    const containerStatuses = anew(status.containerStatuses)
    const initContainerStatuses = anew(status.initContainerStatuses)
    const changed = {
      ...status,
      ...(containerStatuses && { containerStatuses }),
      ...(initContainerStatuses && { initContainerStatuses }),
    }
    const conditions = withReadiness(entry.pod, changed, this.world.store.timestamp())
    this.change(entry, { ...changed, conditions })
  }

  private change(entry: Entry, status: PodStatus): void {
    if (isSame(entry.status, status)) return
    entry.status = status
    this.post(entry)
  }

  /** Begins to write soon; what changes after that is written after it. */
  private post(entry: Entry): void {
    if (entry.isPosting) return
    entry.isPosting = true
    this.time.after(this.random.between(...wakesMs), () => {
      const { status, isFinished } = entry
      this.time.after(this.random.between(...postsMs), () => {
        entry.isPosting = false
        if (this.link.holds(() => this.post(entry))) return
        this.write(entry, status, isFinished)
        if (entry.status !== status || entry.isFinished !== isFinished) this.post(entry)
      })
    })
  }

  private write(entry: Entry, own: PodStatus, isFinished: boolean): void {
    const { store } = this.world
    const { name = '', namespace = '' } = entry.pod.metadata ?? {}
    const uid = uidOf(entry.pod)
    const pod = store.get('Pod', name, namespace)
    if (!pod || uidOf(pod) !== uid || this.entries.get(uid) !== entry) return
    const status = mergedStatus(pod.status, own)
    // Known before it is written, for the write is heard at once.
    entry.posted = status
    const written = store.update('Pod', { ...pod, status })
    entry.posted = written?.status
    if (!isFinished || !written?.metadata?.deletionTimestamp) return
    store.update('Pod', {
      ...written,
      metadata: { ...written.metadata, deletionTimestamp: store.timestamp(), deletionGracePeriodSeconds: 0 },
    })
    // The API server does that, whatever becomes of the node.
    this.world.clock.after(this.random.between(...removesMs), () => store.remove('Pod', name, namespace, uid))
  }
}

/** The kubelet's word, with the conditions that are others'. kubernetes/pkg/kubelet/status/status_manager.go: mergePodStatus */
function mergedStatus(inApi: PodStatus | undefined, own: PodStatus): PodStatus {
  const isOwn = (type: string) => ownConditions.some((condition) => condition === type)
  const others = (inApi?.conditions ?? []).filter(({ type }) => !isOwn(type))
  return { ...own, conditions: [...others, ...(own.conditions ?? [])] }
}
