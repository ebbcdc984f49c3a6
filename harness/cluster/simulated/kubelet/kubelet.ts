import type { NodeState } from '../../cluster.ts'
import type { Random } from '../random.ts'
import type { Kubelet, Machine, World } from '../world.ts'
import { Containerd } from './containerd.ts'
import { KubeletRun } from './kubelet-run.ts'
import { onPodsOf } from './pods-of-node.ts'

/** From the start of a stopped kubelet to its first sync. Estimated, after what kind showed: 1 to 2 s. */
const startsMs = [500, 2_000] as const
/** From a machine's start to its kubelet's. After what kind showed: Ready 1.0 to 1.5 s after the start was asked for. */
const bootsMs = [700, 3_000] as const

/** Starts the kubelet of a machine: it registers its Node at once, and runs the pods that are bound to it. */
export function startKubelet(world: World, machine: Machine): Kubelet {
  return new NodeKubelet(world, machine)
}

class NodeKubelet implements Kubelet {
  readonly machine: Machine
  unit: 'active' | 'inactive' = 'active'
  private readonly world: World
  private readonly random: Random
  private readonly containerd: Containerd
  private run: KubeletRun | undefined
  private wasState: NodeState
  /** Counts what is to start: an older start that has not come to it yet is void. */
  private starts = 0

  constructor(world: World, machine: Machine) {
    this.world = world
    this.machine = machine
    this.wasState = machine.state
    this.random = world.random.fork(`kubelet ${machine.name}`)
    this.containerd = new Containerd(world, machine, this.random)
    machine.onState((state) => this.changed(state))
    onPodsOf(world.store, machine.name, (pod, before, type) => this.run?.heard(pod, before, type))
    if (machine.state === 'running') this.begin()
  }

  stop(): void {
    this.unit = 'inactive'
    this.end()
  }

  start(): void {
    if (this.unit === 'active') return
    this.unit = 'active'
    this.beginAfter(startsMs)
  }

  private changed(state: NodeState): void {
    const was = this.wasState
    this.wasState = state
    if (state === 'stopped') {
      this.end()
      this.containerd.cutPower()
    } else if (was === 'stopped') {
      // systemd starts it, whoever stopped it before.
      this.unit = 'active'
      this.beginAfter(bootsMs)
    } else if (state === 'paused') this.run?.time.freeze()
    else this.run?.time.thaw()
  }

  private beginAfter(range: readonly [number, number]): void {
    const mine = ++this.starts
    this.world.clock.after(this.random.between(...range), () => {
      if (mine !== this.starts) return
      this.begin()
      if (this.machine.state === 'paused') this.run?.time.freeze()
    })
  }

  private begin(): void {
    this.containerd.boot()
    this.run = new KubeletRun(this.world, this.machine, this.containerd, this.random)
    this.run.start()
  }

  private end(): void {
    this.starts++
    this.run?.time.end()
    this.run = undefined
    this.containerd.onChange = () => undefined
  }
}
