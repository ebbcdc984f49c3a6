import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { EnvironmentError } from '../../model/errors.ts'
import { run, tryRun } from '../process.ts'
import { followHere, followInNode, untilInputCloses } from './follow.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-follow-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** Puts a docker on the PATH that runs what it is told to, as `docker exec -i node` does, but here. */
function fakeDocker(): void {
  const path = join(folder, 'docker')
  writeFileSync(path, '#!/bin/sh\n[ "$1 $2 $3" = "exec -i node" ] || exit 9\nshift 3; exec "$@"\n')
  chmodSync(path, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
}

async function isGone(pid: string | undefined): Promise<boolean> {
  if (!/^\d+$/.test(pid ?? '')) throw new Error(`a process id was expected: ${pid}`)
  const { stdout } = await tryRun('ps', ['-o', 'stat=', '-p', pid ?? ''])
  return stdout === '' || stdout.startsWith('Z')
}

/** Prints its own process id and that of a child, and goes on for ever. */
const endless = ['sh', '-c', 'sleep 1000 & echo $$; echo $!; wait']

test('a command on a node ends with all that it started when its input closes', async () => {
  const input = new PassThrough()
  const pids: string[] = []
  const args = ['-c', untilInputCloses, 'follow', ...endless]
  const running = tryRun('bash', args, { input, onLine: (line) => pids.push(line) })
  await expect.poll(() => pids.length).toBe(2)
  expect(await Promise.all(pids.map(isGone))).toEqual([false, false])
  input.end()
  await running
  await expect.poll(() => Promise.all(pids.map(isGone))).toEqual([true, true])
})

test('a command whose shell is ended while it starts is watched already', async () => {
  const slow = join(folder, 'slow')
  writeFileSync(slow, "trap 'sleep 0.2' DEBUG\n")
  const pids: string[] = []
  const endsItsShell = ['sh', '-c', 'echo $$; kill $PPID; exec sleep 1000']
  const args = ['-c', untilInputCloses, 'follow', ...endsItsShell]
  const options = { input: new PassThrough(), env: { BASH_ENV: slow } }
  const running = tryRun('bash', args, { ...options, onLine: (line) => pids.push(line) })
  await expect.poll(() => pids.length, { timeout: 10_000 }).toBe(1)
  await expect.poll(() => isGone(pids[0])).toBe(true)
  await running
})

test('a command that ends by itself is over at once, with its own exit code and no word of the shell', async () => {
  const script = ['-c', untilInputCloses, 'follow', 'sh', '-c', 'echo out; exit 7']
  const { exitCode, stdout, stderr } = await tryRun('bash', script, { input: new PassThrough() })
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 7, stdout: 'out', stderr: '' })
  const well = ['-c', untilInputCloses, 'follow', 'echo', 'a b', '$c']
  expect(await run('bash', well, { input: new PassThrough() })).toEqual({ stdout: 'a b $c', stderr: '' })
})

test('it calls back with each line until the signal, which is no failure', async () => {
  fakeDocker()
  const stopping = new AbortController()
  const pids: string[] = []
  const following = followInNode('node', endless, (line) => pids.push(line), stopping.signal)
  await expect.poll(() => pids.length).toBe(2)
  stopping.abort()
  await following
  await expect.poll(() => Promise.all(pids.map(isGone))).toEqual([true, true])
})

test('what is followed on this machine does not outlive a run that is killed', async () => {
  const follow = JSON.stringify(new URL('follow.ts', import.meta.url).href)
  const script = `const { followHere } = await import(${follow})
    await followHere(${JSON.stringify(endless)}, console.log, new AbortController().signal)`
  const dying = spawn(process.execPath, ['--input-type=module', '-e', script])
  let told = ''
  dying.stdout.on('data', (data) => {
    told += data
  })
  await expect.poll(() => told.split('\n').length, { timeout: 10_000 }).toBe(3)
  const pids = told.trim().split('\n')
  expect(await Promise.all(pids.map(isGone))).toEqual([false, false])
  dying.kill('SIGKILL')
  await expect.poll(() => Promise.all(pids.map(isGone))).toEqual([true, true])
})

test('a command on this machine that fails is an error', async () => {
  const fails = ['sh', '-c', 'exit 7']
  const following = followHere(fails, () => undefined, new AbortController().signal)
  await expect(following).rejects.toThrow(EnvironmentError)
})

test('a command that fails, or a node that is not there, is an error', async () => {
  fakeDocker()
  const { signal } = new AbortController()
  const follow = (node: string, ...command: string[]) => followInNode(node, command, () => undefined, signal)
  await expect(follow('node', 'sh', '-c', 'echo broken >&2; exit 1')).rejects.toThrow(EnvironmentError)
  await expect(follow('other', 'true')).rejects.toThrow('failed with exit code 9')
})
