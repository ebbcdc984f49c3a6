import type { Cluster } from '../cluster/cluster.ts'
import { noEndMs } from '../timeline/recording.ts'
import { isOpenIn } from '../timeline/steady.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { urlOf } from './prober-pod.ts'
import type { Recorder } from './recorder.ts'

export interface TellEndpoints {
  cluster: Cluster
  recorder: Recorder
  namespace: string
  /** The prober's pod. */
  prober: string
  service: string
  targetPort: number
  path: string
  signal: AbortSignal
}

const againMs = 500

/** Tells the prober which endpoints to ask, whenever they change, until the signal aborts. Never throws. */
export async function tellEndpoints(options: TellEndpoints): Promise<void> {
  const { cluster, recorder, namespace, prober, service, targetPort, path, signal } = options
  const container = { namespace, name: prober, container: 'prober' }
  let told = '[]'
  const news = () => {
    const addresses = endpointsOf(recorder.timeline, service)
    const now = JSON.stringify(addresses.map((address) => urlOf(address, targetPort, path)))
    return now === told ? undefined : now
  }
  while (!signal.aborted) {
    try {
      const now = await recorder.waitFor(news, noEndMs, signal)
      if (now === undefined) return
      const command = ['sh', '-c', 'printf %s "$0" >/tmp/endpoints && kill -HUP 1', now]
      const { exitCode } = await cluster.kube.exec(container, command)
      if (exitCode === 0) {
        told = now
        continue
      }
    } catch {
      // Tried again below.
    }
    await cluster.clock.sleep(againMs, signal).catch(() => undefined)
  }
}

/** The addresses of pods that the Service lists or has listed, for as long as they exist: also while they stop. */
export function endpointsOf(timeline: Timeline, service: string): string[] {
  const listed = timeline.of('endpoint-listed').filter(({ detail }) => detail.service === service)
  const there = listed.filter(({ uid }) => isOpenIn(timeline.of('pod', uid)))
  return [...new Set(there.map(({ detail }) => detail.address))].sort()
}
