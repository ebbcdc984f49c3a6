import { randomBytes } from 'node:crypto'
import { EnvironmentError } from '../../model/errors.ts'
import type { ImageSupply } from '../../model/image.ts'
import { realClock } from '../clock.ts'
import type { Capability, Cluster, NodeControl } from '../cluster.ts'
import type { Kube } from '../kube.ts'
import { kubeOf } from '../kube-client.ts'
import { type Fence, fenced } from './fence.ts'
import { readContext } from './kubeconfig.ts'

/** How a cluster that the run did not make is reached, and what may be done to it. */
export interface ExistingAccess extends Omit<Fence, 'onMade'> {
  context: string
  kubeconfig?: string
  /** Images that charts build have been brought there by the user. */
  imagesPresent: boolean
}

/** What the API alone can do. Privileged pods reach the nodes' network, where the user allows them. */
export function existingCapabilities({
  allowPrivileged,
}: Pick<Fence, 'allowPrivileged'>): ReadonlySet<Capability> {
  const always: Capability[] = ['controller.cronjob', 'pod.resources']
  return new Set([...always, ...(allowPrivileged ? (['probe.intercept'] as const) : [])])
}

/** A cluster that somebody else made, by a context of a kubeconfig. Sends nothing yet; disposing of it leaves it as it is. */
export function connectExisting(
  access: ExistingAccess,
  onMade?: (kube: Kube, namespace: string) => Promise<void>,
): Cluster {
  const open = kubeOf(readContext(access, process.env))
  const fence = { ...access, ...(onMade && { onMade: (namespace: string) => onMade(open, namespace) }) }
  return {
    provider: 'existing',
    name: access.context,
    kube: fenced(open, fence),
    clock: realClock,
    capabilities: existingCapabilities(access),
    nodes: noWayIn(access.context),
    provideImages: async (supply) => refuseBuilt(access, supply),
    newSuffix: () => randomBytes(3).toString('hex'),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** A name like `my-app:dev` means another image to another cluster: the user says that it is the right one. */
export function refuseBuilt({ context, imagesPresent }: ExistingAccess, { built }: ImageSupply): void {
  const [image] = built
  if (image === undefined || imagesPresent) return
  throw new EnvironmentError(
    `Image ${image.name}: is built on this machine, and nothing is loaded into ${context}, which the run did not make`,
    {
      remedy:
        'Bring it there under that name, as by your registry or by `kind load docker-image`, and say --images-present; or let the chart name an image that the cluster can pull.',
    },
  )
}

function noWayIn(context: string): NodeControl {
  const refuse = async (): Promise<never> => {
    throw new EnvironmentError(`Cluster ${context}: its nodes are reached by nothing but the API`)
  }
  return {
    ...{ state: refuse, stop: refuse, start: refuse, pause: refuse, unpause: refuse, kubelet: refuse },
    ...{ exec: refuse, follow: refuse, followPauses: refuse },
  }
}
