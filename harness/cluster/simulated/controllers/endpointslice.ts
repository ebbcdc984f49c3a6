import type { EndpointSliceObject, PodObject, ServiceObject } from '../../kube.ts'
import { isSame } from '../store.ts'
import { WorkQueue } from '../work-queue.ts'
import type { World } from '../world.ts'
import { type Endpoint, type EndpointPort, endpointOf, isEndpoint, portsOf } from './endpoints-of.ts'
import { keyOf, splitKey } from './keys.ts'
import { hasLabels, type Labels } from './labels.ts'
import { ObjectIndex } from './object-index.ts'
import { isReady } from './pod-state.ts'
import { place } from './slices.ts'

const component = 'endpoint-slice-controller'
const managedBy = 'endpointslice-controller.k8s.io'
const serviceLabel = 'kubernetes.io/service-name'
/** k8s.io/apimachinery/pkg/util/rand. */
const letters = 'bcdfghjklmnpqrstvwxz2456789'
/** kubernetes/pkg/controller/endpointslice/endpointslice_controller.go: defaultSyncBackOff, maxSyncBackOff, maxRetries. */
const firstRetryMs = 1_000
const longestRetryMs = 1_000_000
const mostRetries = 15
/** How long the controller's cache takes to tell of a slice that it wrote itself. */
const cacheLagMs = [2, 20] as const

/** Endpoints whose pods have the same ports. */
interface Group {
  ports: EndpointPort[]
  endpoints: Endpoint[]
}

/** All of them, by their pods' UIDs. */
interface AllOfPorts {
  ports: EndpointPort[]
  endpoints: Map<string, Endpoint>
}

/**
 * Keeps the EndpointSlices of each Service with a selector: of a hundred endpoints each, those apart whose pods' named
 * ports differ. kubernetes/staging/src/k8s.io/endpointslice/reconciler.go.
 */
export function startEndpointSlices(world: World): void {
  new EndpointSliceController(world).start()
}

class EndpointSliceController {
  private readonly world: World
  private readonly random: World['random']
  private readonly queue: WorkQueue
  private readonly services: ObjectIndex<'Service'>
  private readonly pods: ObjectIndex<'Pod'>
  private readonly slices: ObjectIndex<'EndpointSlice'>
  private readonly failures = new Map<string, number>()
  /** From when on the cache tells of what was last written, by the Service's key. */
  private readonly cachedMs = new Map<string, number>()

  constructor(world: World) {
    this.world = world
    this.random = world.random.fork('endpointslice')
    const { store, clock } = world
    const work = (key: string) => this.sync(key)
    this.queue = new WorkQueue({ clock, random: this.random, latencyMs: [5, 25], work })
    this.services = new ObjectIndex(store, 'Service', ({ metadata }) => [metadata?.namespace ?? ''])
    this.pods = new ObjectIndex(store, 'Pod', ({ metadata }) => [metadata?.namespace ?? ''])
    this.slices = new ObjectIndex(store, 'EndpointSlice', ({ metadata }) => [
      `${metadata?.namespace}/${metadata?.labels?.[serviceLabel]}`,
    ])
  }

  start(): void {
    const { store } = this.world
    for (const service of store.list('Service')) this.queue.add(keyOf(service))
    store.on('Service', ({ type, object }) => {
      if (type === 'DELETED') {
        this.failures.delete(keyOf(object))
        this.cachedMs.delete(keyOf(object))
      } else this.queue.add(keyOf(object))
    })
    store.on('EndpointSlice', ({ type, object }) => {
      const service = object.metadata?.labels?.[serviceLabel]
      if (type === 'DELETED' && service) this.queue.add(`${object.metadata?.namespace}/${service}`)
    })
    store.on('Pod', ({ type, object, before }) => {
      const [pod, old] = [object as PodObject, before as PodObject | undefined]
      if (type === 'MODIFIED' && old && !concernsEndpoints(old, pod)) return
      for (const service of this.services.of(pod.metadata?.namespace ?? '')) {
        const selector = selectorOf(service)
        if (!selector) continue
        const { labels } = pod.metadata ?? {}
        if (hasLabels(labels, selector) || (old && hasLabels(old.metadata?.labels, selector))) {
          this.queue.add(keyOf(service))
        }
      }
    })
  }

  private sync(key: string): void {
    const [namespace, name] = splitKey(key)
    const service = this.world.store.get('Service', name, namespace)
    const selector = service && selectorOf(service)
    if (!service || !selector || service.metadata?.deletionTimestamp) return void this.failures.delete(key)
    // kubernetes/pkg/controller/endpointslice/endpointslice_controller.go: StaleSlices.
    if ((this.cachedMs.get(key) ?? 0) > this.world.clock.now()) return this.tryAgain(key)
    const groups = new Map<string, AllOfPorts>()
    const skipped: string[] = []
    for (const pod of this.pods.of(namespace)) {
      if (!isEndpoint(pod) || !hasLabels(pod.metadata?.labels, selector)) continue
      if (!this.isOnNode(pod) && !service.spec?.publishNotReadyAddresses) {
        const { name: podName } = pod.metadata ?? {}
        skipped.push(`skipping Pod ${podName} for Service ${key}: Node ${pod.spec?.nodeName} Not Found`)
        continue
      }
      const ports = portsOf(pod, service)
      const group = groups.get(JSON.stringify(ports)) ?? { ports, endpoints: new Map() }
      groups.set(JSON.stringify(ports), group)
      group.endpoints.set(pod.metadata?.uid ?? '', endpointOf(pod, service))
    }
    this.write(service, groups)
    this.retry(key, service, skipped)
  }

  private isOnNode(pod: PodObject): boolean {
    return this.world.store.get('Node', pod.spec?.nodeName ?? '') !== undefined
  }

  /** Slices that nobody has use for any more take other endpoints before they go, and the last one stays. */
  private write(service: ServiceObject, groups: ReadonlyMap<string, AllOfPorts>): void {
    const { store } = this.world
    const unused: EndpointSliceObject[] = []
    const made: Group[] = []
    const slices = this.slices.of(keyOf(service))
    const byPorts = Map.groupBy(slices, ({ ports }) => JSON.stringify(ports ?? []))
    for (const [ports, alike] of byPorts) if (!groups.has(ports)) unused.push(...alike)
    for (const [key, { ports, endpoints }] of groups) {
      const placed = place(byPorts.get(key) ?? [], endpoints)
      for (const [slice, all] of placed.kept) {
        if (all.length > 0) this.update(service, slice, { ports, endpoints: all })
        else unused.push(slice)
      }
      for (const all of placed.made) made.push({ ports, endpoints: all })
    }
    const isEmpty = made.length === 0 && slices.length === unused.length
    for (const group of isEmpty ? [{ ports: [], endpoints: [] }] : made) {
      const slice = unused.shift()
      if (slice) this.update(service, slice, group)
      else this.create(service, group)
    }
    for (const { metadata } of unused) {
      store.remove('EndpointSlice', metadata?.name ?? '', metadata?.namespace)
      this.wrote(service)
    }
  }

  private update(service: ServiceObject, slice: EndpointSliceObject, { ports, endpoints }: Group): void {
    const labels = labelsOf(service)
    if (isSame(slice.endpoints ?? [], endpoints) && isSame(slice.metadata?.labels, labels)) return
    const metadata = { ...slice.metadata, labels }
    this.world.store.update('EndpointSlice', { ...slice, metadata, endpoints, ports })
    this.wrote(service)
  }

  private create(service: ServiceObject, { ports, endpoints }: Group): void {
    const { name = '', namespace = '', uid = '' } = service.metadata ?? {}
    const owner = { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }
    this.world.store.create('EndpointSlice', {
      metadata: {
        name: `${name}-${this.random.letters(5, letters)}`,
        generateName: `${name}-`,
        namespace,
        labels: labelsOf(service),
        ownerReferences: [owner],
      },
      addressType: 'IPv4',
      endpoints,
      ports,
    })
    this.wrote(service)
  }

  private wrote(service: ServiceObject): void {
    this.cachedMs.set(keyOf(service), this.world.clock.now() + this.random.between(...cacheLagMs))
  }

  private retry(key: string, service: ServiceObject, skipped: string[]): void {
    if (skipped.length === 0) return void this.failures.delete(key)
    const what = skipped.length === 1 ? skipped[0] : `[${skipped.join(', ')}]`
    this.world.events.tell(service, {
      type: 'Warning',
      reason: 'FailedToUpdateEndpointSlices',
      message: `Error updating Endpoint Slices for Service ${key}: ${what}`,
      component,
    })
    this.tryAgain(key)
  }

  private tryAgain(key: string): void {
    const times = this.failures.get(key) ?? 0
    if (times >= mostRetries) return void this.failures.delete(key)
    this.failures.set(key, times + 1)
    this.queue.addAfter(key, Math.min(firstRetryMs * 2 ** times, longestRetryMs))
  }
}

function selectorOf({ spec }: ServiceObject): Labels | undefined {
  return spec?.selector && Object.keys(spec.selector).length > 0 ? spec.selector : undefined
}

function labelsOf({ metadata, spec }: ServiceObject): Record<string, string> {
  return {
    ...metadata?.labels,
    'endpointslice.kubernetes.io/managed-by': managedBy,
    [serviceLabel]: metadata?.name ?? '',
    ...(spec?.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
  }
}

/** kubernetes/staging/src/k8s.io/endpointslice/util/controller_utils.go: podEndpointsChanged. */
function concernsEndpoints(old: PodObject, pod: PodObject): boolean {
  return (
    old.metadata?.deletionTimestamp !== pod.metadata?.deletionTimestamp ||
    old.status?.podIP !== pod.status?.podIP ||
    old.status?.phase !== pod.status?.phase ||
    old.spec?.nodeName !== pod.spec?.nodeName ||
    isReady(old) !== isReady(pod) ||
    !isSame(old.metadata?.labels, pod.metadata?.labels)
  )
}
