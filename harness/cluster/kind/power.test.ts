import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { EnvironmentError } from '../../model/errors.ts'
import { kindPower, stateOf } from './power.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-power-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** Puts a docker on the PATH that does as this script of sh does, and gives what it was asked since. */
function fakeDocker(script: string): () => string[] {
  const [docker, asked] = [join(folder, 'docker'), join(folder, 'asked')]
  writeFileSync(docker, `#!/bin/sh\necho "$*" >>${asked}\n${script}\n`)
  chmodSync(docker, 0o755)
  writeFileSync(asked, '')
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  return () => readFileSync(asked, 'utf8').trim().split('\n')
}

test.each([
  ['running', 'running'],
  ['paused', 'paused'],
  ['exited', 'stopped'],
  ['created', 'stopped'],
  ['dead', 'stopped'],
])('a container that is %s is a node that is %s', (status, state) => {
  expect(stateOf(status)).toBe(state)
})

test('a node is turned off without a word to it, and its kubelet asks systemd', async () => {
  const asked = fakeDocker('[ "$4" = show ] && echo inactive || true')
  await kindPower.stop('n1')
  expect(await kindPower.kubelet('n1', 'stop')).toBe('inactive')
  expect(asked().slice(0, 2)).toEqual(['kill n1', 'exec n1 systemctl stop kubelet'])
})

test('a node that could not be frozen is frozen again; one that is not there is an error', async () => {
  const first = join(folder, 'first')
  const asked = fakeDocker(`[ -e ${first} ] || { touch ${first}; echo 'unable to freeze' >&2; exit 1; }`)
  await kindPower.pause('n1')
  expect(asked()).toEqual(['pause n1', 'pause n1'])
  fakeDocker('exit 1')
  await expect(kindPower.start('n1')).rejects.toThrow(EnvironmentError)
})

test('what pauses nodes is followed until the signal, and not beyond what the engine tells', async () => {
  const asked = fakeDocker('echo n2; exec sleep 60')
  const over = new AbortController()
  const paused: string[] = []
  const onPause = (node: string) => {
    paused.push(node)
    over.abort()
  }
  await kindPower.followPauses(['n1', 'n2'], onPause, over.signal)
  expect(paused).toEqual(['n2'])
  expect(asked()).toEqual([
    'events --filter container=n1 --filter container=n2 --filter event=pause --format {{.Actor.Attributes.name}}',
  ])
  fakeDocker('exit 1')
  const goesOn = kindPower.followPauses(['n1'], onPause, new AbortController().signal)
  await expect(goesOn).rejects.toThrow(EnvironmentError)
})
