import { readEpochAtZero } from '../cluster/clock.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Interval } from '../model/interval.ts'
import { roleLabel } from '../model/limits.ts'
import type { ExitObservation, SignalObservation } from '../model/observation.ts'
import { noEndMs } from '../timeline/recording.ts'
import type { Recorder } from './recorder.ts'

export interface RuntimeOptions {
  cluster: Cluster
  recorder: Recorder
  signal: AbortSignal
}

/** Reads in the nodes what became of the containers that have ended. */
export interface Runtime {
  /** Resolves once every container that has ended by now was asked about. */
  settled(): Promise<void>
}

const askAgainMs = 300
const askAtMost = 20

/**
 * When a container was sent its stop signal, and when its process ended: the API tells neither to the millisecond, nor
 * the exit of a pod that was deleted by force. The runtime's journal on the node does. Reads it once a container has
 * ended; until then nothing is asked. Without a way into the nodes nothing is read.
 */
export function followRuntime({ cluster, recorder, signal }: RuntimeOptions): Runtime {
  if (!cluster.capabilities.has('node.exec')) return { settled: async () => undefined }
  const epochAtZero = readEpochAtZero(cluster.clock, recorder)
  const asked = new Map<string, number>()
  const open = () =>
    endedContainers(recorder).filter(({ detail }) => (asked.get(detail.containerID) ?? 0) < askAtMost)
  let reading: Promise<void> = Promise.resolve()

  const readAll = async (ended: Interval<'container-running'>[]) => {
    const nodes = Map.groupBy(ended, ({ uid }) => recorder.timeline.of('pod', uid)[0]?.detail.node ?? '')
    await Promise.all(
      [...nodes].map(async ([node, containers]) => {
        const text =
          node === '' ? '' : await journalOf(cluster, node, containers, epochAtZero).catch(() => '')
        for (const container of containers) {
          const id = container.detail.containerID
          const seen = readJournal(text, container, epochAtZero)
          const isWhole = seen.some(({ source }) => source === 'exit')
          asked.set(id, isWhole ? askAtMost : (asked.get(id) ?? 0) + 1)
          if (isWhole) for (const observation of seen) recorder.record(observation)
        }
      }),
    )
  }
  const follow = async () => {
    for (;;) {
      const some = () => (open().length > 0 ? open() : undefined)
      const ended = await recorder.waitFor(some, noEndMs, signal)
      if (!ended) return
      reading = readAll(ended)
      await reading
      if (open().length > 0) await cluster.clock.sleep(askAgainMs, signal)
    }
  }
  let isFollowing = true
  follow()
    .catch(() => undefined)
    .finally(() => {
      isFollowing = false
    })
  return {
    async settled() {
      while (open().length > 0 && isFollowing) {
        await reading
        await cluster.clock.sleep(askAgainMs / 3)
      }
    },
  }
}

/** The containers of the scenario's workloads that run no more; the harness's own pods tell nothing of them. */
function endedContainers({ timeline }: Recorder): Interval<'container-running'>[] {
  return timeline
    .of('container-running')
    .filter(({ uid, toMs }) => toMs !== null && !timeline.of('pod', uid)[0]?.detail.labels[roleLabel])
}

const hashOf = (containerID: string) => containerID.slice(containerID.indexOf('://') + 3)

async function journalOf(
  cluster: Cluster,
  node: string,
  containers: Interval<'container-running'>[],
  epochAtZero: number,
): Promise<string> {
  const sinceMs = Math.min(...containers.map(({ fromMs }) => fromMs)) + epochAtZero
  const ids = containers.map(({ detail }) => hashOf(detail.containerID)).join('|')
  const of = [
    '-u',
    'containerd',
    '--no-pager',
    '-o',
    'cat',
    `--since=@${Math.floor(sinceMs / 1_000)}`,
    '-g',
    ids,
  ]
  return cluster.nodes.exec(node, ['journalctl', ...of])
}

/** Go's names of signals, as containerd writes them. */
const signalNames: Record<string, string> = {
  ...{ terminated: 'SIGTERM', quit: 'SIGQUIT', interrupt: 'SIGINT', hangup: 'SIGHUP', killed: 'SIGKILL' },
  ...{ 'user defined signal 1': 'SIGUSR1', 'user defined signal 2': 'SIGUSR2', 'window changed': 'SIGWINCH' },
}

/**
 * What containerd's journal tells of one container:
 *
 *     time="..." level=info msg="Stop container \"<id>\" with signal terminated"
 *     time="..." level=info msg="Kill container \"<id>\""
 *     time="..." level=info msg="received exit event container_id:\"<id>\" ... exit_status:137 exited_at:{seconds:1700000000 nanos:5}"
 *
 * Later releases of containerd 2 say `received container exit event`.
 *
 * kubernetes: the kubelet runs preStop before it asks the runtime to stop the container; containerd writes the first of
 * these as it sends the signal (containerd/pkg/cri/server/container_stop.go).
 */
export function readJournal(
  text: string,
  { uid: podUid, subject, detail }: Interval<'container-running'>,
  epochAtZero: number,
): (SignalObservation | ExitObservation)[] {
  const { container, containerID } = detail
  const id = hashOf(containerID)
  const of = { podUid, subject, container, containerID }
  return text.split('\n').flatMap((line): (SignalObservation | ExitObservation)[] => {
    if (!line.includes(id)) return []
    const atMs = Date.parse(/time="([^"]+)"/.exec(line)?.[1] ?? '') - epochAtZero
    const stopped = /msg="Stop container .* with signal ([^"]+)"/.exec(line)?.[1]
    // A line that is cut off tells no time.
    if (Number.isNaN(atMs)) return []
    if (stopped) return [{ source: 'signal', atMs, ...of, signal: signalNames[stopped] ?? stopped }]
    if (line.includes('msg="Kill container ')) return [{ source: 'signal', atMs, ...of, signal: 'SIGKILL' }]
    // Protobuf's text leaves a zero out.
    const exit = /received (?:container )?exit event .*exited_at:\{seconds:(\d+)(?:\s+nanos:(\d+))?\}/.exec(
      line,
    )
    if (!exit) return []
    const exitedMs = Number(exit[1]) * 1_000 + Number(exit[2] ?? 0) / 1e6 - epochAtZero
    const exitCode = Number(/exit_status:(\d+)/.exec(line)?.[1] ?? 0)
    return [{ source: 'exit', atMs: exitedMs, ...of, exitCode }]
  })
}
