import type { Behaviour } from '../../../model/behaviour.ts'
import { resolveTiming } from '../../../model/cluster-timing.ts'
import type { NodeState } from '../../cluster.ts'
import { ApiLink } from '../api-link.ts'
import { EventLog } from '../event-log.ts'
import { SimulatedImages } from '../images/images.ts'
import { Random } from '../random.ts'
import { SimulatedRuntime } from '../runtime/runtime.ts'
import { Store } from '../store.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { BehaviourInside, ContainerOrder, JournalLine, Machine, World } from '../world.ts'
import { SimulatedNetwork } from './network.ts'
import { Stacks } from './stacks.ts'

export class FakeMachine implements Machine {
  readonly name: string
  readonly role = 'worker'
  readonly ip: string
  readonly podPrefix: string
  readonly journal: JournalLine[] = []
  readonly link = new ApiLink()
  state: NodeState = 'running'
  private readonly listeners: ((state: NodeState) => void)[] = []

  constructor(name: string, number: number) {
    this.name = name
    this.ip = `172.18.0.${number}`
    this.podPrefix = `10.244.${number}`
  }

  onState(listener: (state: NodeState) => void): void {
    this.listeners.push(listener)
  }

  set(state: NodeState): void {
    this.state = state
    for (const listener of this.listeners) listener(state)
  }
}

export interface EndpointParts {
  ip: string
  ready?: boolean
  serving?: boolean
  terminating?: boolean
}

/** Two machines with a runtime and a network, and no kubelet: what a test does not start is not there. */
export function testWorld(seed = 1) {
  const clock = new VirtualClock()
  const random = new Random(seed)
  const store = new Store(clock, random.fork('store'))
  const machines = [new FakeMachine('n1', 1), new FakeMachine('n2', 2)] as const
  const images = new SimulatedImages()
  const parts = { clock, random, store, images, timing: resolveTiming(), events: new EventLog(store, clock) }
  const world = {
    ...{ ...parts, kubelets: new Map() },
    machines: new Map(machines.map((machine) => [machine.name, machine])),
  } as unknown as World
  const stacks = new Stacks()
  const runtime = new SimulatedRuntime(world, stacks)
  const network = new SimulatedNetwork(world, stacks)
  Object.assign(world, { runtime, network })

  let pods = 0
  /** Starts a container of a pod of its own, which listens a second later at the latest. */
  const start = (behaviour: BehaviourInside, parts: Partial<ContainerOrder> & { uid?: string } = {}) => {
    const { uid = `pod-${++pods}`, machine = machines[0], ...rest } = parts
    const image = `image-${pods}`
    images.add(image, behaviour as Behaviour)
    const process = runtime.start({
      ...{ machine, name: 'app', image, ip: `${machine.podPrefix}.${++pods}`, env: {} },
      ...{ command: undefined, args: undefined },
      pod: { metadata: { name: uid, uid, namespace: 'shop' } },
      ...rest,
    })
    clock.advance(1_000)
    return process
  }

  const name = { name: 'web', namespace: 'shop' }
  /** The Service `shop/web` at 10.96.0.1:80, whose endpoints listen on 8080. */
  const service = () =>
    store.create('Service', {
      metadata: name,
      spec: { clusterIP: '10.96.0.1', ports: [{ port: 80, targetPort: 8080 }] },
    } as never)
  const endpoints = (...of: EndpointParts[]) => {
    const known = store.get('EndpointSlice', 'web-abcde', 'shop')
    const slice = {
      ...known,
      metadata: {
        ...(known?.metadata ?? { name: 'web-abcde', namespace: 'shop' }),
        labels: { 'kubernetes.io/service-name': 'web' },
      },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080 }],
      endpoints: of.map(({ ip, ready = true, serving = ready, terminating = false }) => ({
        ...{ addresses: [ip], conditions: { ready, serving, terminating } },
      })),
    } as never
    if (known) store.update('EndpointSlice', slice)
    else store.create('EndpointSlice', slice)
  }
  return { clock, store, world, runtime, network, machines, images, start, service, endpoints }
}
