import type { KubeObject } from '../../kube.ts'
import { Writes } from '../api/writes.ts'
import { buildWorld } from '../build-world.ts'
import { deletePod } from '../deletion.ts'
import type { Outcome } from '../network/network.ts'
import type { World } from '../world.ts'
import { act, askOnce, giveBack, type Stage, want } from './acts.ts'
import { fickleApp, initApp, type Mood } from './apps.ts'
import { Chance } from './chance.ts'
import { Invariants } from './invariants.ts'
import { NodeInvariants } from './nodes.ts'
import { holdRollouts } from './rollouts.ts'
import { leftovers, unsettled } from './settled.ts'
import { appImage, initImage, namespace, randomService, randomWanted } from './workload.ts'

/** What a run has come to. */
export interface Played {
  /** As `12345 delete web-5d4f`, in milliseconds. */
  acts: string[]
  /** Nothing, where Kubernetes' promises were kept. */
  broken: string[]
  /** How much virtual time it took. */
  tookMs: number
}

/** A back-off of five minutes may have to pass, and what waits for it after that. */
const settlesWithinMs = 1_200_000
const looksEveryMs = 5_000
const followsMs = 3_000
const goneWithinMs = 120_000
/** A container that is being killed for its liveness looks well until it ends, at the end of its grace period at the latest. */
const killsEndMs = 30_000

/** Plays one cluster through: a workload, what happens to it, and what is left once everything is given back. */
export function play(seed: string): Played {
  const chance = new Chance(`fuzz ${seed}`)
  const workers = chance.whole(1, 3)
  const world = buildWorld({ name: 'fuzz', nodes: workers + 1, seed })
  const { clock } = world
  const invariants = new Invariants(world)
  const nodes = new NodeInvariants(world, invariants)
  const isPeaceful = chance.oneIn(6)
  const mood: Mood = { isCalm: isPeaceful, chance, onStart: (process) => invariants.started(process) }
  world.images.add(appImage, fickleApp(mood))
  world.images.add(initImage, initApp(mood))
  const writes = new Writes(world)
  const stage: Stage = {
    ...{ world, writes, chance, running: invariants.running, past: [], placed: [] },
    ...{ open: new Set<object>(), connections: [], wanted: randomWanted(chance, workers) },
    disturbed: (machine) => nodes.disturbed(machine),
    workers: [...world.machines.values()].filter(({ role }) => role === 'worker'),
  }
  const acts: string[] = []
  const tell = (what: string) => acts.push(`${Math.round(clock.now())} ${what}`)

  clock.advance(chance.between(0, 3_000))
  writes.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  writes.create(randomService(chance) as KubeObject)
  want(stage, stage.wanted)
  tell(`begin with ${JSON.stringify(stage.wanted)}`)
  if (isPeaceful) {
    settle(stage, invariants)
    holdRollouts(world, invariants)
    tell('nothing but roll-outs from now on')
  }
  const usualMs = chance.oneOf(1_000, 8_000)
  for (let left = chance.whole(3, 14); left > 0; left--) {
    clock.advance(chance.oneIn(8) ? chance.between(20_000, 90_000) : chance.between(0, usualMs))
    const done = act(stage, isPeaceful)
    if (done) tell(done)
  }
  mood.isCalm = true
  giveBack(stage)
  tell('calm')
  settle(stage, invariants)
  clock.advance(killsEndMs)
  settle(stage, invariants)
  if (invariants.broken.length === 0) answer(stage, invariants)
  writes.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, {}, (end) => end())
  const [pod] = world.store.list('Pod', namespace)
  // Its processes are still there when its namespace goes.
  if (pod && chance.oneIn(2))
    deletePod(world.store, pod.metadata?.name ?? '', namespace, { gracePeriodSeconds: 0 })
  tell('delete the namespace')
  const left = lastOf(world, goneWithinMs, () => leftovers(world, invariants.running))
  if (left) invariants.say(left)
  return { acts, broken: invariants.broken, tookMs: clock.now() }
}

function settle({ world, running }: Stage, invariants: Invariants): void {
  const lacks = lastOf(world, settlesWithinMs, () => unsettled(world, running))
  if (lacks) invariants.say(`nothing hurts it any more, and still ${lacks}`)
}

/** Lets time pass until nothing is told any more; gives what was told last. */
function lastOf({ clock }: World, withinMs: number, tell: () => string | undefined): string | undefined {
  const untilMs = clock.now() + withinMs
  while (clock.now() < untilMs) {
    clock.advance(looksEveryMs)
    if (tell() === undefined) return undefined
  }
  return tell()
}

/** Every node finds its way to a pod by now, if there is one. */
function answer(stage: Stage, invariants: Invariants): void {
  const { world, workers, connections, open, wanted } = stage
  // The nodes' proxies follow the endpoints a little later, and what has just begun listens by then.
  world.clock.advance(followsMs)
  const expected = wanted.replicas > 0 ? '200' : 'refused'
  connections.length = 0
  const told = ({ status, lost }: Outcome) => {
    const outcome = String(status ?? lost)
    if (outcome !== expected) invariants.say(`a request came to ${outcome} instead of ${expected}`)
  }
  for (const machine of workers) askOnce(stage, machine, told)
  world.clock.advance(5_000)
  if (open.size > 0) invariants.say(`${open.size} requests have no end`)
}
