import type { KubeObject, ServiceObject } from '../../kube.ts'
import type { Random } from '../random.ts'
import type { Change, ObjectOf } from '../store.ts'
import type { Machine, World } from '../world.ts'

/** Where a Service sends a connection. */
export interface Backend {
  ip: string
  port: number
}

type Slice = ObjectOf<'EndpointSlice'>
/** The slices of a Service, by their names. */
type Slices = ReadonlyMap<string, Slice>

/** How late a node's kube-proxy has put a change in place, in milliseconds. */
const followsMs = [50, 600] as const
const noSlices: Slices = new Map()

/** What a node's kube-proxy has in place: it follows the EndpointSlices, each change a little later, in their order. */
class NodeView {
  readonly slices = new Map<string, Slices>()
  readonly backends = new Map<string, Backend[]>()
  lastMs = 0
}

/** The Services' IPs, and where each node sends connections to them. */
export class Services {
  private readonly world: World
  private readonly random: Random
  private readonly byIp = new Map<string, ServiceObject>()
  private readonly slices = new Map<string, Slices>()
  private readonly views = new Map<Machine, NodeView>()

  constructor(world: World) {
    this.world = world
    this.random = world.random.fork('kube-proxy')
    const { store } = world
    for (const service of store.list('Service')) this.serviceIs(service)
    for (const slice of store.list('EndpointSlice')) this.sliceIs(slice, 'ADDED')
    store.on('Service', ({ type, object, before }) => {
      const ip = (before as ServiceObject | undefined)?.spec?.clusterIP
      if (ip) this.byIp.delete(ip)
      if (type !== 'DELETED') this.serviceIs(object)
    })
    store.on('EndpointSlice', ({ type, object }) => this.sliceIs(object as Slice, type))
  }

  has(ip: string): boolean {
    return this.byIp.has(ip)
  }

  /** Where this node sends a new connection; undefined where it refuses it. */
  choose(machine: Machine, ip: string, port: number): Backend | undefined {
    const service = this.byIp.get(ip)
    const asked = service?.spec?.ports?.find((one) => one.port === port)
    return service && asked && this.random.pick(this.backendsOf(machine, service, asked.name ?? ''))
  }

  private backendsOf(machine: Machine, service: ServiceObject, portName: string): Backend[] {
    const view = this.viewOf(machine)
    const key = keyOf(service)
    const known = view.backends.get(`${key}:${portName}`)
    if (known) return known
    const slices = view.slices.get(key) ?? this.slices.get(key) ?? noSlices
    view.slices.set(key, slices)
    const backends = backendsIn(slices, portName)
    view.backends.set(`${key}:${portName}`, backends)
    return backends
  }

  private viewOf(machine: Machine): NodeView {
    const known = this.views.get(machine)
    if (known) return known
    const view = new NodeView()
    this.views.set(machine, view)
    // What it missed meanwhile.
    const catchUp = () => {
      for (const key of view.slices.keys()) this.follow(machine, view, key, this.slices.get(key) ?? noSlices)
    }
    machine.onState((state) => state === 'running' && catchUp())
    machine.link.onMended(catchUp)
    return view
  }

  private serviceIs(object: KubeObject): void {
    const service = object as ServiceObject
    const ip = service.spec?.clusterIP
    if (ip && ip !== 'None') this.byIp.set(ip, service)
  }

  private sliceIs(slice: Slice, type: Change['type']): void {
    const { name = '', namespace, labels } = slice.metadata ?? {}
    const key = `${namespace}/${labels?.['kubernetes.io/service-name']}`
    const slices = new Map(this.slices.get(key))
    if (type === 'DELETED') slices.delete(name)
    else slices.set(name, slice)
    if (slices.size > 0) this.slices.set(key, slices)
    else this.slices.delete(key)
    for (const [machine, view] of this.views) {
      if (view.slices.has(key)) this.follow(machine, view, key, slices)
    }
  }

  private follow(machine: Machine, view: NodeView, key: string, slices: Slices): void {
    const { clock } = this.world
    view.lastMs = Math.max(view.lastMs, clock.now() + this.random.between(...followsMs))
    clock.at(view.lastMs, () => {
      if (machine.state !== 'running' || machine.link.isCut) return
      // A Service without any is known again once it is asked.
      if (slices.size > 0) view.slices.set(key, slices)
      else view.slices.delete(key)
      for (const name of view.backends.keys()) if (name.startsWith(`${key}:`)) view.backends.delete(name)
    })
  }
}

/**
 * Ready endpoints; where there are none, those that still serve while they stop
 * (kubernetes/pkg/proxy/topology.go: CategorizeEndpoints).
 */
function backendsIn(slices: Slices, portName: string): Backend[] {
  const ready: Backend[] = []
  const serving: Backend[] = []
  for (const { ports, endpoints } of slices.values()) {
    const port = ports?.find(({ name }) => (name ?? '') === portName)?.port
    if (port === undefined) continue
    for (const { addresses, conditions } of endpoints ?? []) {
      const [ip = ''] = addresses
      if (conditions?.ready ?? true) ready.push({ ip, port })
      else if (conditions?.serving && conditions.terminating) serving.push({ ip, port })
    }
  }
  return ready.length > 0 ? ready : serving
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata?.namespace}/${metadata?.name}`
}
