import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'
import type { Fault } from './fault.ts'

export interface KillContainerOptions {
  /** The signal's name, as `SIGKILL`, which is the default. */
  signal?: NodeJS.Signals
  /** Which container; needed where the pod has several. */
  container?: string
}

/**
 * Sends a signal to a container's first process by the node's own runtime. From inside the container it could not be
 * killed: it is process 1 of its namespace.
 */
export function killContainer(pod: Pod, options: KillContainerOptions = {}): Fault {
  const { signal = 'SIGKILL' } = options
  const container = pod.container(options.container)
  const target = `${pod.subject}/${container}`
  if (!/^SIG[A-Z0-9]+$/.test(signal))
    throw new UsageError(
      `killContainer: ${JSON.stringify(signal)} is no signal; give one such as SIGKILL or SIGTERM`,
    )
  return {
    kind: 'killContainer',
    target,
    effect: { does: 'signal', podUid: pod.uid, container, signal },
    requires: ['container.signal', 'node.exec'],
    // A signal that is handled ends the container when its handler is done.
    receiptWithinMs: signal === 'SIGKILL' ? 15_000 : 60_000,
    lasting: false,
    async inject(stage) {
      const id = await sendSignal(stage, pod, container, signal)
      return { receipt: (timeline) => seenEnded(timeline, pod.uid, id, signal) }
    },
  }
}

/** The incarnation of a container that runs now. */
export function runningContainer(timeline: Timeline, pod: Pod, container: string) {
  return timeline
    .of('container-running', pod.uid)
    .find(({ toMs, detail }) => toMs === null && detail.container === container)
}

/**
 * Sends a signal to the first process of a container by the runtime of its node. Gives the containerID of the incarnation
 * that got it.
 *
 * @throws EnvironmentError where it does not run.
 */
export async function sendSignal(
  { cluster, recording }: Stage,
  pod: Pod,
  container: string,
  signal: NodeJS.Signals,
): Promise<string> {
  const running = runningContainer(recording.timeline, pod, container)
  if (!running) {
    throw new EnvironmentError(`${pod.subject}/${container}: is not running, so it cannot be sent ${signal}`)
  }
  const id = running.detail.containerID
  const task = id.slice(id.indexOf('://') + 3)
  await cluster.nodes.exec(pod.nodeName, ['ctr', '-n', 'k8s.io', 'task', 'kill', '-s', signal, task])
  return id
}

function seenEnded(timeline: Timeline, uid: string, containerID: string, signal: string) {
  const ended = timeline
    .of('container-terminated', uid)
    .find(({ detail }) => detail.containerID === containerID)
  if (!ended) return undefined
  const { exitCode, reason } = ended.detail
  if (signal === 'SIGKILL' && exitCode !== 137) return undefined
  const evidence = `container ${containerID.slice(-64, -52)} ended with exit code ${exitCode} (${reason}) after ${signal}`
  return { atMs: ended.fromMs, observedBy: 'watch of pods', evidence }
}
