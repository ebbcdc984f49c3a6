// How fast virtual time goes by on a simulated cluster, with the recorder on and claims waiting, and whether memory stays
// flat. Needs nothing but Node.
//
//   node --expose-gc bench/simulated.ts [<virtual days of the memory run, 7 unless given>]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { webapl } from '../charts/webapl/chart.ts'
import { toStayUp } from '../harness/claims/to-stay-up.ts'
import { simulatedHelper } from '../harness/cluster/simulated/provider.ts'
import type { Duration } from '../harness/model/duration.ts'
import { connect } from '../harness/scenario/connect.ts'
import type { ScenarioBody } from '../harness/scenario/context.ts'
import { playScenario } from '../harness/scenario/play.ts'

/** Of how many pods, on how many nodes, for how many virtual seconds; and the least speed that is aimed at. */
const sizes = [
  { pods: 10, nodes: 3, seconds: 50_000, aim: 10_000 },
  { pods: 100, nodes: 6, seconds: 5_000, aim: 1_000 },
  { pods: 1_000, nodes: 50, seconds: 300, aim: 50 },
]
const days = Number(process.argv[2] ?? 7)
const dayS = 86_400

const folder = await mkdtemp(join(tmpdir(), 'rolypoly-bench-'))
try {
  for (const { pods, nodes, seconds, aim } of sizes) {
    const speed = { virtualS: 0, wallS: 0, upS: 0 }
    await play(nodes, async (context) => {
      const deployBegan = performance.now()
      const app = await context.deploy(webapl({ replicas: pods }), { traffic: false, steadyWithin: '30m' })
      speed.upS = (performance.now() - deployBegan) / 1_000
      const until = `${seconds}s` as Duration
      const claims = (await app.pods()).slice(0, 30).map((pod) => toStayUp(pod, { for: until }, 'toStayUp()'))
      const [virtualBegan, wallBegan] = [context.cluster.clock.now(), performance.now()]
      await Promise.all(claims)
      speed.virtualS = (context.cluster.clock.now() - virtualBegan) / 1_000
      speed.wallS = (performance.now() - wallBegan) / 1_000
    })
    const ratio = speed.virtualS / speed.wallS
    console.log(
      `${pods} probed pods on ${nodes} nodes: ${Math.round(ratio)} virtual seconds a second (aim: at least ${aim}), over ${Math.round(speed.virtualS)} s; ${speed.upS.toFixed(1)} s to bring them up`,
    )
  }
  await play(3, async (context) => {
    const app = await context.deploy(webapl({ replicas: 10 }), { traffic: false })
    const claims = (await app.pods()).map((pod) => toStayUp(pod, { for: `${days * dayS}s` }, 'toStayUp()'))
    console.log(`day 0: ${await heapMiB()} MiB of heap`)
    for (let day = 1; day <= days; day++) {
      const began = performance.now()
      await context.cluster.clock.sleep(dayS * 1_000)
      const tookS = (performance.now() - began) / 1_000
      console.log(`day ${day}: ${await heapMiB()} MiB of heap, after ${tookS.toFixed(1)} s`)
    }
    await Promise.all(claims)
  })
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Of what is still in use, where `--expose-gc` lets the rest be collected. */
async function heapMiB(): Promise<string> {
  for (let times = 0; times < 2; times++) {
    globalThis.gc?.()
    await new Promise(setImmediate)
  }
  return (process.memoryUsage().heapUsed / 2 ** 20).toFixed(1)
}

async function play(nodes: number, body: ScenarioBody): Promise<void> {
  const access = { provider: 'simulated', name: 'bench', seed: 1, nodes } as const
  const { cluster, journal } = await connect({ id: 'bench', cluster: access }, 'bench')
  await using _ = cluster
  const { error, verdict } = await playScenario({
    ...{ id: 'bench', title: 'nobody is hurt', file: 'bench/simulated.ts', exclusive: false },
    ...{ deadline: '400h', cluster, journal, body, signal: new AbortController().signal },
    run: {
      ...{ id: 'bench', folder, mode: 'normal', cluster: access, timing: {} },
      ...{ helperImage: simulatedHelper, stopLine: '' },
    },
  })
  if (error) throw new Error(`${verdict}: ${error.message}`)
}
