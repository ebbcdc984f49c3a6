import { describe, expect, test } from 'vitest'
import type { Host } from '../../../model/behaviour.ts'
import { testWorld } from '../network/testing.ts'
import { followProgram } from './follow.ts'
import { runProgram } from './programs.ts'

function node() {
  const made = testWorld()
  const { world, machines } = made
  const run = (...command: string[]) => runProgram(world, machines[0], command)
  const following = new AbortController()
  const lines: string[] = []
  const follow = (...command: string[]) =>
    followProgram(world, machines[0], command, (line) => lines.push(line), following.signal)
  return { ...made, run, follow, following, lines, machine: machines[0] }
}

describe('ctr', () => {
  const kill = (id: string, signal: string) => ['ctr', '-n', 'k8s.io', 'task', 'kill', '-s', signal, id]

  test('sends a signal to a container', () => {
    const { run, start } = node()
    const seen: string[] = []
    const process = start((host: Host) => host.on('SIGTERM', () => seen.push('SIGTERM')))
    expect(run(...kill(process.id, 'SIGTERM'))).toBe('')
    expect(seen).toEqual(['SIGTERM'])
    run(...kill(process.id, 'SIGKILL'))
    expect(process.exited?.exitCode).toBe(137)
  })

  test('fails where that does not run, or is on another node', () => {
    const { run, start, machines } = node()
    const process = start(() => undefined, { machine: machines[1] })
    expect(() => run(...kill(process.id, 'SIGKILL'))).toThrow(`Node/n1: ctr: task ${process.id} not found`)
    expect(() => run(...kill('abc', 'SIGKILL'))).toThrow('task abc not found')
  })
})

describe('journalctl', () => {
  test('reads what the runtime has written, since a time and of some containers', () => {
    const { run, machine, clock } = node()
    const zero = Math.floor(clock.epoch() / 1_000)
    for (const [at, text] of ['one abc', 'two def', 'three abc'].entries())
      machine.journal.push({ epochMs: (zero + at) * 1_000, text })
    const journal = ['journalctl', '-u', 'containerd', '--no-pager', '-o', 'cat']
    expect(run(...journal, `--since=@${zero + 1}`, '-g', 'abc|xyz')).toBe('three abc\n')
    expect(run(...journal, `--since=@${zero}`, '-g', 'abc|def')).toBe('one abc\ntwo def\nthree abc\n')
  })

  test('says that a simulated kubelet has none', () => {
    expect(node().run('journalctl', '-u', 'kubelet', '--no-pager')).toContain('no journal')
  })
})

describe('conntrack', () => {
  const ofProber = ['-p', 'tcp', '-s', '10.244.1.200', '-d', '10.96.0.1']

  function routed() {
    const made = node()
    const { network, machine, start, service, endpoints } = made
    service()
    const { ip } = start((host: Host) => void host.listen(8080, () => ({ status: 200 }))).order
    endpoints({ ip })
    const get = (fromPort: number, from = '10.244.1.200') =>
      network.request(
        { machine, ip: from },
        {
          ...{ ip: '10.96.0.1', port: 80, fromPort, keep: true, timeoutMs: 100 },
          request: { path: '/', headers: {} },
        },
        () => undefined,
      )
    return { ...made, get, ip }
  }

  test('-E tells of each connection to the Service from that pod, when it is begun', async () => {
    const { follow, following, lines, get, clock, ip } = routed()
    const followed = follow('conntrack', '-E', '-e', 'NEW', '-o', 'timestamp', ...ofProber)
    const atMs = clock.epoch()
    get(5_000)
    get(5_001, '10.244.1.201')
    clock.advance(20)
    expect(lines).toEqual([
      `[${(atMs / 1_000).toFixed(6)}]\t    [NEW] tcp      6 120 SYN_SENT src=10.244.1.200 dst=10.96.0.1 sport=5000 dport=80 [UNREPLIED] src=${ip} dst=10.244.1.200 sport=8080 dport=5000`,
    ])
    get(5_002)
    following.abort()
    clock.advance(1_000)
    await followed
    get(5_003)
    clock.advance(1_000)
    expect(lines).toHaveLength(1)
  })

  test('-L lists those that are open', () => {
    const { run, get, ip } = routed()
    get(5_000)
    get(5_001, '10.244.1.201')
    expect(run('conntrack', '-L', ...ofProber)).toBe(
      `tcp      6 86399 ESTABLISHED src=10.244.1.200 dst=10.96.0.1 sport=5000 dport=80 src=${ip} dst=10.244.1.200 sport=8080 dport=5000 [ASSURED] mark=0 use=1\n`,
    )
  })
})

describe('the keeper of a frozen container', () => {
  const freezer = ['bash', '-c', 'set -u', 'freezer']

  test('says that it is stopped, and lets it go on at its end', async () => {
    const { follow, following, lines, start, clock } = node()
    const process = start(() => undefined)
    const followed = follow(...freezer, process.id)
    clock.advance(200)
    expect([lines, process.isStopped]).toEqual([['stopped 1'], true])
    following.abort()
    await followed
    expect(process.isStopped).toBe(false)
  })

  test('is refused where the task does not run', async () => {
    const { follow, start, machines } = node()
    const elsewhere = start(() => undefined, { machine: machines[1] })
    await expect(follow(...freezer, elsewhere.id)).rejects.toThrow(
      `no task ${elsewhere.id} runs on this node`,
    )
  })

  test('may be gone: the script that lets it go on does so without it, and does nothing to a task that is gone', () => {
    const { run, start } = node()
    const process = start(() => undefined)
    process.signal('SIGSTOP')
    expect(run('bash', '-c', 'set -u', 'thaw', process.id)).toBe('')
    expect(process.isStopped).toBe(false)
    process.signal('SIGKILL')
    expect(run('bash', '-c', 'set -u', 'thaw', process.id)).toBe('')
    expect(() => run('bash', '-c', 'reboot')).toThrow('a simulated node cannot run `bash -c reboot`')
  })
})

describe('the keeper of a partition', () => {
  test('says what was dropped; at its end the kubelet reaches the API server after a while', async () => {
    const { follow, following, lines, machine, clock, run } = node()
    const followed = follow('bash', '-c', 'set -u', 'partition')
    clock.advance(200)
    expect([lines, machine.link.isCut]).toEqual([['dropped 1 n1:6443'], true])
    following.abort()
    await followed
    expect(run('bash', '-c', 'nft', 'mend')).toBe('')
    clock.advance(400)
    expect(machine.link.isCut).toBe(true)
    clock.advance(2_700)
    expect(machine.link.isCut).toBe(false)
  })
})

describe('the keeper of an exec gate', () => {
  const order = ['web-1', 'app', '["cat","/tmp/well"]', '4']
  const keeper = ['bash', '-c', 'set -eu', 'gate-keeper', '/usr/local/lib', '/run/exec', 'one', 'gate']

  function kept() {
    const made = node()
    const process = made.start((host: Host) => host.write('/tmp/well', ''), { uid: 'web-1' })
    const exits: number[] = []
    const exec = () => {
      process.exec(['cat', '/tmp/well'], ({ exitCode }) => exits.push(exitCode))
      made.clock.advance(100)
      return exits.at(-1)
    }
    return { ...made, process, exec, exits }
  }

  test('says that it is in place, and each command that it failed', async () => {
    const { follow, following, clock, exec, lines, process } = kept()
    const followed = follow(...keeper, ...order)
    expect(exec()).toBe(0)
    clock.advance(500)
    expect(exec()).toBe(4)
    expect(lines).toEqual(['{"armed":"gate"}', `{"failed":"${process.id}"}`])
    following.abort()
    await followed
    expect(exec()).toBe(0)
  })

  test('lets a command hang, until its container ends', async () => {
    const { follow, clock, exec, exits, lines, process } = kept()
    void follow(...keeper, ...order.slice(0, -1), 'hangs')
    clock.advance(500)
    exec()
    clock.advance(60_000)
    expect(exits).toEqual([])
    expect(lines.at(-1)).toBe(`{"failed":"${process.id}"}`)
    process.signal('SIGKILL')
    expect(exec()).toBe(137)
  })

  test('has no order any more once that is removed', () => {
    const { follow, clock, exec, run } = kept()
    void follow(...keeper, ...order)
    clock.advance(500)
    expect(run('rm', '-f', '/run/exec/one.order')).toBe('')
    expect(exec()).toBe(0)
  })

  test('fails when its machine is turned off', async () => {
    const { follow, machine } = kept()
    const followed = follow(...keeper, ...order)
    machine.set('stopped')
    await expect(followed).rejects.toThrow('Node/n1: was turned off')
  })
})

test('any other program is not there', async () => {
  const { run, follow } = node()
  expect(() => run('nft', 'list', 'ruleset')).toThrow('Node/n1: a simulated node has no program nft')
  expect(() => run('rm', '-rf', '/')).toThrow('cannot run')
  expect(() => run('conntrack', '-D')).toThrow('cannot run')
  await expect(follow('bash', '-c', 'true')).rejects.toThrow('Node/n1: a simulated node has no program bash')
})

test('nothing is run on a machine that does not', async () => {
  const { run, follow, machine } = node()
  machine.set('paused')
  expect(() => run('journalctl', '-u', 'kubelet')).toThrow('Node/n1: is paused')
  await expect(follow('conntrack', '-E')).rejects.toThrow('Node/n1: is paused')
})
