import { describe, expect, test } from 'vitest'
import type { Host } from '../../../model/behaviour.ts'
import { testWorld } from '../network/testing.ts'
import type { Process } from '../world.ts'
import { helperBehaviour } from './helper.ts'

type Row = [
  seq: number,
  sentMs: number,
  tookMs: number,
  port: number,
  how: 0 | 1 | 2,
  outcome: number | string,
  nameAt?: number,
  ageMs?: number,
]
interface Asked {
  row: Row
  epochMs: number
  name: string | undefined
}

const app = (host: Host) => {
  host.listen(8080, ({ path }) => ({
    ...{ status: path === '/ill' ? 500 : 200, headers: { 'x-pod': host.hostname } },
    ...(path === '/slow' && { afterMs: 300 }),
  }))
}

function probing(path = '/', rate = 50) {
  const made = testWorld()
  made.service()
  const pods = ['web-1', 'web-2'].map((uid) => made.start(app, { uid, machine: made.machines[1] }))
  made.endpoints(...pods.map(({ order }) => ({ ip: order.ip })))
  const beganMs = made.clock.now()
  const prober = made.start(helperBehaviour, {
    ...{ command: ['node', 'prober.ts', `http://10.96.0.1:80${path}`, String(rate)] },
  })
  const read = () => told(prober)
  return { ...made, pods, prober, read, beganMs }
}

function told({ log }: Process): Asked[] {
  return log.lines.flatMap(({ text }) => {
    const { t, names, rows } = JSON.parse(text) as { t: number; names: string[]; rows: Row[] }
    return rows.map((row) => ({ row, epochMs: t + row[1], name: names[row[6] ?? -1] }))
  })
}

describe('the prober', () => {
  test('asks at its rate, half over new connections and half over eight that it keeps', () => {
    const { clock, read, beganMs } = probing()
    clock.advance(9_200)
    const asked = read()
    expect(asked.length).toBeGreaterThan(490)
    expect(asked.map(({ row }) => row[0])).toEqual(asked.map((_, at) => at))
    expect(asked[10]?.epochMs).toBeCloseTo(clock.epoch() - clock.now() + beganMs + 220, 0)
    const reused = asked.filter(({ row }) => row[4] === 1)
    expect(reused.length).toBeGreaterThan(230)
    expect(new Set(reused.map(({ row }) => row[3])).size).toBe(8)
    expect(new Set(asked.map(({ row }) => row[5]))).toEqual(new Set([200]))
    expect(new Set(asked.map(({ name }) => name))).toEqual(new Set(['web-1', 'web-2']))
    expect(reused.at(-1)?.row[7]).toBeGreaterThan(8_000)
  })

  test('asks each endpoint that it is told of itself, five times a second', () => {
    const { clock, read, prober, pods } = probing()
    const urls = pods.map(({ order }) => `http://${order.ip}:8080/`)
    const command = ['sh', '-c', 'printf %s "$0" >/tmp/endpoints && kill -HUP 1', JSON.stringify(urls)]
    let exitCode: number | undefined
    prober.exec(command, (outcome) => {
      exitCode = outcome.exitCode
    })
    clock.advance(2_300)
    expect(exitCode).toBe(0)
    const direct = read().filter(({ row }) => row[4] === 2)
    expect(direct.length).toBeGreaterThanOrEqual(18)
    expect(new Set(direct.map(({ name }) => name))).toEqual(new Set(urls))
    prober.exec([...command.slice(0, 3), '[]'], () => undefined)
    clock.advance(500)
    const until = read().length
    clock.advance(1_000)
    expect(
      read()
        .slice(until)
        .every(({ row }) => row[4] !== 2),
    ).toBe(true)
  })

  test('tells at once what was lost, and why', () => {
    const { clock, read, pods } = probing('/slow')
    clock.advance(1_000)
    const before = read().length
    for (const pod of pods) pod.signal('SIGKILL')
    const reset = read().slice(before)
    expect(new Set(reset.map(({ row }) => row[5]))).toEqual(new Set(['reset', 200]))
    expect(reset.filter(({ row }) => row[4] === 1 && row[5] === 'reset')[0]?.name).toMatch(/^web-/)
    clock.advance(200)
    expect(
      new Set(
        read()
          .slice(-5)
          .map(({ row }) => row[5]),
      ),
    ).toEqual(new Set(['refused']))
  })

  test('waits two seconds for an answer', () => {
    const { clock, read, machines } = probing()
    machines[1].set('stopped')
    clock.advance(3_000)
    const lost = read().filter(({ row }) => row[5] !== 200)
    expect(lost.length).toBeGreaterThan(30)
    expect(new Set(lost.map(({ row }) => `${row[5]} ${row[2]}`))).toEqual(new Set(['timeout 2000']))
  })

  test('tells a bad answer by its status', () => {
    const { read } = probing('/ill')
    expect(read().at(-1)?.row[5]).toBe(500)
  })

  test('lets go of connections that it has not used for four seconds', () => {
    const { clock, read } = probing('/', 1)
    clock.advance(60_000)
    expect(read().filter(({ row }) => row[4] === 1)).toEqual([])
  })

  test('told to stop, it says the rest and ends, and its connections with it', () => {
    const { clock, read, prober, network, machines } = probing()
    expect(network.openRoutes(machines[0])).toHaveLength(8)
    prober.signal('SIGTERM')
    expect(prober.exited?.exitCode).toBe(0)
    expect(read().at(-1)?.row[0]).toBeGreaterThanOrEqual(48)
    expect(network.openRoutes(machines[0])).toEqual([])
    const until = read().length
    clock.advance(1_000)
    expect(read()).toHaveLength(until)
  })

  test('says the same with the same seed', () => {
    const texts = [1, 2].map(() => {
      const { clock, prober } = probing()
      clock.advance(5_000)
      return prober.log.lines.map(({ text }) => text).join('\n')
    })
    expect(texts[0]).toBe(texts[1])
  })
})
