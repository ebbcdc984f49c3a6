import { type Clock, realClock } from '../cluster/clock.ts'
import type { Kube, KubeObject } from '../cluster/kube.ts'
import { isAlreadyThere, isNotFound } from '../cluster/kube-error.ts'
import { keptLabel } from '../model/limits.ts'

/**
 * The lock of a live run on a cluster that other machines reach too.
 * https://kubernetes.io/docs/concepts/architecture/leases/#leader-election
 */
const leaseName = 'rolypoly'
const renewEveryMs = 20_000
const leaseSeconds = 90

export interface LeaseRef {
  apiVersion: string
  kind: string
  namespace: string
  name: string
}

export function leaseIn(namespace: string): LeaseRef {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name: leaseName }
}

export type LeaseObject = KubeObject & {
  spec?: { renewTime?: string | null; holderIdentity?: string; leaseDurationSeconds?: number }
}

export interface HeldLeases {
  /** Puts the Lease into a namespace, in place of one that a dead holder left, and renews it from then on. */
  hold(kube: Kube, namespace: string, labels?: Record<string, string>): Promise<void>
  /** Renews no more. */
  release(): Promise<void>
}

/** The Leases of one holder, each renewed every 20 s for as long as this process lives. */
export function holdLeases(holder: string, clock: Clock = realClock): HeldLeases {
  const stopping = new AbortController()
  const renewing: Promise<void>[] = []
  const renew = async (kube: Kube, ref: LeaseRef) => {
    while (!stopping.signal.aborted) {
      await clock.sleep(renewEveryMs, stopping.signal)
      try {
        await kube.patch(ref, { spec: { renewTime: microTime(clock.epoch()) } })
      } catch (error) {
        // It goes with its namespace. What else went wrong may be well again in 20 s, which leaves time enough.
        if (isNotFound(error)) return
      }
    }
  }
  return {
    async hold(kube, namespace, labels = {}) {
      const ref = leaseIn(namespace)
      const { apiVersion, kind } = ref
      const spec = {
        holderIdentity: holder,
        leaseDurationSeconds: leaseSeconds,
        renewTime: microTime(clock.epoch()),
      }
      try {
        await kube.create({ apiVersion, kind, metadata: { namespace, name: leaseName, labels }, spec })
      } catch (error) {
        if (!isAlreadyThere(error)) throw error
        await kube.patch(ref, { metadata: { labels }, spec })
      }
      renewing.push(renew(kube, ref).catch(() => undefined))
    },
    async release() {
      stopping.abort()
      await Promise.all(renewing)
    },
  }
}

/** Says that a Lease is nobody's, as leader election does: no holder, and no time. One that another has taken stays. */
export async function giveUp(kube: Kube, ref: LeaseRef, holder: string): Promise<void> {
  const lease = await kube.get<LeaseObject>(ref)
  if (lease?.spec?.holderIdentity !== holder) return
  const { resourceVersion } = lease.metadata ?? {}
  await kube.patch(ref, { metadata: { resourceVersion }, spec: { holderIdentity: '', renewTime: null } })
}

/** Kubernetes' MicroTime has six digits, no more and no fewer. */
function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z')
}

/** A Lease, as it is at one look. */
export interface SeenLease {
  /** When it was renewed last; absent where it is nobody's. */
  renewTime?: string
  version: string
  /** Whether what it is the Lease of outlives its runs. */
  isKept: boolean
}

export function seen({ metadata, spec }: LeaseObject): SeenLease {
  const { resourceVersion = '', labels = {} } = metadata ?? {}
  const { renewTime } = spec ?? {}
  return { version: resourceVersion, isKept: keptLabel in labels, ...(renewTime && { renewTime }) }
}

/** Who holds a Lease. */
export type Holder =
  | 'a live run'
  | 'a live run, on a machine whose clock differs'
  /** No live run, and what it is the Lease of outlives its runs. */
  | 'whoever kept it'
  | 'a dead run'
  | 'nobody known'
  /** The API server was asked, and does not answer. */
  | 'unknown'

/** A live run on a machine whose clock goes wrong still renews: so long is looked. */
const watchedMs = renewEveryMs + 5_000

/**
 * Who holds a Lease: a run is dead where it has run out, by this machine's clock, and is not renewed while it is looked at
 * for so long, 25 s unless given. Nobody is known to hold one that is not there at either look.
 *
 * @param look gives undefined where there is no Lease, and throws where nobody can tell.
 */
export async function holderOf(
  look: () => Promise<SeenLease | undefined>,
  clock: Clock = realClock,
  forMs = watchedMs,
): Promise<Holder> {
  const before = await look()
  if (!before) return 'nobody known'
  const { renewTime, isKept } = before
  // Given up: whoever takes it next writes the time.
  if (renewTime === undefined && isKept) return 'whoever kept it'
  const agoMs = clock.epoch() - (renewTime === undefined ? 0 : Date.parse(renewTime))
  if (agoMs <= leaseSeconds * 1_000) return 'a live run'
  await clock.sleep(forMs)
  const after = await look()
  if (!after) return 'nobody known'
  if (after.version !== before.version) return 'a live run, on a machine whose clock differs'
  return after.isKept ? 'whoever kept it' : 'a dead run'
}
