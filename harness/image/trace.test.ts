import { expect, test } from 'vitest'
import { readPacket } from './trace.ts'

const packet = (ends: string, tcp = 'tcp sport 60738 tcp dport 8081 tcp flags == syn tcp window 65495') =>
  `trace id 4af5edfb inet ours out packet: oif "eth0" ${ends} ip dscp cs0 ip ttl 64 ip protocol tcp ip length 60 ${tcp} `

test('a packet is told by where it was going, and by the port that it came from', () => {
  const line = packet('ip saddr 10.244.1.1 ip daddr 10.244.1.2')
  expect(readPacket(line, 'ours')).toEqual({ ip: '10.244.1.2', port: 8081, from: 60738 })
  const line6 = packet('ip6 saddr fd00::1 ip6 daddr fd00::2')
  expect(readPacket(line6, 'ours')).toMatchObject({ ip: 'fd00::2' })
})

test('what another table met is passed over, and what else is told of the same packet', () => {
  expect(readPacket(packet('ip saddr 10.244.1.1 ip daddr 10.244.1.2'), 'our')).toBeUndefined()
  expect(
    readPacket('trace id 4af5edfb inet ours out unknown rule handle 3 (verdict drop)', 'ours'),
  ).toBeUndefined()
  expect(
    readPacket(packet('ip saddr 10.244.1.1 ip daddr 10.244.1.2', 'udp sport 1 udp dport 2'), 'ours'),
  ).toBeUndefined()
})
