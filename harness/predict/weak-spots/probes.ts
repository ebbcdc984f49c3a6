import { resolveProbe } from '../spec.ts'
import {
  type ContainerSpec,
  names,
  type PodSpec,
  type ProbeSpec,
  portOf,
  probeKinds,
  type ServiceSpec,
  serves,
  servicesOf,
  type WeakSpot,
  type WorkloadSpec,
} from './spec.ts'

type Spot = Omit<WeakSpot, 'subject'>

const quickStartMs = 10_000

/** What is asked of the containers of this template, and how. */
export function probeSpots(workload: WorkloadSpec, services: ServiceSpec[]): WeakSpot[] {
  return workload.pod.containers.flatMap((container) => {
    const subject = `${workload.subject}/${container.name}`
    const { livenessProbe } = container
    const spots = [
      ...missing(container, workload, services),
      ...probeKinds.flatMap((kind) => {
        const probe = container[`${kind}Probe`]
        return probe ? ofAnyProbe(kind, probe, container) : []
      }),
      ...(livenessProbe ? ofLiveness(livenessProbe, container, workload.pod) : []),
    ]
    return spots.map((spot) => ({ subject, ...spot }))
  })
}

function missing(container: ContainerSpec, workload: WorkloadSpec, all: ServiceSpec[]): Spot[] {
  const { livenessProbe, readinessProbe } = container
  const services = servicesOf(container, workload, all)
  const isServing = serves(container, workload, all)
  const spots: Spot[] = []
  if (!livenessProbe && isServing) {
    spots.push({
      weakness: 'no liveness probe',
      consequence: 'A process that hangs is never restarted: Kubernetes sees only one that ends',
      remedy: 'Give it a livenessProbe that asks the process itself and nothing behind it',
    })
  }
  if (readinessProbe) return spots
  const remedy = 'Give it a readinessProbe that succeeds once the app can answer'
  const sibling = workload.pod.containers.find((other) => other !== container && other.readinessProbe)
  if (services.length > 0) {
    spots.push({
      weakness: `no readiness probe, and ${names(services)} sends to it`,
      consequence: `It gets requests as soon as its process runs, before it listens${livenessProbe ? ', and goes on getting them while it is ill, until its liveness probe has it killed' : ''}`,
      remedy,
    })
  } else if (sibling && isServing) {
    spots.push({
      weakness: `no readiness probe, though container ${sibling.name} of its pod has one`,
      consequence: 'The pod counts as ready without anyone having asked this container',
      remedy,
    })
  } else if (livenessProbe && isServing) {
    spots.push({
      weakness: 'a liveness probe and no readiness probe',
      consequence: `It counts as ready as soon as its process runs${workload.kind === 'Pod' ? '' : ': a rollout goes on over a broken version'}`,
      remedy,
    })
  }
  return spots
}

type Kind = (typeof probeKinds)[number]

function ofAnyProbe(kind: Kind, probe: ProbeSpec, container: ContainerSpec): Spot[] {
  const { periodMs, timeoutMs, failures } = resolveProbe(probe)
  const spots: Spot[] = []
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port
  if (typeof port === 'string' && portOf(container, port) === port) {
    spots.push({
      weakness: `its ${kind} probe asks port ${JSON.stringify(port)}, which the container does not declare`,
      consequence: {
        liveness: 'The kubelet cannot ask it, and throws the error away: a hang is never noticed',
        readiness: 'The kubelet cannot ask it, so that the pod is never ready',
        startup:
          'The kubelet cannot ask it, so that the container never counts as started, nor the pod as ready',
      }[kind],
      remedy: `Declare the port under the container's ports, or ask it by its number`,
    })
  }
  if (failures === 1) {
    spots.push({
      weakness: `the failureThreshold of its ${kind} probe is 1`,
      consequence: {
        liveness: 'One answer that is slow or lost restarts it',
        readiness: 'One answer that is slow or lost takes it out of its Services',
        startup: 'A start that has not succeeded at the first question is killed',
      }[kind],
      remedy: 'Set failureThreshold to 2 or more',
    })
  }
  if (timeoutMs > periodMs) {
    const [timeout, period] = [timeoutMs / 1_000, periodMs / 1_000]
    spots.push({
      weakness: `timeoutSeconds ${timeout} of its ${kind} probe exceeds periodSeconds ${period}`,
      consequence: `A probe that hangs holds up the next: ${failures} failures take ${failures * timeout} s, not ${failures * period} s`,
      remedy: 'Set timeoutSeconds to no more than periodSeconds',
    })
  }
  return spots
}

function ofLiveness(probe: ProbeSpec, container: ContainerSpec, pod: PodSpec): Spot[] {
  const { delayMs, periodMs, timeoutMs, failures } = resolveProbe(probe)
  const spots: Spot[] = []
  const startMs = delayMs + failures * periodMs
  if (!container.startupProbe && startMs < quickStartMs) {
    spots.push({
      weakness: `its liveness probe allows a start of ${startMs / 1_000} s at most, and there is no startup probe`,
      consequence: 'A start that takes longer, as on a cold or busy node, is killed again and again',
      remedy: 'Give it a startupProbe that allows for its slowest start',
    })
  }
  if (periodMs === 1_000 && timeoutMs === 1_000) {
    spots.push({
      weakness: 'its liveness probe asks every second, and gives each answer one second',
      consequence: `${failures} s of load, or of garbage collection, restart it`,
      remedy: 'Ask less often and wait longer, as periodSeconds 5 and timeoutSeconds 3',
    })
  }
  if (probe.exec && timeoutMs === 1_000) {
    spots.push({
      weakness: 'its liveness probe runs a command, and gives it one second',
      consequence: 'To start a process takes longer than that on a busy node: load restarts it',
      remedy: 'Set timeoutSeconds of the livenessProbe to 5 or more',
    })
  }
  const { readinessProbe } = container
  if (readinessProbe && asks(probe, container) === asks(readinessProbe, container)) {
    const readiness = resolveProbe(readinessProbe)
    // The documentation's own pattern: the same endpoint, and a liveness that waits for much longer.
    const isPatient = failures * periodMs >= 2 * readiness.failures * readiness.periodMs
    if (!isPatient) {
      spots.push({
        weakness: 'its liveness probe asks what its readiness probe asks',
        consequence: 'What should only take it out of its Services, as a slow dependency, restarts it too',
        remedy:
          'Let liveness ask the process alone, at a path of its own, or give it at least twice the failureThreshold',
      })
    }
  }
  const path = probe.httpGet?.path ?? ''
  if (dependency.test(path)) {
    spots.push({
      weakness: `its liveness probe asks ${path}, which looks like a check of something else`,
      consequence: 'When that is down, every replica is restarted again and again, and none is mended by it',
      remedy: 'Let liveness ask the process alone, and readiness what it depends on',
    })
  }
  const { restartPolicy = 'Always' } = pod
  if (restartPolicy === 'Never' || restartPolicy === 'OnFailure') {
    spots.push({
      weakness: `a liveness probe, and restartPolicy ${restartPolicy}`,
      consequence:
        restartPolicy === 'Never'
          ? 'A failed liveness probe ends the container, and nothing starts it again'
          : 'A failed liveness probe ends the container, and nothing starts it again where it exits with 0',
      remedy: 'Set restartPolicy to Always, or leave the probe out',
    })
  }
  return spots
}

/** Words of a path that name what an app depends on, each a word by itself. */
const dependency =
  /(?:db|redis|postgres|postgresql|mysql|mongo|kafka)(?![a-z])|(?<![a-z])(?:database|deep|deps?|dependenc(?:y|ies)|upstreams?|downstreams?)(?![a-z])/i

/** What a probe asks, as text: alike for two that ask the same, however they name the port and the path. */
function asks({ httpGet, tcpSocket, grpc, exec }: ProbeSpec, container: ContainerSpec): string {
  if (httpGet) {
    const { path = '/', scheme = 'HTTP', host = '', httpHeaders = [] } = httpGet
    const absolute = path.startsWith('/') ? path : `/${path}`
    const headers = httpHeaders.map(({ name, value }) => `${name.toLowerCase()}: ${value}`).sort()
    return JSON.stringify(['http', scheme, host, portOf(container, httpGet.port), absolute, headers])
  }
  if (tcpSocket) return JSON.stringify(['tcp', tcpSocket.host ?? '', portOf(container, tcpSocket.port)])
  if (grpc) return JSON.stringify(['grpc', grpc.port, grpc.service ?? ''])
  return JSON.stringify(['exec', exec?.command ?? []])
}
