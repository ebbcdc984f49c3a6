import { describe, expect, test } from 'vitest'
import type { Host } from '../../../model/behaviour.ts'
import { testWorld } from '../network/testing.ts'
import type { ProbeOutcome, ProbeQuestion } from '../world.ts'
import { helperBehaviour } from './helper.ts'

function helping(program: string, order: object) {
  const made = testWorld()
  const { clock, network, machines, start } = made
  const app = start((host: Host) => {
    host.listen(8080, () => ({ status: 200 }))
  })
  const { ip } = app.order
  const command = ['node', program, JSON.stringify({ table: 'ours', ip, port: 8080, ...order })]
  const helper = start(helperBehaviour, { command, ip: machines[0].ip })
  const lines = () => helper.log.lines.map(({ text }) => JSON.parse(text) as Record<string, unknown>)
  const probe = (question: Partial<ProbeQuestion> = {}) => {
    let came: ProbeOutcome | undefined
    const asked = { way: 'http', port: 8080, path: '/healthz', headers: {}, scheme: 'HTTP', ...question }
    network.probe(app, asked as ProbeQuestion, 20, (outcome) => {
      came = outcome
    })
    clock.advance(20)
    return came?.result
  }
  return { ...made, app, ip, helper, lines, probe }
}

const order = { path: '/healthz', headers: [], failure: { with: 'status', status: 500 } }

describe('probe-proxy.ts', () => {
  test('says when it is in place, and each probe that it fails', () => {
    const { lines, ip, probe, clock } = helping('probe-proxy.ts', order)
    const t = clock.epoch() - 200
    expect(lines()).toEqual([{ t, armed: `${ip}:8080` }])
    expect(probe()).toBe('failure')
    expect(probe({ path: '/ready' } as never)).toBe('success')
    expect(lines().slice(1)).toEqual([{ t: t + 200, failed: '/healthz', as: 'status' }])
  })

  test('told to stop, takes its rule away and ends', () => {
    const { helper, probe, clock } = helping('probe-proxy.ts', order)
    helper.signal('SIGTERM')
    clock.advance(149)
    expect(helper.exited).toBeUndefined()
    clock.advance(1)
    expect(helper.exited?.exitCode).toBe(0)
    expect(probe()).toBe('success')
  })

  test('killed, leaves a rule that is gone within six seconds', () => {
    const { helper, probe, clock } = helping('probe-proxy.ts', order)
    helper.signal('SIGKILL')
    expect(probe({ path: '/ready' } as never)).toBe('failure')
    clock.advance(6_000)
    expect(probe()).toBe('success')
  })
})

describe('port-block.ts', () => {
  test('says when it is in place, and each connection that it met', () => {
    const { lines, ip, probe } = helping('port-block.ts', { with: 'reset' })
    expect(probe({ way: 'tcp' })).toBe('failure')
    const t = expect.any(Number)
    expect(lines()).toEqual([
      { t, armed: `${ip}:8080` },
      { t, failed: `${ip}:8080`, as: 'reset' },
    ])
  })
})

test('another program ends with 1, and says why', () => {
  const { helper } = helping('shell.ts', {})
  expect(helper.exited?.exitCode).toBe(1)
  expect(helper.log.lines[0]?.text).toContain('no such program')
})
