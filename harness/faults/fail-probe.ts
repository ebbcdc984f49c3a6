import type { Capability } from '../cluster/cluster.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { ProbeFailure, ProbeKind } from '../model/fault.ts'
import { resolveProbe } from '../predict/spec.ts'
import { backOff, sum } from '../predict/terms.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'
import { startExecGate } from './exec-gate.ts'
import type { Fault } from './fault.ts'
import { startHelperPod } from './helper-pod.ts'
import { runningContainer, sendSignal } from './kill-container.ts'
import { orReverted } from './or-reverted.ts'
import { asksTheSame, failAlong, type Probe, probeOf } from './probe.ts'
import { describeFailure, type FailureAnswer, failureOf } from './probe-failure.ts'

export interface FailProbeOptions {
  /**
   * How the probe fails. Over HTTP: a status, 500 unless given; a reset; silence until it times out; the true answer so
   * much later. Over tcp, gRPC and HTTPS: a reset, unless silence is asked for. exec: an exit code, 1 unless given, or silence:
   * then the command hangs.
   */
  with?: FailureAnswer
  /** Which container; needed where the pod has several. */
  container?: string
  /** Other probes of the pod that cannot be told from it fail along. Refused unless this is said. */
  alsoFail?: boolean
}

const armedWithinMs = 30_000
const restartsWithinMs = 30_000
/**
 * A runtime that does not answer to a command is waited for so long beyond the probe's own time, and not asked again.
 *
 * kubernetes/staging/src/k8s.io/cri-client/pkg/remote_runtime.go: ExecSync; runtimeRequestTimeout of the kubelet.
 */
const runtimeAnswersWithinMs = 120_000

/**
 * Makes a probe fail and leaves the app and its spec as they are. Lasts over restarts of the container.
 *
 * - HTTP: on the pod's node, the kubelet's own traffic to the probe's port passes a proxy that answers the probe in the
 *   app's place.
 * - tcp, gRPC and HTTPS: the node itself cannot reach the port, so every probe that asks it fails along.
 * - exec: the node's runtime ends the command in the program's place, or lets it hang, whoever asks for that command in that container.
 *
 * Other pods' traffic never meets any of them. Ends when it is reverted; exec at once when the harness dies too, the
 * others within six seconds of the end of the helper pod that keeps them in place.
 *
 * A startup probe is asked at a container's start alone: so the container is killed first, by SIGKILL, and started anew
 * by the kubelet. That end is the fault's own, which no claim counts as a consequence; the kubelet does count it when it
 * waits before the next restart.
 */
export function failProbe(pod: Pod, kind: ProbeKind, options: FailProbeOptions = {}): Fault {
  const container = pod.container(options.container)
  const subject = `${pod.subject}/${container}`
  const probe = probeOf(pod, container, kind)
  const also = failAlong(pod, probe)
  if (also.length > 0 && !options.alsoFail) {
    const others = also.map((other) => `the ${other.kind} probe of ${other.container}`).join(' and ')
    const { words, remedy } = asksTheSame(probe)
    throw new UsageError(`${subject}: its ${kind} probe cannot be failed alone: ${others} ${words}`, {
      remedy: `Give them ${remedy} of their own, or say { alsoFail: true } to fail them all.`,
    })
  }
  const isStartup = kind === 'startup'
  if (isStartup && pod.object.spec?.restartPolicy === 'Never') {
    throw new UsageError(`${subject}: is never started again, and only then would its startup probe be asked`)
  }
  const failure = failureOf(probe, options.with)
  const { delayMs, periodMs, timeoutMs } = resolveProbe(specOf(pod, probe))
  const askedMs = 2 * periodMs + timeoutMs + (probe.by === 'exec' ? runtimeAnswersWithinMs : 0)
  return {
    kind: 'failProbe',
    target: `${subject} ${kind}`,
    effect: {
      does: 'fail-probe',
      podUid: pod.uid,
      container,
      probes: [kind, ...also.map((other) => other.kind)],
      // The kubelet's gRPC client dials again and again until the probe's time is over, however it is refused.
      failure: probe.by === 'grpc' ? { with: 'silence' } : failure,
    },
    requires: requiredBy(probe),
    receiptWithinMs:
      armedWithinMs + askedMs + (isStartup ? restartsWithinMs + delayMs + nextBackOffMs(pod, container) : 0),
    lasting: true,
    async inject(stage, number) {
      const { recording } = stage
      let sinceMs = recording.now()
      const answered = describeFailure(failure)
      const onFailed = (atMs: number) => {
        const of = { fault: number, podUid: pod.uid, subject, probe: kind, answered }
        recording.record({ source: 'probe', atMs, ...of })
      }
      const undo = await arm(stage, pod, probe, failure, onFailed)
      const act = {
        receipt: (timeline: Timeline) => receiptOf(timeline, pod.uid, probe, number, sinceMs),
        revert: undo,
      }
      if (!isStartup) return act
      const ended = await orReverted(undo, () => sendSignal(stage, pod, container, 'SIGKILL'))
      // A probe that fails along may have been asked before.
      sinceMs = recording.now()
      return { ...act, ended }
    },
  }
}

function requiredBy({ by, kind }: Probe): Capability[] {
  const arming = by === 'exec' ? 'node.exec' : 'probe.intercept'
  return kind === 'startup' ? [...new Set<Capability>([arming, 'node.exec', 'container.signal'])] : [arming]
}

function specOf(pod: Pod, { container, kind }: Probe) {
  return pod.object.spec?.containers.find(({ name }) => name === container)?.[`${kind}Probe`] ?? {}
}

/** How long the kubelet may wait before it restarts a container that is killed now. */
function nextBackOffMs(pod: Pod, container: string): number {
  const { timeline } = pod.stage.recording
  const restarts = runningContainer(timeline, pod, container)?.detail.restartCount ?? 0
  return sum(backOff(restarts + 1)).latestMs
}

/** Puts in place what fails the probe; gives what takes it away. */
function arm(
  stage: Stage,
  pod: Pod,
  probe: Probe,
  failure: ProbeFailure,
  onFailed: (atMs: number) => void,
): Promise<() => Promise<void>> {
  const on = { stage, node: pod.nodeName, onFailed }
  if (probe.by === 'exec') {
    const exitCode = failure.with === 'exit' ? failure.exitCode : undefined
    const { container, command } = probe
    return startExecGate({ ...on, podUid: pod.uid, container, command, exitCode })
  }
  const ip = stage.recording.timeline.of('pod', pod.uid)[0]?.detail.ip
  if (!ip) throw new EnvironmentError(`${pod.subject}: has no IP that its probe could be asked at`)
  const { port } = probe
  if (probe.by === 'http') {
    const { path, headers } = probe
    const order = (table: string) => ({ table, ip, port, path, headers, failure })
    return startHelperPod({ ...on, program: 'probe-proxy.ts', order })
  }
  const order = (table: string) => ({ table, ip, port, with: failure.with })
  return startHelperPod({ ...on, program: 'port-block.ts', order })
}

/** The probe was failed on the node, and the kubelet has said that it failed. The first failure is the moment. */
function receiptOf(timeline: Timeline, uid: string, probe: Probe, number: number, sinceMs: number) {
  const first = timeline
    .of('probe-failed', uid)
    .find(({ fromMs, detail }) => fromMs >= sinceMs && detail.fault === number)
  const fieldPath = `spec.containers{${probe.container}}`
  const unhealthy = timeline
    .of('event', uid)
    .find(
      ({ fromMs, detail }) =>
        fromMs >= sinceMs && detail.reason === 'Unhealthy' && detail.fieldPath === fieldPath,
    )
  if (!first || !unhealthy) return undefined
  const { who, what } = failedBy(probe, first.detail.answered)
  return {
    atMs: first.fromMs,
    observedBy: `${who}, and watch of events`,
    evidence: `${what}, and the kubelet reported Unhealthy`,
  }
}

function failedBy(probe: Probe, answered: string): { who: string; what: string } {
  if (probe.by === 'http')
    return { who: 'proxy on the node', what: `the proxy answered GET ${probe.path} with ${answered}` }
  if (probe.by === 'exec')
    return {
      who: "gate before the node's runtime",
      what: `\`${probe.command.join(' ')}\` ${answered === 'silence' ? 'hung' : `ended with ${answered}`}`,
    }
  const what = `a connection of the node's to port ${probe.port} was met with ${answered}`
  return { who: 'rule on the node', what }
}
