import { resolveTiming } from '../../../model/cluster-timing.ts'
import type { NodeState } from '../../cluster.ts'
import type { PodObject } from '../../kube.ts'
import { ApiLink } from '../api-link.ts'
import { EventLog } from '../event-log.ts'
import { Random } from '../random.ts'
import { type Change, type ObjectOf, Store } from '../store.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type {
  ContainerOrder,
  ExecOutcome,
  Exit,
  Kubelet,
  Machine,
  Network,
  ProbeOutcome,
  ProbeQuestion,
  Process,
  World,
} from '../world.ts'
import { startKubelet } from './kubelet.ts'
import type { ContainerSpec, PodSpec } from './spec.ts'

/** A process whose every step the test decides. */
export class ScriptedProcess implements Process {
  readonly id: string
  readonly order: ContainerOrder
  readonly startedMs: number
  readonly log = { lines: [], follow: () => () => undefined }
  readonly signals: string[] = []
  readonly execs: { command: readonly string[]; atMs: number; done(result: ExecOutcome): void }[] = []
  exited: Exit | undefined
  private readonly clock: VirtualClock
  private readonly listeners: ((exit: Exit) => void)[] = []
  private readonly onSignal: (process: ScriptedProcess, name: string) => void

  constructor(
    clock: VirtualClock,
    order: ContainerOrder,
    id: string,
    onSignal: (process: ScriptedProcess, name: string) => void,
  ) {
    this.clock = clock
    this.order = order
    this.id = id
    this.startedMs = clock.now()
    this.onSignal = onSignal
  }

  signal(name: string): void {
    if (this.exited) return
    this.signals.push(`${Math.round(this.clock.now())} ${name}`)
    if (name === 'SIGKILL') this.exit(137)
    else this.onSignal(this, name)
  }

  exit(exitCode: number): void {
    if (this.exited) return
    const exit = { atMs: this.clock.now(), exitCode }
    this.exited = exit
    for (const listener of this.listeners) listener(exit)
  }

  onExit(listener: (exit: Exit) => void): void {
    if (this.exited) listener(this.exited)
    else this.listeners.push(listener)
  }

  exec(command: readonly string[], done: (result: ExecOutcome) => void): void {
    this.execs.push({ command, atMs: this.clock.now(), done })
    this.onExit(() => done({ exitCode: 137, stdout: '' }))
  }
}

export interface Asked {
  atMs: number
  process: ScriptedProcess
  question: ProbeQuestion
}

const answersMs = 3

/** One node with its kubelet, and all that is around it in the tests' hands. */
export class TestNode {
  readonly clock = new VirtualClock()
  readonly random: Random
  readonly store: Store
  readonly processes: ScriptedProcess[] = []
  readonly asked: Asked[] = []
  readonly forgotten: string[] = []
  readonly unknownImages = new Set<string>()
  readonly history: { atMs: number; type: Change['type']; pod: PodObject }[] = []
  readonly machine: Machine
  readonly world: World
  readonly kubelet: Kubelet
  /** What a process does at its start and at a signal. */
  onStart: (process: ScriptedProcess) => void = () => undefined
  onSignal: (process: ScriptedProcess, name: string) => void = (process, name) => {
    if (name === 'SIGTERM') process.exit(0)
  }
  /** What a probe is answered, 3 ms later; `hang` is answered by its time-out. */
  answer: (asked: Asked) => ProbeOutcome | 'hang' = () => ({ result: 'success' })

  constructor(seed: number | string = 1) {
    this.random = new Random(seed)
    this.store = new Store(this.clock, this.random.fork('store'))
    this.machine = testMachine()
    const { clock, random, store } = this
    const start = (order: ContainerOrder) => {
      const id = random.letters(64, '0123456789abcdef')
      const process = new ScriptedProcess(clock, order, id, (...signal) => this.onSignal(...signal))
      this.processes.push(process)
      this.onStart(process)
      return process
    }
    this.world = {
      ...{ clock, random, store, timing: resolveTiming(), events: new EventLog(store, clock) },
      machines: new Map([[this.machine.name, this.machine]]),
      kubelets: new Map(),
      images: {
        behaviourOf: (image) => (this.unknownImages.has(image) ? undefined : () => undefined),
      },
      runtime: {
        start,
        newest: () => undefined,
        previous: () => undefined,
        byId: () => undefined,
        forget: (uid) => this.forgotten.push(uid),
      },
      network: { probe: (...asked) => this.probe(...asked) },
    }
    store.on('Pod', ({ type, object }) => {
      if (object.metadata?.namespace === 'shop')
        this.history.push({ atMs: clock.now(), type, pod: object as PodObject })
    })
    this.kubelet = startKubelet(this.world, this.machine)
  }

  /** Makes a pod that is bound to the node. */
  run(containers: (Partial<ContainerSpec> & { name: string })[], spec: Partial<PodSpec> = {}): string {
    const { name, image } = { name: `pod-${this.history.length}`, image: 'web:1' }
    this.store.create('Pod', {
      metadata: { name, namespace: 'shop' },
      spec: {
        nodeName: this.machine.name,
        ...{ ...spec, containers: containers.map((container) => ({ image, ...container })) },
      },
      status: { phase: 'Pending' },
    } as ObjectOf<'Pod'>)
    return name
  }

  pod(name: string): PodObject {
    const pod = this.store.get('Pod', name, 'shop')
    if (!pod) throw new Error(`Pod/shop/${name} is not there`)
    return pod
  }

  status(name: string, container?: string) {
    const { status } = this.pod(name)
    const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
    return container === undefined ? all[0] : all.find((of) => of.name === container)
  }

  isReady(name: string): boolean {
    return this.pod(name).status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true
  }

  /** The processes of a container, oldest first. */
  of(container: string): ScriptedProcess[] {
    return this.processes.filter(({ order }) => order.name === container)
  }

  last(container: string): ScriptedProcess {
    const process = this.of(container).at(-1)
    if (!process) throw new Error(`no process of ${container} has begun`)
    return process
  }

  /** As `Killing Stopping container web`, in the order in which they were first told. */
  events(reason?: string): string[] {
    return this.store
      .list('Event', 'shop')
      .filter((event) => reason === undefined || event.reason === reason)
      .map(({ reason, message }) => `${reason} ${message}`)
  }

  private probe(...[process, question, timeoutMs, done]: Parameters<Network['probe']>): void {
    const asked = { atMs: this.clock.now(), process: process as ScriptedProcess, question }
    this.asked.push(asked)
    const outcome = this.answer(asked)
    const late = { result: 'failure', message: 'context deadline exceeded' } as const
    this.clock.after(outcome === 'hang' ? timeoutMs : answersMs, () =>
      done(outcome === 'hang' ? late : outcome),
    )
  }
}

export const failed: ProbeOutcome = { result: 'failure', message: 'HTTP probe failed with statuscode: 500' }

function testMachine(): Machine & { state: NodeState } {
  const listeners: ((state: NodeState) => void)[] = []
  return {
    ...{ name: 'worker', role: 'worker', ip: '172.18.0.3', podPrefix: '10.244.1', journal: [] },
    link: new ApiLink(),
    state: 'running',
    onState: (listener) => void listeners.push(listener),
    set(state) {
      this.state = state
      for (const listener of listeners) listener(state)
    },
  }
}
