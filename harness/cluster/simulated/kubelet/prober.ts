import type { PodObject } from '../../kube.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'
import type { Containerd, Incarnation } from './containerd.ts'
import type { NodeTime } from './node-time.ts'
import type { PodEvents } from './pod-events.ts'
import { ProbeWorker } from './probe-worker.ts'
import { type ContainerSpec, containersOf, initContainersOf, isSidecar, uidOf } from './spec.ts'
import type { StatusManager } from './status-manager.ts'

export const probeTypes = ['liveness', 'readiness', 'startup'] as const
export type ProbeType = (typeof probeTypes)[number]

export interface ProberOptions {
  world: World
  time: NodeTime
  random: Random
  containerd: Containerd
  events: PodEvents
  statuses: StatusManager
  /** The pod is to be synced, for a result has changed. */
  onResult(podUid: string): void
}

export type ProbeResult = 'success' | 'failure' | 'unknown'
type Results = Partial<Record<ProbeType, ProbeResult>>

/** The probe workers of a kubelet, and what they found of each container. kubernetes/pkg/kubelet/prober/prober_manager.go */
export class Prober {
  readonly options: ProberOptions
  readonly startMs: number
  private readonly workers = new Map<string, Map<string, ProbeWorker>>()
  private readonly results = new Map<string, Results>()

  constructor(options: ProberOptions) {
    this.options = options
    this.startMs = options.time.nowMs
  }

  /** Begins to probe a pod; does nothing for a probe that is there already. */
  addPod(pod: PodObject): void {
    const workers = this.workers.get(uidOf(pod)) ?? new Map<string, ProbeWorker>()
    for (const container of [...initContainersOf(pod).filter(isSidecar), ...containersOf(pod)]) {
      for (const type of probeTypes) {
        const spec = container[`${type}Probe`]
        const key = keyOf(container.name, type)
        if (!spec || workers.has(key)) continue
        const worker = new ProbeWorker({ prober: this, type, spec, pod, container })
        workers.set(key, worker)
        worker.start()
      }
    }
    if (workers.size > 0) this.workers.set(uidOf(pod), workers)
  }

  stopLivenessAndStartup(podUid: string): void {
    for (const worker of [...(this.workers.get(podUid)?.values() ?? [])])
      if (worker.type !== 'readiness') this.remove(worker)
  }

  removePod(podUid: string): void {
    for (const worker of [...(this.workers.get(podUid)?.values() ?? [])]) this.remove(worker)
    this.workers.delete(podUid)
  }

  remove(worker: ProbeWorker): void {
    worker.stop()
    this.forgetResult(worker.type, worker.containerID)
    this.workers.get(worker.podUid)?.delete(keyOf(worker.container.name, worker.type))
  }

  resultOf(type: ProbeType, containerID: string): ProbeResult | undefined {
    return this.results.get(containerID)?.[type]
  }

  /** The probe by whose failure a container is to be ended. */
  failedOf({ process }: Incarnation): 'liveness' | 'startup' | undefined {
    const results = this.results.get(`containerd://${process.id}`)
    if (results?.liveness === 'failure') return 'liveness'
    return results?.startup === 'failure' ? 'startup' : undefined
  }

  /** Whether a container that runs has started up. */
  isStarted(podUid: string, container: ContainerSpec, { process }: Incarnation): boolean {
    const result = this.resultOf('startup', `containerd://${process.id}`)
    if (result) return result === 'success'
    return !this.workers.get(podUid)?.has(keyOf(container.name, 'startup'))
  }

  /** Whether one that has started up is ready; where it is not, it is asked again at once. */
  isReady(podUid: string, container: ContainerSpec, { process }: Incarnation): boolean {
    if (this.resultOf('readiness', `containerd://${process.id}`) === 'success') return true
    const worker = this.workers.get(podUid)?.get(keyOf(container.name, 'readiness'))
    worker?.trigger()
    return !worker
  }

  /** kubernetes/pkg/kubelet/kubelet.go: syncLoopIteration */
  setResult({ type, containerID, podUid }: ProbeWorker, result: ProbeResult): void {
    const results = this.results.get(containerID)
    if (results?.[type] === result) return
    this.results.set(containerID, { ...results, [type]: result })
    const { statuses, onResult } = this.options
    if (type === 'readiness') statuses.setReadiness(podUid, containerID, result === 'success')
    if (type === 'startup') statuses.setStarted(podUid, containerID, result === 'success')
    if (type !== 'liveness' || result === 'failure') onResult(podUid)
  }

  forgetResult(type: ProbeType, containerID: string): void {
    const results = this.results.get(containerID)
    if (!results) return
    const { [type]: _, ...others } = results
    if (Object.keys(others).length > 0) this.results.set(containerID, others)
    else this.results.delete(containerID)
  }
}

function keyOf(container: string, type: ProbeType): string {
  return `${container} ${type}`
}
