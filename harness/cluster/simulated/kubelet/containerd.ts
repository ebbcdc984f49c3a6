import type { PodObject } from '../../kube.ts'
import type { Random } from '../random.ts'
import type { Exit, Images, Machine, Process, World } from '../world.ts'
import { Journal } from './journal.ts'
import type { Time } from './node-time.ts'
import { type ContainerSpec, envOf } from './spec.ts'
import { IdleProcess, isSystemImage } from './system-pod.ts'

export interface ContainerExit {
  exitCode: number
  reason: 'Completed' | 'Error' | 'Unknown'
  finishedMs: number
}

/** One incarnation of a container, as the node's runtime has it. */
export interface Incarnation {
  readonly name: string
  readonly process: Process
  /** Counts from 0: the container's restarts. */
  readonly attempt: number
  /** The sandbox that it is in. */
  readonly sandbox: number
  exit: ContainerExit | undefined
  /** What the kubelet knows of it since its last relist. */
  seen: 'nothing' | 'running' | 'exited'
}

/** The images' own stop signal, where they know it: `SIGTERM` otherwise. */
type StopSignals = Images & { stopSignalOf?(image: string): string | undefined }

/** One pod on a node: its sandbox and its containers, the newest incarnation of each first. */
export class PodRecord {
  readonly uid: string
  ip: string | undefined
  /** Counts the sandboxes made so far. */
  sandboxes = 0
  hasSandbox = false
  /** As of the last relist. */
  sawSandbox = false
  private readonly incarnations = new Map<string, Incarnation[]>()

  constructor(uid: string) {
    this.uid = uid
  }

  /** Newest first: no more than two are kept. */
  of(name: string): readonly Incarnation[] {
    return this.incarnations.get(name) ?? []
  }

  add(incarnation: Incarnation): void {
    const { name } = incarnation
    this.incarnations.set(name, [incarnation, ...this.of(name)].slice(0, 2))
  }

  all(): Incarnation[] {
    return [...this.incarnations.values()].flat()
  }

  running(): Incarnation[] {
    return this.all().filter(({ exit }) => !exit)
  }

  /** The kubelet looks: true where it sees what it did not know. */
  look(): boolean {
    let isNews = this.sawSandbox !== this.hasSandbox
    this.sawSandbox = this.hasSandbox
    for (const list of this.incarnations.values()) {
      for (const incarnation of list) {
        const now = incarnation.exit ? 'exited' : 'running'
        if (incarnation.seen !== now) isNews = true
        incarnation.seen = now
      }
    }
    return isNews
  }
}

/** From a process' end to the runtime's word of it. */
const endsMs = [10, 80] as const

/** A node's container runtime: it outlives its kubelet, and knows nothing of what ran before the machine went off. */
export class Containerd {
  private readonly world: World
  private readonly machine: Machine
  private readonly random: Random
  private readonly journal: Journal
  private readonly records = new Map<string, PodRecord>()
  private readonly usedIps = new Set<string>()
  private readonly stopped = new Set<string>()
  private lastIp = 1
  /** The machine was off, and nobody has looked since. */
  private wasCut = false
  /** Called with the UID of a pod of which a container or the sandbox has changed. */
  onChange: (podUid: string) => void = () => undefined

  constructor(world: World, machine: Machine, random: Random) {
    this.world = world
    this.machine = machine
    this.random = random
    this.journal = new Journal(machine)
  }

  get pods(): readonly PodRecord[] {
    return [...this.records.values()]
  }

  podOf(uid: string): PodRecord {
    const known = this.records.get(uid)
    if (known) return known
    const made = new PodRecord(uid)
    this.records.set(uid, made)
    return made
  }

  /** Makes a sandbox, with an IP of its own unless it has its host's. */
  addSandbox(record: PodRecord, hostNetwork: boolean): void {
    record.sandboxes++
    record.hasSandbox = true
    record.ip = hostNetwork ? this.machine.ip : this.nextIp()
    this.onChange(record.uid)
  }

  removeSandbox(record: PodRecord): void {
    if (!record.hasSandbox) return
    record.hasSandbox = false
    this.usedIps.delete(record.ip ?? '')
    record.ip = undefined
    this.onChange(record.uid)
  }

  start(record: PodRecord, pod: PodObject, spec: ContainerSpec): Incarnation {
    const { world, machine } = this
    const ip = record.ip ?? machine.ip
    const order = {
      ...{ machine, pod, ip, name: spec.name, image: spec.image ?? '' },
      ...{ command: spec.command, args: spec.args, env: envOf(pod, spec, ip) },
    }
    const process = isSystemImage(order.image)
      ? new IdleProcess(world, order, this.random)
      : world.runtime.start(order)
    const before = record.of(spec.name)[0]
    const attempt = before ? before.attempt + 1 : 0
    const at = { name: spec.name, sandbox: record.sandboxes, attempt }
    const incarnation: Incarnation = { ...at, process, exit: undefined, seen: 'nothing' }
    record.add(incarnation)
    this.onChange(record.uid)
    process.onExit((exit) => this.exited(record, incarnation, exit))
    return incarnation
  }

  /** Sends a container its stop signal, and SIGKILL after so long; calls back when it has ended. */
  stop({ process }: Incarnation, graceMs: number, time: Time, done: () => void): void {
    if (process.exited) {
      done()
      return
    }
    const kill = time.after(graceMs, () => {
      this.journal.kills(this.world.clock.epoch(), process.id)
      process.signal('SIGKILL')
    })
    process.onExit(() => {
      kill.cancel()
      time.after(this.random.between(...endsMs), done)
    })
    // It is sent once, however often the container is to be stopped.
    if (this.stopped.has(process.id)) return
    this.stopped.add(process.id)
    const { images, clock } = this.world
    const signal = (images as StopSignals).stopSignalOf?.(process.order.image) ?? 'SIGTERM'
    this.journal.stops(clock.epoch(), process.id, signal)
    process.signal(signal)
  }

  /** The pod is gone, and what was left of it is ended. */
  forget(record: PodRecord): void {
    this.removeSandbox(record)
    for (const { process } of record.all()) this.stopped.delete(process.id)
    this.records.delete(record.uid)
    this.world.runtime.forget(record.uid)
  }

  /** The machine goes off: everything ends at once, and nobody is told. */
  cutPower(): void {
    this.wasCut = true
    this.stopped.clear()
    for (const record of this.records.values()) {
      record.hasSandbox = false
      record.ip = undefined
      for (const { process } of record.running()) process.signal('SIGKILL')
    }
    this.usedIps.clear()
  }

  /** The first kubelet since the machine is on again asks it: of what ran, only that it did is known. */
  boot(): void {
    if (!this.wasCut) return
    this.wasCut = false
    const finishedMs = this.world.clock.now()
    for (const record of this.records.values()) {
      for (const incarnation of record.running())
        incarnation.exit = { exitCode: 255, reason: 'Unknown', finishedMs }
    }
  }

  private exited(record: PodRecord, incarnation: Incarnation, { atMs, exitCode }: Exit): void {
    // A power cut: it will be found at the next start.
    if (this.machine.state === 'stopped') return
    const { id } = incarnation.process
    incarnation.exit = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedMs: atMs }
    this.stopped.delete(id)
    const { clock } = this.world
    this.journal.exited(clock.epoch() - clock.now() + atMs, id, exitCode)
    this.onChange(record.uid)
  }

  /** The next that is free, counted up and from the start again, as the CNI plugin host-local does. */
  private nextIp(): string {
    const { podPrefix } = this.machine
    for (let tries = 0; tries < 253; tries++) {
      this.lastIp = this.lastIp >= 254 ? 2 : this.lastIp + 1
      const ip = `${podPrefix}.${this.lastIp}`
      if (this.usedIps.has(ip)) continue
      this.usedIps.add(ip)
      return ip
    }
    throw new Error(`Node/${this.machine.name}: no pod IP is free`)
  }
}
