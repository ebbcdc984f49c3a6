import type { PodObject } from '../../kube.ts'
import type { Random } from '../random.ts'
import type { ObjectOf } from '../store.ts'
import type { ContainerOrder, ExecOutcome, Exit, Log, Machine, Process, World } from '../world.ts'

const namespace = 'kube-system'
const app = 'kube-proxy'
const image = 'registry.k8s.io/kube-proxy:v1.34.4'
/** As the API server makes names: k8s.io/apimachinery/pkg/util/rand */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Gives the node its kube-proxy, as its DaemonSet would; does nothing where it has one. */
export function ensureSystemPod({ store }: World, machine: Machine, random: Random): void {
  const isMine = ({ metadata, spec }: PodObject) =>
    spec?.nodeName === machine.name && metadata?.labels?.['k8s-app'] === app && !metadata.deletionTimestamp
  if (store.list('Pod', namespace).some(isMine)) return
  store.create('Pod', {
    metadata: {
      name: `${app}-${random.letters(5, alphabet)}`,
      namespace,
      labels: { 'k8s-app': app },
    },
    spec: {
      nodeName: machine.name,
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      tolerations: [{ operator: 'Exists' }],
      terminationGracePeriodSeconds: 30,
      restartPolicy: 'Always',
      containers: [{ name: app, image, imagePullPolicy: 'IfNotPresent' }],
    },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  } as ObjectOf<'Pod'>)
}

/** What the node brings itself runs without an image of the run's. */
export function isSystemImage(name: string): boolean {
  return name === image
}

/** A process that does nothing, and ends when it is asked to. */
export class IdleProcess implements Process {
  readonly id: string
  readonly order: ContainerOrder
  readonly startedMs: number
  readonly log: Log = { lines: [], follow: (_onLine, onEnd) => this.onEnd(onEnd) }
  exited: Exit | undefined
  private readonly world: World
  private readonly listeners = new Set<(exit: Exit) => void>()

  constructor(world: World, order: ContainerOrder, random: Random) {
    this.world = world
    this.order = order
    this.id = random.letters(64, '0123456789abcdef')
    this.startedMs = world.clock.now()
  }

  signal(name: string): void {
    const exitCode = { SIGTERM: 0, SIGKILL: 137 }[name]
    if (this.exited || exitCode === undefined) return
    const exit = { atMs: this.world.clock.now(), exitCode }
    this.exited = exit
    for (const listener of [...this.listeners]) listener(exit)
  }

  onExit(listener: (exit: Exit) => void): void {
    if (this.exited) listener(this.exited)
    else this.listeners.add(listener)
  }

  exec(_command: readonly string[], done: (result: ExecOutcome) => void): void {
    done({ exitCode: 127, stdout: '' })
  }

  private onEnd(onEnd: () => void): () => void {
    const listener = () => onEnd()
    this.onExit(listener)
    return () => void this.listeners.delete(listener)
  }
}
