import { graceMs, preStopMs } from '../spec.ts'
import {
  type ContainerSpec,
  names,
  type PodSpec,
  probeKinds,
  type ServiceSpec,
  servicesOf,
  type WeakSpot,
  type WorkloadSpec,
} from './spec.ts'

/** An app needs about so long to end what it is at. */
const leastForTheAppMs = 2_000

/** How pods of this template end. */
export function stoppingSpots(workload: WorkloadSpec, services: ServiceSpec[]): WeakSpot[] {
  const { subject, pod } = workload
  if (graceMs(pod) === 0) {
    return [
      {
        subject,
        weakness: 'terminationGracePeriodSeconds is 0',
        consequence: 'A deleted pod is killed at once: no preStop, no time for what is in flight',
        remedy: 'Leave it out for 30 s, or give the app as long as it takes to stop',
      },
    ]
  }
  return pod.containers.flatMap((container) => {
    const own = `${subject}/${container.name}`
    return [...hookSpots(own, container, pod), ...unhookedSpots(own, container, workload, services)]
  })
}

/** A hook that leaves too little of the grace period, whichever of the pod's and its probes' own is shorter. */
function hookSpots(subject: string, container: ContainerSpec, pod: PodSpec): WeakSpot[] {
  const hookMs = preStopMs(container) ?? 0
  if (hookMs === 0) return []
  const graces = [
    { of: 'the grace period', ms: graceMs(pod) },
    ...probeKinds.flatMap((kind) => {
      const probe = container[`${kind}Probe`]
      if (probe?.terminationGracePeriodSeconds === undefined) return []
      return [{ of: `the ${kind} probe's own grace period`, ms: graceMs(pod, probe) }]
    }),
  ]
  const seconds = (ms: number) => `${ms / 1_000} s`
  return graces.flatMap(({ of, ms }) => {
    if (hookMs > ms) {
      return {
        subject,
        weakness: `preStop ${seconds(hookMs)} exceeds ${of} of ${seconds(ms)}: expect 137`,
        consequence: 'The hook is cut off, the app gets SIGTERM with 2 s left, and then SIGKILL',
        remedy: `Make the grace period longer than preStop and the app's own stop take together`,
      }
    }
    if (hookMs <= ms - leastForTheAppMs) return []
    return {
      subject,
      weakness: `preStop ${seconds(hookMs)} leaves ${seconds(ms - hookMs)} of ${of} of ${seconds(ms)}: expect 137`,
      consequence: 'The app is killed before it has ended what is in flight',
      remedy: `Make the grace period longer than preStop and the app's own stop take together`,
    }
  })
}

function unhookedSpots(
  subject: string,
  container: ContainerSpec,
  workload: WorkloadSpec,
  all: ServiceSpec[],
): WeakSpot[] {
  const services = servicesOf(container, workload, all)
  if (container.lifecycle?.preStop || services.length === 0) return []
  return [
    {
      subject,
      weakness: `no preStop hook, and ${names(services)} sends to it`,
      consequence:
        'Nodes go on sending new connections to it for a moment after SIGTERM: an app that stops listening at once refuses them',
      remedy: 'Give it a preStop sleep of a few seconds, or an app that goes on accepting for as long',
    },
  ]
}
