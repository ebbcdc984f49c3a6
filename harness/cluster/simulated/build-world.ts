import { type ResolvedTiming, resolveTiming, timingOfVersion } from '../../model/cluster-timing.ts'
import { startNamespaces } from './api/namespaces.ts'
import { startControllers } from './controllers/index.ts'
import { EventLog } from './event-log.ts'
import { SimulatedImages } from './images/images.ts'
import { startKubelet } from './kubelet/kubelet.ts'
import { SimulatedMachine } from './machine.ts'
import { SimulatedNetwork } from './network/network.ts'
import { Stacks } from './network/stacks.ts'
import { Random } from './random.ts'
import { SimulatedRuntime } from './runtime/runtime.ts'
import { Store } from './store.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { Kubelet, Machine, World } from './world.ts'

/** Of the Kubernetes that is modelled. */
export const modelledVersion = 'v1.34.4'

export interface WorldOptions {
  /** Begins the names of its machines. */
  name: string
  /** Machines, the control plane's among them. */
  nodes: number
  /** The same seed gives the same world, event by event. */
  seed: string
}

/** The parts of a world that its provider has to reach into. */
export interface BuiltWorld extends World {
  readonly images: SimulatedImages
}

/** A world in which every machine has just been turned on, and nothing has been deployed. */
export function buildWorld(options: WorldOptions): BuiltWorld {
  return new SimulatedWorld(options)
}

class SimulatedWorld implements BuiltWorld {
  readonly clock = new VirtualClock()
  readonly random: Random
  readonly timing: ResolvedTiming = resolveTiming(timingOfVersion(modelledVersion))
  readonly store: Store
  readonly events: EventLog
  readonly images = new SimulatedImages()
  readonly machines: ReadonlyMap<string, Machine>
  readonly runtime: SimulatedRuntime
  readonly network: SimulatedNetwork
  readonly kubelets: ReadonlyMap<string, Kubelet>

  constructor({ name, nodes, seed }: WorldOptions) {
    this.random = new Random(seed)
    this.store = new Store(this.clock, this.random.fork('store'))
    this.events = new EventLog(this.store, this.clock)
    const machines = Array.from({ length: nodes }, (_, n) => new SimulatedMachine(name, n))
    this.machines = new Map(machines.map((machine) => [machine.name, machine]))
    const stacks = new Stacks()
    this.runtime = new SimulatedRuntime(this, stacks)
    this.network = new SimulatedNetwork(this, stacks)
    startNamespaces(this)
    startControllers(this)
    this.kubelets = new Map(machines.map((machine) => [machine.name, startKubelet(this, machine)]))
  }
}
