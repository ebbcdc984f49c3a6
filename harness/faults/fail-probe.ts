import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { KubeObject } from '../cluster/kube.ts'
import { parseLine } from '../cluster/lines.ts'
import { EnvironmentError, UsageError } from '../model/errors.ts'
import type { ProbeFailure, ProbeKind } from '../model/fault.ts'
import { resolveProbe } from '../predict/spec.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'
import type { Pod } from '../workload/workload.ts'
import type { Act, Fault } from './fault.ts'
import { alike, type HttpProbe, httpProbeOf } from './probe.ts'

export interface FailProbeOptions {
  /** How the probe is answered: a status, 500 unless given; a reset; silence until it times out; so much later. */
  with?: { status: number } | 'reset' | 'silence' | { delayMs: number }
  /** Which container; needed where the pod has several. */
  container?: string
  /** Other probes of the pod that ask for just the same fail along. Refused unless this is said. */
  alsoFail?: boolean
}

const armedWithinMs = 30_000
const goneWithinMs = 15_000

/**
 * Makes a probe over HTTP fail and leaves the app and its spec as they are: on the pod's node, the kubelet's own
 * traffic to the probe's port passes a proxy that answers the probe in the app's place. Other pods' traffic never
 * meets it. Ends when it is reverted, and by itself within six seconds when the harness dies.
 */
export function failProbe(pod: Pod, kind: ProbeKind, options: FailProbeOptions = {}): Fault {
  const container = pod.container(options.container)
  const probe = httpProbeOf(pod, container, kind)
  const also = alike(pod, probe)
  if (also.length > 0 && !options.alsoFail) {
    const others = also.map((other) => `the ${other.kind} probe of ${other.container}`).join(' and ')
    throw new UsageError(
      `${pod.subject}/${container}: its ${kind} probe cannot be failed alone: ${others} asks the same path of the same port`,
      {
        remedy: 'Give them paths of their own, or say { alsoFail: true } to fail them all.',
      },
    )
  }
  const failure = failureOf(options.with)
  const periodMs = resolveProbe(specOf(pod, probe) ?? {}).periodMs
  return {
    kind: 'failProbe',
    target: `${pod.subject}/${container} ${kind}`,
    effect: {
      does: 'fail-probe',
      podUid: pod.uid,
      container,
      probes: [kind, ...also.map((other) => other.kind)],
      failure,
    },
    requires: ['probe.intercept'],
    receiptWithinMs: armedWithinMs + 2 * periodMs + resolveProbe(specOf(pod, probe) ?? {}).timeoutMs,
    lasting: true,
    inject: (stage, number) => intercept(stage, number, pod, probe, failure),
  }
}

function specOf(pod: Pod, { container, kind }: HttpProbe) {
  return pod.object.spec?.containers.find(({ name }) => name === container)?.[`${kind}Probe`]
}

function failureOf(answer: FailProbeOptions['with']): ProbeFailure {
  if (answer === 'reset' || answer === 'silence') return { with: answer }
  if (answer !== undefined && 'delayMs' in answer) return { with: 'delay', delayMs: answer.delayMs }
  const status = answer?.status ?? 500
  // https://kubernetes.io/docs/concepts/workloads/pods/probes/: 200 to 399 is success
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw new UsageError(`failProbe: status ${status} fails no probe; one from 400 to 599 is expected`)
  }
  return { with: 'status', status }
}

const proxyLine = z.object({
  armed: z.string().optional(),
  failed: z.string().optional(),
  as: z.string().optional(),
  error: z.string().optional(),
})

async function intercept(
  stage: Stage,
  number: number,
  pod: Pod,
  probe: HttpProbe,
  failure: ProbeFailure,
): Promise<Act> {
  const { cluster, namespace, recording } = stage
  const name = `rolypoly-probe-${randomBytes(3).toString('hex')}`
  const subject = `${pod.subject}/${probe.container}`
  const ip = recording.timeline.of('pod', pod.uid)[0]?.detail.ip
  if (!ip) throw new EnvironmentError(`${pod.subject}: has no IP that its probe could be asked at`)
  const { port, path, headers } = probe
  const order = { table: name.replaceAll('-', '_'), ip, port, path, headers, failure }
  const injectedAtMs = recording.now()
  await cluster.kube.create(proxyPod(name, stage, pod.nodeName, order))

  const following = new AbortController()
  const isThere = () => recording.timeline.of('pod').find(({ detail }) => detail.name === name)
  let reverting = false
  const undo = async () => {
    reverting = true
    await cluster.kube.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name })
    const untilMs = recording.now() + goneWithinMs
    const seenGone = await recording.waitFor(() => (isThere()?.toMs === null ? undefined : true), untilMs)
    following.abort()
    if (seenGone) return
    throw new EnvironmentError(
      `Pod/${namespace}/${name}: the proxy that fails probes was deleted, and is still there`,
    )
  }
  try {
    await untilArmed()
  } catch (error) {
    await undo().catch(() => undefined)
    throw error
  }
  return { receipt: (timeline) => receiptOf(timeline, pod.uid, probe, number, injectedAtMs), revert: undo }

  async function untilArmed(): Promise<void> {
    const running = () => {
      const helper = isThere()
      return helper && recording.timeline.of('container-running', helper.uid).length > 0 ? true : undefined
    }
    const started = await recording.waitFor(running, recording.now() + armedWithinMs, stage.signal)
    if (!started)
      throw new EnvironmentError(
        `Pod/${namespace}/${name}: the proxy that fails probes did not start on ${pod.nodeName}`,
      )
    const { promise: armed, resolve, reject } = Promise.withResolvers<void>()
    let isArmed = false
    const fail = (why: string) => {
      if (!isArmed) return reject(new EnvironmentError(why))
      if (following.signal.aborted || reverting) return
      recording.record({
        source: 'gap',
        atMs: recording.now(),
        fromMs: recording.now(),
        watch: 'probe',
        reason: why,
      })
    }
    const onLine = (text: string) => {
      const line = parseLine(proxyLine, text)
      if (line?.error) fail(`Node/${pod.nodeName}: probes cannot be redirected: ${line.error}`)
      if (line?.armed) {
        isArmed = true
        resolve()
      }
      if (!line?.failed) return
      const answered = describe(failure)
      recording.record({
        source: 'probe',
        atMs: recording.now(),
        fault: number,
        podUid: pod.uid,
        subject,
        probe: probe.kind,
        answered,
      })
    }
    const ref = { namespace, name, container: 'proxy' }
    cluster.kube.followLogs(ref, onLine, following.signal).then(
      () => fail(`Pod/${namespace}/${name}: the proxy that fails probes ended`),
      (error: unknown) => fail(error instanceof Error ? error.message : String(error)),
    )
    const late = recording
      .waitFor(() => undefined, recording.now() + armedWithinMs, stage.signal)
      .then(() => {
        if (!isArmed)
          throw new EnvironmentError(
            `Pod/${namespace}/${name}: the proxy that fails probes was not in place in time`,
          )
      })
    late.catch(() => undefined)
    await Promise.race([armed, late])
  }
}

function describe(failure: ProbeFailure): string {
  if (failure.with === 'status') return `status ${failure.status}`
  return failure.with === 'delay' ? `delay ${failure.delayMs} ms` : failure.with
}

/** The proxy has answered the probe, and the kubelet has said that it failed. The first answer is the moment. */
function receiptOf(timeline: Timeline, uid: string, probe: HttpProbe, number: number, sinceMs: number) {
  const first = timeline.of('probe-failed', uid).find(({ detail }) => detail.fault === number)
  const fieldPath = `spec.containers{${probe.container}}`
  const unhealthy = timeline
    .of('event', uid)
    .find(
      ({ fromMs, detail }) =>
        fromMs >= sinceMs && detail.reason === 'Unhealthy' && detail.fieldPath === fieldPath,
    )
  if (!first || !unhealthy) return undefined
  const evidence = `the proxy answered GET ${probe.path} with ${first.detail.answered}, and the kubelet reported Unhealthy`
  return { atMs: first.fromMs, observedBy: 'proxy on the node, and watch of events', evidence }
}

function proxyPod(
  name: string,
  { namespace, helperImage }: Stage,
  nodeName: string,
  order: object,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'rolypoly', 'rolypoly.dev/role': 'probe-proxy' },
    },
    spec: {
      nodeName,
      hostNetwork: true,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 5,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'proxy',
          image: helperImage,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', 'probe-proxy.ts', JSON.stringify(order)],
          securityContext: { privileged: true, runAsUser: 0 },
          volumeMounts: [{ name: 'host', mountPath: '/host' }],
        },
      ],
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
    },
  } as KubeObject
}
