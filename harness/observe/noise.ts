import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../cluster/kube.ts'
import { KubeError } from '../cluster/kube-error.ts'
import { beatEveryMs, beatLimitMs } from '../timeline/noise.ts'
import type { Recording } from '../timeline/recording.ts'
import { CpuPressure, printPressure } from './cpu-pressure.ts'

export interface NoiseOptions {
  cluster: Pick<Cluster, 'kube' | 'clock' | 'capabilities' | 'nodes'>
  /** Where it is written down; the nodes have been listed. */
  recorder: Recording
  /** The scenario's own, which is there. */
  namespace: string
  signal: AbortSignal
  /** The longest that this process was held up since it was last asked, in milliseconds; by its event loop unless given. */
  heldUpMs?: () => number
}

const name = 'rolypoly-beat'
const retryMs = 2_000

/**
 * Measures how busy the machine is until the signal: a beat every two seconds, which is a small write to the API server
 * whose watch event is waited for, and how long tasks wait for a CPU on a node. Ends before where the server refuses
 * such a write. Never throws: what cannot be measured is left out.
 */
export async function measureNoise(options: NoiseOptions): Promise<void> {
  const { cluster, recorder } = options
  const refused = new AbortController()
  const signal = AbortSignal.any([options.signal, refused.signal])
  try {
    const heldUpMs = options.heldUpMs ?? eventLoopHeldUp(signal)
    const cpu = followPressure(options, signal)
    const beat = openBeats(options, signal)
    while (!signal.aborted) {
      const atMs = recorder.now()
      const { apiMs, watchMs } = await beat()
      const lagMs = heldUpMs()
      recorder.record({
        ...{ source: 'noise', atMs, apiMs },
        // What held up this process between two beats held up every watch event.
        ...(watchMs !== undefined && { watchMs: Math.max(watchMs, lagMs) }),
        ...cpu.use(),
      })
      await cluster.clock.sleep(Math.max(0, atMs + beatEveryMs - recorder.now()), signal)
    }
  } catch {
    // It was told to stop, or is refused.
  } finally {
    refused.abort()
  }
}

interface Beat {
  apiMs: number
  watchMs?: number
}

/** Beats, one at a time: each tells what it took, and throws where it is refused or told to stop. */
function openBeats({ cluster, recorder, namespace }: NoiseOptions, signal: AbortSignal): () => Promise<Beat> {
  const { kube, clock } = cluster
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
  let count = 0
  let came = (_: unknown): void => undefined

  const watch = async () => {
    while (!signal.aborted) {
      // From the API server's cache, as it is; each beat asks for its own event only.
      const { why } = await kube.watch(
        { ...kind, namespace, fieldSelector: `metadata.name=${name}` },
        '0',
        (event) => event.type !== 'BOOKMARK' && came((event.object as BeatObject).data?.beat),
        signal,
      )
      if (why === 'failed') await clock.sleep(retryMs, signal).catch(() => undefined)
    }
  }
  watch().catch(() => undefined)

  return async () => {
    const beat = String(count++)
    const beganMs = recorder.now()
    const took: Beat = { apiMs: beatLimitMs }
    const arrived = new Promise<void>((resolve) => {
      came = (seen) => {
        if (seen !== beat) return
        took.watchMs ??= recorder.now() - beganMs
        resolve()
      }
    })
    const object: BeatObject = { ...kind, metadata: { name, namespace }, data: { beat } }
    const answered = kube.apply(object).then(
      () => {
        took.apiMs = recorder.now() - beganMs
      },
      (error: unknown) => {
        if (isRefusal(error)) throw error
        // A write that failed is one without an answer.
        return new Promise<never>(() => undefined)
      },
    )
    const over = new AbortController()
    const limit = clock.sleep(beatLimitMs, AbortSignal.any([signal, over.signal]))
    await Promise.race([Promise.all([answered, arrived]), limit]).finally(() => over.abort())
    return { ...took }
  }
}

type BeatObject = KubeObject & { data?: { beat: string } }

/** True where the server will say the same next time. */
function isRefusal(error: unknown): boolean {
  return error instanceof KubeError && error.code < 500 && error.code !== 429
}

/** One node tells of all where they share a kernel, as kind's do. */
function followPressure({ cluster, recorder }: NoiseOptions, signal: AbortSignal): CpuPressure {
  const cpu = new CpuPressure()
  const node = recorder.timeline.of('node')[0]?.detail.name
  if (node !== undefined && cluster.capabilities.has('node.exec')) {
    cluster.nodes.follow(node, printPressure, (line) => cpu.heard(line), signal).catch(() => undefined)
  }
  return cpu
}

const resolutionMs = 50

function eventLoopHeldUp(signal: AbortSignal): () => number {
  const loop = monitorEventLoopDelay({ resolution: resolutionMs })
  loop.enable()
  signal.addEventListener('abort', () => loop.disable(), { once: true })
  return () => {
    const ms = loop.max / 1e6 - resolutionMs
    loop.reset()
    return Math.max(0, ms)
  }
}
