import type { Stack, Stacks } from '../network/stacks.ts'
import type { Random } from '../random.ts'
import type { ContainerOrder, Machine, Runtime, World } from '../world.ts'
import { ExecGates } from './exec-gates.ts'
import { PodVolumes } from './files.ts'
import { SimulatedProcess } from './process.ts'

interface Incarnations {
  newest: SimulatedProcess
  previous: SimulatedProcess | undefined
}

interface PodProcesses {
  stack: Stack
  volumes: PodVolumes
  containers: Map<string, Incarnations>
}

/** Until a small program listens, in milliseconds: with Node, from its process on. */
const bootMs = [60, 180] as const
/** To bring a command into a container, in milliseconds. */
const execMs = [20, 60] as const

/** Runs the behaviours of images as processes of containers, on machines that may freeze and be turned off. */
export class SimulatedRuntime implements Runtime {
  /** What fails commands on the nodes. */
  readonly gates = new ExecGates()
  private readonly world: World
  private readonly stacks: Stacks
  private readonly random: Random
  private readonly pods = new Map<string, PodProcesses>()
  private readonly ids = new Map<string, SimulatedProcess>()
  private readonly onMachines = new Map<Machine, Set<string>>()

  constructor(world: World, stacks: Stacks) {
    this.world = world
    this.stacks = stacks
    this.random = world.random.fork('runtime')
  }

  /** @throws Error for an image that nobody has: its order should never have come so far. */
  start(order: ContainerOrder): SimulatedProcess {
    const { machine, image, name } = order
    const behaviour = this.world.images.behaviourOf(image)
    if (!behaviour) throw new Error(`${image}: there is no such image to start`)
    const pod = this.podOf(order)
    const process = new SimulatedProcess({
      ...{ world: this.world, order, gates: this.gates },
      id: this.random.letters(64, '0123456789abcdef'),
      stack: pod.stack,
      files: pod.volumes.filesOf(order),
      bootMs: this.random.between(...bootMs),
      execMs: () => this.random.between(...execMs),
    })
    const before = pod.containers.get(name)
    if (before?.previous) this.ids.delete(before.previous.id)
    pod.containers.set(name, { newest: process, previous: before?.newest })
    this.ids.set(process.id, process)
    if (machine.state === 'paused') process.freeze()
    process.begin(behaviour)
    return process
  }

  newest(podUid: string, container: string): SimulatedProcess | undefined {
    return this.pods.get(podUid)?.containers.get(container)?.newest
  }

  previous(podUid: string, container: string): SimulatedProcess | undefined {
    return this.pods.get(podUid)?.containers.get(container)?.previous
  }

  byId(id: string): SimulatedProcess | undefined {
    return this.ids.get(id)
  }

  forget(podUid: string): void {
    const pod = this.pods.get(podUid)
    if (!pod) return
    for (const process of processesOf(pod)) {
      process.kill()
      this.ids.delete(process.id)
    }
    this.pods.delete(podUid)
    this.onMachines.get(pod.stack.machine)?.delete(podUid)
    this.closeIp(pod)
  }

  /** A pod that comes back after its machine was off has another IP. */
  private podOf({ pod: { metadata }, ip, machine }: ContainerOrder): PodProcesses {
    const uid = metadata?.uid ?? ''
    const stack = this.stacks.open(ip, machine)
    const known = this.pods.get(uid)
    if (known) {
      if (known.stack !== stack) this.closeIp(known)
      known.stack = stack
      return known
    }
    const pod = { stack, volumes: new PodVolumes(), containers: new Map<string, Incarnations>() }
    this.pods.set(uid, pod)
    this.onMachine(machine).add(uid)
    return pod
  }

  private closeIp({ stack }: PodProcesses): void {
    if (stack.ip !== stack.machine.ip) this.stacks.close(stack)
  }

  private onMachine(machine: Machine): Set<string> {
    const known = this.onMachines.get(machine)
    if (known) return known
    const uids = new Set<string>()
    this.onMachines.set(machine, uids)
    machine.onState((state) => {
      const pods = [...uids].flatMap((uid) => this.pods.get(uid) ?? [])
      if (state === 'stopped') this.gates.clear(machine.name)
      for (const pod of pods) {
        if (state === 'stopped') this.closeIp(pod)
        for (const process of processesOf(pod)) {
          if (state === 'stopped') process.lose()
          else if (state === 'paused') process.freeze()
          else process.thaw()
        }
      }
    })
    return uids
  }
}

function processesOf({ containers }: PodProcesses): SimulatedProcess[] {
  return [...containers.values()].flatMap(({ newest, previous }) =>
    previous ? [previous, newest] : [newest],
  )
}

/** The world's runtime, where it is this one: what knows more of it than kubelets do asks for it so. */
export function runtimeOf({ runtime }: World): SimulatedRuntime {
  if (runtime instanceof SimulatedRuntime) return runtime
  throw new Error('this needs the simulated runtime')
}
