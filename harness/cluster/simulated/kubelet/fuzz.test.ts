import { expect, test } from 'vitest'
import { deletePod } from '../deletion.ts'
import { Random } from '../random.ts'
import { failed, TestNode } from './testing.ts'

const httpGet = { path: '/', port: 80 }

/** A node to which everything happens that may, and what it breaks of Kubernetes' invariants. */
function play(seed: number): { node: TestNode; broken: string[] } {
  const node = new TestNode(seed)
  const chance = new Random(`fuzz ${seed}`)
  const broken: string[] = []
  const isOneIn = (n: number) => chance.next() < 1 / n
  let isOver = false
  node.onStart = (started) => {
    const { pod, name } = started.order
    const others = node
      .of(name)
      .filter(({ order, exited }) => !exited && order.pod.metadata?.uid === pod.metadata?.uid)
    if (others.length > 1) broken.push(`${pod.metadata?.name}/${name} runs twice at ${node.clock.now()}`)
    if (name === 'init')
      node.clock.after(chance.between(0, 3_000), () => started.exit(isOneIn(4) && !isOver ? 1 : 0))
    else if (isOneIn(4) && !isOver)
      node.clock.after(chance.between(0, 60_000), () => started.exit(isOneIn(2) ? 1 : 0))
  }
  node.onSignal = (process, name) => {
    const isDeaf = name !== 'SIGTERM' || isOneIn(5)
    if (!isDeaf) node.clock.after(chance.between(0, 5_000), () => process.exit(0))
  }
  node.answer = () => {
    if (isOver) return { result: 'success' }
    return isOneIn(6) ? failed : isOneIn(30) ? 'hang' : { result: 'success' }
  }
  const acts = [
    () => {
      const probe = { httpGet, periodSeconds: 1 + Math.floor(chance.between(0, 4)) }
      const web = {
        name: 'web',
        livenessProbe: probe,
        readinessProbe: probe,
        ...(isOneIn(3) && { startupProbe: probe }),
      }
      const inits = [{ name: 'init' }, { name: 'side', restartPolicy: 'Always' }].filter(() => isOneIn(3))
      const terminationGracePeriodSeconds = Math.ceil(chance.between(1, 10))
      node.run(isOneIn(3) ? [web, { name: 'other' }] : [web], {
        initContainers: inits,
        terminationGracePeriodSeconds,
      })
    },
    () => {
      const pod = chance.pick(node.store.list('Pod', 'shop'))
      const options = isOneIn(3) ? { gracePeriodSeconds: isOneIn(2) ? 0 : 2 } : {}
      if (pod) deletePod(node.store, pod.metadata?.name ?? '', 'shop', options)
    },
    () => chance.pick(node.processes.filter(({ exited }) => !exited))?.signal('SIGKILL'),
    () => node.machine.set(isOneIn(2) ? 'paused' : 'stopped'),
    () => node.kubelet.stop(),
    () => node.kubelet.start(),
  ]
  for (let step = 0; step < 60; step++) {
    chance.pick(acts.slice(0, isOneIn(4) ? acts.length : 2))?.()
    node.clock.advance(chance.between(0, 8_000))
    if (node.machine.state !== 'running') node.machine.set('running')
  }
  isOver = true
  node.kubelet.start()
  node.clock.advance(900_000)
  return { node, broken }
}

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'whatever happens, Kubernetes keeps its invariants: seed %i',
  (seed) => {
    const { node, broken } = play(seed)
    expect(broken).toEqual([])
    const counts = new Map<string, number>()
    for (const { pod } of node.history) {
      const { conditions, containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
      for (const { name, restartCount } of [...containerStatuses, ...initContainerStatuses]) {
        const key = `${pod.metadata?.uid} ${name}`
        expect(restartCount).toBeGreaterThanOrEqual(counts.get(key) ?? 0)
        counts.set(key, restartCount)
      }
      const isReady = conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
      if (isReady) expect(containerStatuses.every(({ ready }) => ready)).toBe(true)
    }
    const left = node.store.list('Pod', 'shop')
    const uids = new Set(left.map(({ metadata }) => metadata?.uid))
    for (const pod of left) {
      expect([
        pod.metadata?.name,
        pod.metadata?.deletionTimestamp,
        node.isReady(pod.metadata?.name ?? ''),
      ]).toEqual([pod.metadata?.name, undefined, true])
    }
    const running = node.processes.filter(({ exited }) => !exited)
    expect(running.filter(({ order }) => !uids.has(order.pod.metadata?.uid))).toEqual([])
    const gone = new Set(
      node.history.map(({ pod }) => pod.metadata?.uid ?? '').filter((uid) => !uids.has(uid)),
    )
    const ran = new Set(node.processes.map(({ order }) => order.pod.metadata?.uid))
    expect([...gone].filter((uid) => ran.has(uid) && !node.forgotten.includes(uid))).toEqual([])
    // Two pods that run have never the same IP.
    const ips = left.map(({ status }) => status?.podIP)
    expect(new Set(ips).size).toBe(ips.length)
  },
)
