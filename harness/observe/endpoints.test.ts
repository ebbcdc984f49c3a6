import { describe, expect, test } from 'vitest'
import type { PodRef } from '../cluster/kube.ts'
import type { Observation } from '../model/observation.ts'
import { FakeRecording, pod, slice, timelineOf, watched } from '../timeline/testing.ts'
import { endpointsOf, type TellEndpoints, tellEndpoints } from './endpoints.ts'

const seen = (atMs: number, name: string, type?: 'DELETED') => watched('Pod', atMs, pod({ name }), type)
const listed = (atMs: number, of: string[], service = 'web') => {
  const endpoints = of.map((name) => ({ of: name }))
  return watched('EndpointSlice', atMs, slice(service, endpoints, service))
}

describe('the endpoints of a Service', () => {
  const of = (...observations: Observation[]) => endpointsOf(timelineOf(...observations), 'web')

  test('are the addresses of the pods that it lists, each once, in order', () => {
    const [v4, v6] = ['s1', 's2'].map((name) =>
      watched('EndpointSlice', 2, slice(name, [{ of: 'web-2' }, { of: 'web-1' }])),
    )
    expect(of(seen(1, 'web-1'), seen(1, 'web-2'), ...[v4, v6].filter((one) => one !== undefined))).toEqual([
      'ip of web-1',
      'ip of web-2',
    ])
    expect(of(seen(1, 'web-1'), listed(2, ['web-1'], 'api'))).toEqual([])
  })

  test('stay as long as their pods do, also when they are listed no more', () => {
    const stopping = [seen(1, 'web-1'), listed(2, ['web-1']), listed(3, [])]
    expect(of(...stopping)).toEqual(['ip of web-1'])
    expect(of(...stopping, seen(4, 'web-1', 'DELETED'))).toEqual([])
    expect(of(listed(2, ['web-1']))).toEqual([])
  })
})

/** Tells a prober while this happens; `answers` are the exit codes of its commands, one after the other. */
async function telling(coming: Observation[], answers: (number | Error)[] = [], stopAfter = 99) {
  const recording = new FakeRecording(...coming)
  const stopping = new AbortController()
  const told: { atMs: number; pod: PodRef; command: string[] }[] = []
  const exec = async (of: PodRef, command: string[]) => {
    told.push({ atMs: recording.now(), pod: of, command })
    if (told.length === stopAfter) stopping.abort()
    const exitCode = answers.shift() ?? 0
    if (exitCode instanceof Error) throw exitCode
    return { stdout: '', stderr: '', exitCode }
  }
  await tellEndpoints({
    ...({ cluster: { clock: recording.clock, kube: { exec } }, recorder: recording } as never as Told),
    ...{ namespace: 'shop', prober: 'rolypoly-prober-web', service: 'web', targetPort: 8080, path: '/slow' },
    signal: stopping.signal,
  })
  return { told, lists: told.map(({ atMs, command }) => `${atMs} ${command.at(-1)}`) }
}
type Told = Pick<TellEndpoints, 'cluster' | 'recorder'>

const changes = [
  ...[seen(1, 'web-1'), listed(2, ['web-1']), listed(3, ['web-1']), seen(1_000, 'web-2')],
  ...[listed(1_100, ['web-1', 'web-2']), listed(1_200, ['web-2']), seen(2_000, 'web-1', 'DELETED')],
]
const url = (name: string) => `"http://ip of ${name}:8080/slow"`

describe('the prober', () => {
  test('is told of the endpoints whenever they change, and of nothing else', async () => {
    const { told, lists } = await telling(changes)
    expect(lists).toEqual([
      `2 [${url('web-1')}]`,
      `1100 [${url('web-1')},${url('web-2')}]`,
      `2000 [${url('web-2')}]`,
    ])
    expect(told[0]).toMatchObject({
      pod: { namespace: 'shop', name: 'rolypoly-prober-web', container: 'prober' },
      command: ['sh', '-c', 'printf %s "$0" >/tmp/endpoints && kill -HUP 1', expect.any(String)],
    })
  })

  test('is told again half a second later where its command failed, of what is true then', async () => {
    const { lists } = await telling(changes, [1, new Error('exec failed'), new Error('exec failed'), 0])
    expect(lists).toEqual([
      ...[`2 [${url('web-1')}]`, `502 [${url('web-1')}]`, `1002 [${url('web-1')}]`],
      ...[`1502 [${url('web-1')},${url('web-2')}]`, `2000 [${url('web-2')}]`],
    ])
  })

  test('is told no more once the traffic is stopped', async () => {
    expect((await telling(changes, [], 1)).lists).toHaveLength(1)
    expect((await telling(changes, [new Error('exec failed')], 1)).lists).toHaveLength(1)
  })
})
