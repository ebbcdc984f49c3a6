import type { KubeObject } from '../../kube.ts'
import type { Writes } from '../api/writes.ts'
import type { BuiltWorld } from '../build-world.ts'
import { deletePod } from '../deletion.ts'
import type { Placed } from '../network/barriers.ts'
import type { Connection } from '../network/listener.ts'
import { networkOf, type Outcome } from '../network/network.ts'
import { runtimeOf } from '../runtime/runtime.ts'
import type { Machine, Process } from '../world.ts'
import { appPort, healthFile, healthPort } from './apps.ts'
import type { Chance } from './chance.ts'
import { deploymentOf, namespace, randomPod, type Wanted } from './workload.ts'

/** What acts are done to. */
export interface Stage {
  world: BuiltWorld
  writes: Writes
  chance: Chance
  workers: Machine[]
  running: ReadonlySet<Process>
  wanted: Wanted
  /** What it wanted before. */
  past: Wanted[]
  placed: Placed[]
  /** Requests that nobody has told the end of. */
  open: Set<object>
  connections: Connection[]
  /** To be called when something happens to a machine, its kubelet or its Node. */
  disturbed(machine: Machine): void
}

type Act = (stage: Stage) => string | undefined

/** Each with how often it is drawn. Gives what it has done; nothing where it could not. */
const acts: [times: number, act: Act][] = [
  [5, removePod],
  [3, signal],
  [3, failProbe],
  [4, scale],
  [4, changeTemplate],
  [1, rollBack],
  [1, pauseDeployment],
  [3, stopOrStart],
  [2, freeze],
  [3, stopOrStartKubelet],
  [2, hangOrGoOn],
  [2, cutOffOrMend],
  [1, deleteNode],
  [3, ask],
]
const drawn = acts.flatMap(([times, act]) => Array.from({ length: times }, () => act))
const peaceful = [changeTemplate, rollBack, pauseDeployment, ask]

/** Does something by chance, and says what: nothing that hurts, where that is asked for. */
export function act(stage: Stage, isPeaceful: boolean): string | undefined {
  return stage.chance.pick<Act>(isPeaceful ? peaceful : drawn)?.(stage)
}

/** Everything that was taken is given back, but what it is wanted to be. */
export function giveBack(stage: Stage): void {
  const { world, workers, running, placed, wanted } = stage
  for (const one of placed) one.remove()
  for (const process of running) process.signal('SIGCONT')
  for (const machine of workers) {
    machine.set('running')
    machine.link.mend()
    const kubelet = world.kubelets.get(machine.name)
    // Only a kubelet that starts makes its Node again.
    if (!world.store.get('Node', machine.name)) kubelet?.stop()
    kubelet?.start()
    stage.disturbed(machine)
  }
  want(stage, { ...wanted, paused: false })
}

export function want(stage: Stage, wanted: Wanted): void {
  stage.wanted = wanted
  stage.writes.apply(deploymentOf(wanted) as KubeObject, false)
}

function removePod({ world, chance }: Stage): string | undefined {
  const pod = chance.pick(world.store.list('Pod', namespace))
  if (!pod) return undefined
  const name = pod.metadata?.name ?? ''
  const gracePeriodSeconds = chance.oneOf(undefined, undefined, 0, 2)
  deletePod(world.store, name, namespace, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds })
  return `delete ${name}${gracePeriodSeconds === undefined ? '' : ` within ${gracePeriodSeconds} s`}`
}

function signal({ chance, running }: Stage): string | undefined {
  const process = chance.pick([...running].filter(({ order }) => order.machine.state === 'running'))
  if (!process) return undefined
  const name = chance.oneOf('SIGKILL', 'SIGTERM')
  const { order } = process
  process.signal(name)
  return `${name} to ${order.pod.metadata?.name}/${order.name}`
}

function failProbe({ world, chance, running, placed }: Stage): string | undefined {
  const process = chance.pick([...running].filter(({ order }) => order.machine.state === 'running'))
  if (!process) return undefined
  const { machine, ip, pod, name } = process.order
  const { barriers } = networkOf(world)
  const offset = Number(process.order.env.OFFSET ?? 0)
  const way = chance.oneOf('intercept', 'block', 'exec')
  if (way === 'intercept') {
    const failure = chance.oneOf(
      { with: 'status', status: 500 } as const,
      { with: 'reset' } as const,
      { with: 'silence' } as const,
      { with: 'delay', delayMs: 600 } as const,
    )
    const path = chance.oneOf('/healthz', '/ready')
    const to = { ip, port: appPort + offset, path, headers: [], failure, onFailed: () => undefined }
    placed.push(barriers.place(machine, { sort: 'intercept', ...to }))
  } else if (way === 'block') {
    const port = chance.oneOf(appPort, healthPort) + offset
    const how = chance.oneOf('reset', 'silence')
    placed.push(barriers.place(machine, { sort: 'block', with: how, ip, port, onFailed: () => undefined }))
  } else {
    const { gates } = runtimeOf(world)
    const of = { podUid: pod.metadata?.uid ?? '', container: name, command: ['cat', healthFile], exitCode: 1 }
    const gate = `gate ${placed.length}`
    gates.add(machine.name, gate, { ...of, onFailed: () => undefined })
    placed.push({ remove: () => gates.remove(machine.name, gate), orphan: () => undefined })
  }
  const last = placed.at(-1)
  const forMs = chance.between(1_000, 30_000)
  world.clock.after(forMs, () => last?.remove())
  return `fail probes of ${pod.metadata?.name}/${name} by ${way} for ${Math.round(forMs)} ms`
}

function scale(stage: Stage): string {
  const { chance, wanted, workers } = stage
  const replicas = chance.whole(0, wanted.isRepelling ? workers.length : 5)
  want(stage, { ...wanted, replicas })
  return `scale to ${replicas}`
}

function changeTemplate(stage: Stage): string {
  const { chance, wanted, past } = stage
  past.push(wanted)
  const revision = past.length + 1
  want(stage, { ...wanted, revision, template: randomPod(chance, wanted.isRepelling) })
  return `roll out ${revision}`
}

function rollBack(stage: Stage): string | undefined {
  const { chance, wanted, past } = stage
  const back = chance.pick(past)
  if (!back) return undefined
  past.push(wanted)
  want(stage, { ...wanted, revision: back.revision, template: back.template })
  return `roll back to ${back.revision}`
}

function pauseDeployment(stage: Stage): string {
  const { wanted } = stage
  want(stage, { ...wanted, paused: !wanted.paused })
  return wanted.paused ? 'resume the Deployment' : 'pause the Deployment'
}

function stopOrStart({ chance, workers, disturbed }: Stage): string | undefined {
  const machine = chance.pick(workers)
  if (!machine) return undefined
  machine.set(machine.state === 'stopped' ? 'running' : 'stopped')
  disturbed(machine)
  return `${machine.name} is ${machine.state}`
}

function freeze({ chance, workers, disturbed }: Stage): string | undefined {
  const machine = chance.pick(workers.filter(({ state }) => state !== 'stopped'))
  if (!machine) return undefined
  machine.set(machine.state === 'paused' ? 'running' : 'paused')
  disturbed(machine)
  return `${machine.name} is ${machine.state}`
}

function stopOrStartKubelet({ world, chance, workers, disturbed }: Stage): string | undefined {
  const machine = chance.pick(workers.filter(({ state }) => state === 'running'))
  const kubelet = machine && world.kubelets.get(machine.name)
  if (!kubelet) return undefined
  if (kubelet.unit === 'active') kubelet.stop()
  else kubelet.start()
  disturbed(machine)
  return `the kubelet of ${machine.name} is ${kubelet.unit}`
}

/** By SIGSTOP, as an app that hangs. */
function hangOrGoOn({ chance, running }: Stage): string | undefined {
  const process = chance.pick([...running].filter(({ order }) => order.machine.state === 'running'))
  if (!process) return undefined
  const name = chance.oneOf('SIGSTOP', 'SIGSTOP', 'SIGCONT')
  process.signal(name)
  return `${name} to ${process.order.pod.metadata?.name}/${process.order.name}`
}

function cutOffOrMend({ chance, workers, disturbed }: Stage): string | undefined {
  const machine = chance.pick(workers.filter(({ state }) => state === 'running'))
  if (!machine) return undefined
  const { link } = machine
  if (link.isCut) link.mend()
  else link.cutOff()
  disturbed(machine)
  return `${machine.name} is ${link.isCut ? 'cut off' : 'reached again'}`
}

function deleteNode({ world, chance, workers, disturbed }: Stage): string | undefined {
  const machine = chance.pick(workers)
  if (!machine || !world.store.remove('Node', machine.name)) return undefined
  disturbed(machine)
  return `delete Node ${machine.name}`
}

/** Some requests through the Service, over new connections and kept ones. */
function ask(stage: Stage): string | undefined {
  const { chance, workers } = stage
  const machine = chance.pick(workers.filter(({ state }) => state === 'running'))
  if (!machine) return undefined
  for (let count = 0; count < 4; count++) askOnce(stage, machine, () => undefined)
  return `ask from ${machine.name}`
}

export function askOnce(stage: Stage, machine: Machine, done: (outcome: Outcome) => void): void {
  const { world, chance, open, connections } = stage
  const network = networkOf(world)
  const request = { path: chance.oneOf('/', '/slow'), headers: {} }
  const sent = {}
  open.add(sent)
  const ended = (outcome: Outcome) => {
    if (!open.delete(sent)) throw new Error('a request has ended twice')
    if (outcome.connection) connections.push(outcome.connection)
    done(outcome)
  }
  const kept = connections.shift()
  if (kept && network.isOpen(kept)) return network.reuse(kept, request, 2_000, ended)
  const ip = world.store.get('Service', 'web', namespace)?.spec?.clusterIP ?? ''
  const to = { ip, port: 80, fromPort: chance.whole(32_768, 60_000) }
  network.request(
    { machine, ip: `${machine.podPrefix}.253` },
    { ...to, request, keep: chance.oneIn(2), timeoutMs: 2_000 },
    ended,
  )
}
