import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { asGoWritesIt } from './exec-gate.ts'
import { gate, gateKeeper, hangs } from './exec-gate-scripts.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-gate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
// Stands for the true runc: tells what it was called with.
writeFileSync(at('runc'), '#!/bin/bash\nprintf "<%s>" "$@"\n')
chmodSync(at('runc'), 0o755)
writeFileSync(at('gate'), gate(at('runc'), folder))
const annotations = {
  'io.kubernetes.cri.container-name': 'app',
  'io.kubernetes.cri.sandbox-uid': 'uid-1',
}
writeFileSync(at('config.json'), JSON.stringify({ annotations }))

const command = ['sh', '-c', 'test -e "/a b" && echo <fine>']
const process1 = (args: string[]) => `{"user":{"uid":0},"args":${asGoWritesIt(args)},"env":["A=1"]}\n`
const head = ['--root', '/r', '--log', at('log.json'), '--log-format', 'json']
const exec = [...head, 'exec', '--process', at('process'), '--detach', '--pid-file', at('pid'), 'c0ffee']

interface Order {
  keeper?: number
  podUid?: string
  container?: string
  exitCode?: number | typeof hangs
}

function ordered({ keeper = process.pid, podUid = 'uid-1', container = 'app', exitCode = 3 }: Order = {}) {
  const lines = [keeper, podUid, container, asGoWritesIt(command), exitCode]
  writeFileSync(at('one.order'), `${lines.join('\n')}\n`)
}

function call(...args: string[]): string {
  return execFileSync('bash', [at('gate'), '/usr/sbin/runc', ...args], { encoding: 'utf8' })
}

beforeEach(() => {
  for (const name of ['one.order', 'one.log', 'pid']) rmSync(at(name), { force: true })
  writeFileSync(at('process'), process1(command))
})

const passedOn = exec.map((word) => `<${word}>`).join('')

test('an ordered command ends as was ordered, in a process whose pid is told, and is reported', () => {
  ordered()
  expect(call(...exec)).toBe('failed on purpose by rolypoly\n')
  expect(Number(readFileSync(at('pid'), 'utf8'))).toBeGreaterThan(1)
  expect(readFileSync(at('one.log'), 'utf8')).toMatch(/^\{"t":1[0-9]{12},"failed":"c0ffee"\}\n$/)
})

test('the process of that pid ends with the exit code that was ordered', () => {
  ordered({ exitCode: 42 })
  // A shell that reads the gate as its own script stands for the shim, which inherits that process.
  const stay = [
    'exec() { :; }; exit() { if ((BASH_SUBSHELL)); then builtin exit "$1"; fi; }',
    // To the process it is gone, as the gate is by then.
    'kill() { [[ $2 != "$$" ]]; }',
  ].join('; ')
  const script = `${stay}; source ${at('gate')} "$@"; wait "$(cat ${at('pid')})"; echo "ended with $?"`
  const shell = spawnSync('bash', ['-c', script, 'shim', '/usr/sbin/runc', ...exec], { encoding: 'utf8' })
  expect(shell.stdout).toBe('failed on purpose by rolypoly\nended with 42\n')
})

test('the process ends only after the gate itself, which would take note of it in the place of the shim', async () => {
  ordered()
  // The gate is held up where it tells of the failure.
  execFileSync('mkfifo', [at('one.log')])
  const child = spawn('bash', [at('gate'), '/usr/sbin/runc', ...exec], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = text(child.stdout)
  while (!existsSync(at('pid')) || readFileSync(at('pid'), 'utf8') === '') await sleep(10)
  const pid = Number(readFileSync(at('pid'), 'utf8'))
  await sleep(300)
  expect(existsSync(`/proc/${pid}`)).toBe(true)
  expect(readFileSync(at('one.log'), 'utf8')).toContain('"failed":"c0ffee"')
  expect(await output).toBe('failed on purpose by rolypoly\n')
})

test('it tells whoever put it there that it is there', () => {
  ordered()
  expect(call('is-gated')).toBe('gated\n')
  expect(call('--root', 'is-gated')).toBe('<--root><is-gated>')
})

test('a command that is to hang goes on, and is reported, until it is killed', async () => {
  ordered({ exitCode: hangs })
  const child = spawn('bash', [at('gate'), '/usr/sbin/runc', ...exec], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = text(child.stdout)
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(readFileSync(at('one.log'), 'utf8')).toContain('"failed":"c0ffee"')
  await sleep(300)
  process.kill(Number(readFileSync(at('pid'), 'utf8')), 'SIGKILL')
  // It holds what it would have printed to, as a command does.
  expect(await output).toBe('')
})

test.each<[string, Order]>([
  ['of another pod', { podUid: 'uid-2' }],
  ['of another container', { container: 'ap' }],
  ['whose keeper is gone', { keeper: 2 ** 22 + 1 }],
])('an order %s holds for nothing', (_, order) => {
  ordered(order)
  expect(call(...exec)).toBe(passedOn)
  expect(existsSync(at('pid'))).toBe(false)
})

test('another command of the same program is passed on as it is, word by word', () => {
  ordered()
  writeFileSync(at('process'), process1(['sh', '-c', 'true']))
  expect(call(...exec)).toBe(passedOn)
  writeFileSync(at('process'), process1([...command, 'more']))
  expect(call(...exec)).toBe(passedOn)
})

test('what is no command is passed on, and a command at a terminal, whatever is ordered', () => {
  ordered()
  expect(call(...head, 'state', 'exec')).toContain('<state><exec>')
  expect(call(...head, 'kill', 'two words', '')).toContain('<kill><two words><>')
  const terminal = [...exec.slice(0, -1), '--console-socket', '/s', 'c0ffee']
  expect(call(...terminal)).toContain('<--console-socket></s><c0ffee>')
})

test('without an order everything is passed on', () => {
  expect(call(...exec)).toBe(passedOn)
})

test('the scripts are bash', () => {
  for (const script of [gate('runc', 'orders'), gateKeeper]) execFileSync('bash', ['-n', '-c', script])
})

test('a command is compared as Go writes it', () => {
  expect(asGoWritesIt(['a "b"', '<&>', '\u2028', 'ü\\\n'])).toBe(
    '["a \\"b\\"","\\u003c\\u0026\\u003e","\\u2028","ü\\\\\\n"]',
  )
})
