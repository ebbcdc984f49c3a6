import { createHash } from 'node:crypto'
import type { KubeObject } from '../kube.ts'
import type { Store } from './store.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface Told {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  /** Who tells it, as `kubelet`, `replicaset-controller`. */
  component: string
  /** As `spec.containers{web}`. */
  fieldPath?: string
  /** The node of a kubelet. */
  host?: string
}

type EventObject = KubeObject & { count?: number; lastTimestamp?: string; [field: string]: unknown }

/** How long an Event is kept, in milliseconds: the API server's `--event-ttl`. */
const keptMs = 3_600_000

/**
 * Writes Events; the same one told again counts up. A namespace that goes, or is gone, takes none: kubernetes/staging/
 * src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go
 */
export class EventLog {
  private readonly store: Store
  private readonly clock: VirtualClock
  private readonly closed = new Set<string>()

  constructor(store: Store, clock: VirtualClock) {
    this.store = store
    this.clock = clock
    store.on('Namespace', ({ type, object }) => {
      const { name = '', deletionTimestamp } = object.metadata ?? {}
      if (type === 'DELETED' || deletionTimestamp !== undefined) this.closed.add(name)
      else this.closed.delete(name)
    })
  }

  tell(object: KubeObject, told: Told): void {
    const { type, reason, message, component, fieldPath, host } = told
    const { name = '', namespace = 'default', uid = '', resourceVersion = '' } = object.metadata ?? {}
    if (this.closed.has(namespace)) return
    const same = [uid, type, reason, message, component, fieldPath].join('\n')
    const eventName = `${name}.${createHash('sha256').update(same).digest('hex').slice(0, 16)}`
    const now = this.store.timestamp()
    const known = this.store.get('Event', eventName, namespace) as EventObject | undefined
    if (known) {
      this.store.update('Event', { ...known, count: (known.count ?? 1) + 1, lastTimestamp: now })
      return
    }
    const { apiVersion = '', kind = '' } = object
    this.store.create('Event', {
      metadata: { name: eventName, namespace },
      involvedObject: {
        apiVersion,
        kind,
        name,
        namespace,
        ...(uid && { uid }),
        ...(resourceVersion && { resourceVersion }),
        ...(fieldPath && { fieldPath }),
      },
      ...{ type, reason, message, count: 1, firstTimestamp: now, lastTimestamp: now },
      source: { component, ...(host && { host }) },
      reportingComponent: component,
      reportingInstance: host ?? '',
    })
    this.clock.after(keptMs, () => this.store.remove('Event', eventName, namespace))
  }
}
