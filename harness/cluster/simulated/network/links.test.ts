import { expect, test } from 'vitest'
import type { Host, Link, LinkEvents } from '../../../model/behaviour.ts'
import { testWorld } from './testing.ts'

/** Answers each text by itself in brackets. */
const echo = (host: Host) => host.listenForText(7, (text) => `(${text})`)

/** An app that begins a connection when it is told to, and writes down what becomes of it. */
function world() {
  const made = testWorld()
  const { start, clock, machines } = made
  const server = start(echo)
  const seen: string[] = []
  const on: LinkEvents = {
    opened: () => seen.push('opened'),
    heard: (text) => seen.push(text),
    ended: () => seen.push('ended'),
  }
  let host: Host | undefined
  const client = start(
    (given: Host) => {
      host = given
    },
    { machine: machines[1] },
  )
  const begin = (to = server.order.ip, port = 7): Link => {
    if (!host) throw new Error('it has begun')
    return host.connect(to, port, on)
  }
  const told = (ms = 10) => {
    clock.advance(ms)
    return seen.splice(0)
  }
  return { ...made, server, client, begin, told }
}

test('a connection is open a moment later, and texts are answered on it', () => {
  const { begin, told } = world()
  const link = begin()
  link.send('too soon')
  expect(told(0)).toEqual([])
  expect(told()).toEqual(['opened'])
  link.send('a')
  expect(told(0)).toEqual([])
  expect(told()).toEqual(['(a)'])
})

test('its end is told once, whoever closes it', () => {
  const { begin, told, server, client } = world()
  const [mine, other, last] = [begin(), begin(), begin()]
  expect(told()).toEqual(['opened', 'opened', 'opened'])
  mine.end()
  mine.end()
  mine.send('too late')
  expect(told()).toEqual(['ended'])
  server.signal('SIGKILL')
  expect(told()).toEqual(['ended', 'ended'])
  other.send('too late')
  last.end()
  expect(told()).toEqual([])
  expect(client.exited).toBeUndefined()
})

test('it is not opened where nothing listens, where there is no such name, or once it was closed', () => {
  const { begin, told, server } = world()
  begin(server.order.ip, 8)
  expect(told()).toEqual(['ended'])
  begin('nobody')
  expect(told()).toEqual(['ended'])
  begin().end()
  expect(told()).toEqual(['ended'])
})

test('a Service is found by its name, in the namespace of the pod, and may have nowhere to go to', () => {
  const made = testWorld()
  const { start, clock, store, service, endpoints } = made
  const server = start((host: Host) => host.listenForText(8080, (text) => text))
  service()
  endpoints({ ip: server.order.ip })
  const seen: string[] = []
  const events = (name: string): LinkEvents => ({
    opened: () => seen.push(`${name} opened`),
    heard: () => undefined,
    ended: () => seen.push(`${name} ended`),
  })
  const asking = (host: Host) => void host.connect('web', 80, events(host.hostname))
  start(asking, { uid: 'here' })
  const elsewhere = { metadata: { name: 'there', uid: 'there', namespace: 'other' } }
  start(asking, { uid: 'there', pod: elsewhere })
  expect(seen).toEqual(['here opened', 'there ended'])
  store.update('EndpointSlice', {
    ...store.get('EndpointSlice', 'web-abcde', 'shop'),
    endpoints: [],
  } as never)
  clock.advance(1_000)
  start(asking, { uid: 'late' })
  expect(seen.slice(2)).toEqual(['late ended'])
})

test('a machine that was turned off tells nobody; one that is frozen answers when it goes on', () => {
  const { begin, told, machines } = world()
  const link = begin()
  told()
  machines[0].set('paused')
  link.send('a')
  expect(told(5_000)).toEqual([])
  machines[0].set('running')
  expect(told()).toEqual(['(a)'])
  machines[0].set('stopped')
  link.send('b')
  expect(told(5_000)).toEqual([])
  link.end()
  expect(told()).toEqual(['ended'])
})

test('what speaks HTTP closes the connection at the first text, and asked for HTTP this is no answer', () => {
  const { begin, told, start, network, machines, server } = world()
  const web = start((host: Host) => void host.listen(80, () => ({ status: 200 })))
  const link = begin(web.order.ip, 80)
  told()
  link.send('a')
  expect(told()).toEqual(['ended'])
  const lost: unknown[] = []
  const request = { path: '/', headers: {} }
  network.request(
    { machine: machines[1], ip: '10.244.2.9' },
    { ip: server.order.ip, port: 7, fromPort: 1, request, keep: false, timeoutMs: 100 },
    (outcome) => lost.push(outcome.lost),
  )
  expect(lost).toEqual(['HPE_INVALID_CONSTANT'])
})

test('an app that has ended is told no more, and leaves nothing behind', () => {
  const { begin, told, client, server, clock } = world()
  begin()
  told()
  client.signal('SIGKILL')
  expect(told()).toEqual([])
  server.signal('SIGKILL')
  clock.advance(1_000)
  expect(told()).toEqual([])
})
