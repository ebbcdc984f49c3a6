import type { PodObject } from '../../kube.ts'
import type { Random } from '../random.ts'
import type { Change } from '../store.ts'
import type { Machine, World } from '../world.ts'
import type { Containerd, PodRecord } from './containerd.ts'
import { Heartbeat } from './heartbeat.ts'
import { killPod } from './killing.ts'
import { NodeTime } from './node-time.ts'
import { Pleg } from './pleg.ts'
import { PodEvents } from './pod-events.ts'
import { type PodTools, PodWorker } from './pod-worker.ts'
import { Prober } from './prober.ts'
import { isTerminal, uidOf } from './spec.ts'
import { StatusManager } from './status-manager.ts'
import { ensureSystemPod } from './system-pod.ts'

/** From a pod's change to its kubelet's knowing of it. */
const hearsMs = [2, 20] as const
/** From its way to the API server being open again to its list of its pods. */
const listsMs = [0, 2_000] as const
const systemPodMs = [50, 200] as const
/** A container of a pod that the API does not know is given so long. */
const orphanGraceSeconds = 1

/** A kubelet from its start to its end: what it knew ends with it, what it ran goes on. */
export class KubeletRun {
  readonly time: NodeTime
  private readonly world: World
  private readonly machine: Machine
  private readonly random: Random
  private readonly tools: PodTools
  private readonly workers = new Map<string, PodWorker>()
  private readonly hearing = new Set<string>()

  constructor(world: World, machine: Machine, containerd: Containerd, random: Random) {
    this.world = world
    this.machine = machine
    this.random = random
    const time = new NodeTime(world.clock)
    this.time = time
    const events = new PodEvents(world, machine)
    const statuses = new StatusManager(world, time, random, machine.link)
    const pleg = new Pleg(time, random, (uid) => this.workers.get(uid)?.relisted())
    const onResult = (uid: string) => this.workers.get(uid)?.ask()
    const prober = new Prober({ world, time, random, containerd, events, statuses, onResult })
    const onGone = (uid: string) => this.workers.delete(uid)
    this.tools = { world, machine, time, random, containerd, events, statuses, prober, pleg, onGone }
    containerd.onChange = (uid) => pleg.note(uid)
    machine.link.onMended(() => time.after(random.between(...listsMs), () => this.list()))
  }

  start(): void {
    const { world, machine, time, random } = this
    const { containerd } = this.tools
    const beat = new Heartbeat(world, machine, time, random.fork('heartbeat'), () =>
      time.after(random.between(...systemPodMs), () => ensureSystemPod(world, machine, random)),
    )
    beat.start()
    for (const record of containerd.pods) record.look()
    this.list()
    for (const record of containerd.pods) if (!this.workers.has(record.uid)) this.endOrphan(record)
  }

  /** What has changed while nobody told it. */
  private list(): void {
    const { world, machine, workers } = this
    const mine = world.store.list('Pod').filter(({ spec }) => spec?.nodeName === machine.name)
    for (const pod of mine) {
      this.tools.statuses.repeat(pod)
      this.look(pod)
    }
    for (const [uid, worker] of workers) if (!mine.some((pod) => uidOf(pod) === uid)) worker.remove()
  }

  /** A pod of this node has changed. */
  heard(pod: PodObject, before: PodObject | undefined, type: Change['type']): void {
    if (this.machine.link.isCut) return
    if (type === 'MODIFIED' && before?.spec?.nodeName !== undefined && !this.isNews(pod, before)) return
    const uid = uidOf(pod)
    if (this.hearing.has(uid)) return
    this.hearing.add(uid)
    this.time.after(this.random.between(...hearsMs), () => {
      this.hearing.delete(uid)
      this.look(pod)
    })
  }

  private isNews(pod: PodObject, before: PodObject): boolean {
    const is = pod.metadata ?? {}
    const was = before.metadata ?? {}
    if (is.deletionTimestamp !== was.deletionTimestamp) return is.deletionGracePeriodSeconds !== 0
    if (pod.spec !== before.spec) return true
    if (pod.status === before.status) return false
    if (isTerminal(pod.status?.phase) && !isTerminal(this.tools.statuses.of(uidOf(pod))?.phase)) return true
    this.tools.statuses.noticeOther(pod)
    return false
  }

  private look({ metadata }: PodObject): void {
    const { name = '', namespace, uid = '' } = metadata ?? {}
    const pod = this.world.store.get('Pod', name, namespace)
    const worker = this.workers.get(uid)
    if (pod?.metadata?.uid !== uid) worker?.remove()
    else if (worker) worker.update(pod)
    else this.workers.set(uid, new PodWorker(this.tools, pod))
  }

  private endOrphan(record: PodRecord): void {
    const { world, containerd, events } = this.tools
    const pod = record.all()[0]?.process.order.pod
    if (!pod) {
      containerd.forget(record)
      return
    }
    const of = { world, time: this.time, containerd, events, pod, record, graceSeconds: orphanGraceSeconds }
    killPod(of, () => {
      events.forget(record.uid)
      containerd.forget(record)
    })
  }
}
