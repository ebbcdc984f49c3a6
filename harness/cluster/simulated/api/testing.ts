import { resolveTiming } from '../../../model/cluster-timing.ts'
import type { KubeObject } from '../../kube.ts'
import { KubeError } from '../../kube-error.ts'
import { ApiLink } from '../api-link.ts'
import { EventLog } from '../event-log.ts'
import { Random } from '../random.ts'
import { Store } from '../store.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { ExecOutcome, Exit, Kubelet, Log, Machine, Process, World } from '../world.ts'
import { startNamespaces } from './namespaces.ts'

/** A container's process that does what a test says. */
export class FakeProcess {
  readonly id = 'f'.repeat(64)
  readonly startedMs = 0
  exited: Exit | undefined
  readonly commands: string[] = []
  private readonly lines: { epochMs: number; text: string }[] = []
  private readonly followers = new Set<{ onLine: Parameters<Log['follow']>[0]; onEnd: () => void }>()
  private readonly clock: VirtualClock
  private readonly outcome: ExecOutcome

  constructor(clock: VirtualClock, outcome: ExecOutcome = { exitCode: 0, stdout: '' }) {
    this.clock = clock
    this.outcome = outcome
  }

  get log(): Log {
    const { lines, followers } = this
    return {
      lines,
      follow(onLine, onEnd) {
        for (const { text, epochMs } of lines) onLine(text, epochMs)
        const follower = { onLine, onEnd }
        followers.add(follower)
        return () => void followers.delete(follower)
      },
    }
  }

  get followed(): number {
    return this.followers.size
  }

  /** A command takes 500 ms. */
  exec(command: readonly string[], done: (result: ExecOutcome) => void): void {
    this.commands.push(command.join(' '))
    this.clock.after(500, () => done(this.outcome))
  }

  print(text: string): void {
    const epochMs = this.clock.epoch()
    this.lines.push({ epochMs, text })
    for (const { onLine } of [...this.followers]) onLine(text, epochMs)
  }

  end(): void {
    this.exited = { atMs: this.clock.now(), exitCode: 0 }
    for (const { onEnd } of [...this.followers]) onEnd()
  }
}

export interface FakeWorld extends World {
  /** By `<pod>/<container>`; `previous <pod>/<container>` for the one before. */
  readonly processes: Map<string, FakeProcess>
  readonly machine: Machine & { state: Machine['state'] }
  readonly kubelet: Kubelet & { unit: Kubelet['unit'] }
}

/** A world with one node, `n1`, and nothing that runs by itself but its namespaces, `shop` among them. */
export function fakeWorld(seed = 1): FakeWorld {
  const clock = new VirtualClock()
  const random = new Random(seed)
  const store = new Store(clock, random.fork('store'))
  const processes = new Map<string, FakeProcess>()
  const machine = {
    ...{ name: 'n1', role: 'worker', ip: '10.0.0.1', podPrefix: '10.244.1', state: 'running' },
    link: new ApiLink(),
  }
  const kubelet = { machine, unit: 'active' }
  const processOf = (uid: string, container: string, prefix = '') => {
    const pod = store.list('Pod').find(({ metadata }) => metadata?.uid === uid)
    return processes.get(`${prefix}${pod?.metadata?.name}/${container}`) as Process | undefined
  }
  const world = {
    ...{ clock, random, store, processes, machine, kubelet },
    timing: resolveTiming({ version: 'v1.34.4' }),
    events: new EventLog(store, clock),
    machines: new Map([['n1', machine]]),
    kubelets: new Map([['n1', kubelet]]),
    runtime: {
      newest: processOf,
      previous: (uid: string, container: string) => processOf(uid, container, 'previous '),
    },
  } as unknown as FakeWorld
  startNamespaces(world)
  store.create('Namespace', { metadata: { name: 'shop' }, status: { phase: 'Active' } })
  return world
}

export const shopPod = (name: string, spec: object = {}, labels: Record<string, string> = { app: name }) =>
  ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels } },
    spec: { containers: [{ name: 'web', image: 'web:dev' }], ...spec },
  }) as KubeObject

export const deployment = (spec: object = {}, podSpec: object = {}) =>
  ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'web:dev' }], ...podSpec },
      },
      ...spec,
    },
  }) as KubeObject

/** What the API server says no with: code, reason and sentence. */
export async function refusal(request: Promise<unknown>): Promise<[number, string, string]> {
  try {
    await request
  } catch (error) {
    if (error instanceof KubeError) return [error.code, error.reason, error.message]
    throw error
  }
  throw new Error('it was not refused')
}
