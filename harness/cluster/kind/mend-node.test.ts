import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { machinesOf, mendMachine, registerAgain } from './mend-node.ts'
import { kindNodes } from './node-control.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolypoly-mend-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** Puts a docker on the PATH that prints what this script of sh does, and gives the first lines of what it was asked. */
function fakeDocker(script: string): () => string[] {
  const [docker, asked] = [join(folder, 'docker'), join(folder, 'asked')]
  writeFileSync(docker, `#!/bin/sh\necho "$1 $2 $3 $4" | head -1 >>${asked}\n${script}\n`)
  chmodSync(docker, 0o755)
  writeFileSync(asked, '')
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  return () => readFileSync(asked, 'utf8').trim().split(/ *\n/)
}

test('the machines of a cluster are its containers, running or not', async () => {
  const asked = fakeDocker("printf 'n1 running\\nn2 exited\\n'")
  expect(await machinesOf('rolypoly-1')).toEqual([
    { node: 'n1', status: 'running' },
    { node: 'n2', status: 'exited' },
  ])
  expect(asked()).toEqual(['ps --all --filter label=io.x-k8s.kind.cluster=rolypoly-1'])
  fakeDocker('true')
  expect(await machinesOf('rolypoly-1')).toEqual([])
})

test.each([
  ['exited', ['start n2', 'exec n2 bash -c'], ['turned n2 on'], true],
  ['paused', ['unpause n2', 'exec n2 bash -c'], ['let n2 go on'], false],
  ['running', ['exec n2 bash -c'], [], false],
])('a machine that is %s', async (status, commands, undone, rebooted) => {
  const asked = fakeDocker('true')
  expect(await mendMachine(kindNodes, { node: 'n2', status })).toEqual({ node: 'n2', undone, rebooted })
  expect(asked()).toEqual(commands)
})

test('what is undone on the machine is told with its name', async () => {
  fakeDocker("printf 'noise\\nundid: started the kubelet\\n'")
  const { undone } = await mendMachine(kindNodes, { node: 'n2', status: 'running' })
  expect(undone).toEqual(['started the kubelet on n2'])
})

test('a machine that stops only when it is mended is turned on all the same', async () => {
  const stopped = join(folder, 'stopped')
  writeFileSync(stopped, '')
  const asked = fakeDocker(`case $1 in
    exec) [ ! -f ${stopped} ];;
    inspect) echo exited;;
    start) rm ${stopped};;
  esac`)
  expect(await mendMachine(kindNodes, { node: 'n2', status: 'running' })).toEqual({
    ...{ node: 'n2', undone: ['turned n2 on'], rebooted: true },
  })
  const states = 'inspect --format {{.State.Status}} n2'
  expect(asked()).toEqual(['exec n2 bash -c', states, 'start n2', 'exec n2 bash -c'])
})

test('one that somebody else has let go on meanwhile is no error', async () => {
  fakeDocker('case $1 in unpause) exit 1;; inspect) echo running;; esac')
  expect((await mendMachine(kindNodes, { node: 'n2', status: 'paused' })).undone).toEqual([])
})

test('a machine that cannot be mended is an error', async () => {
  fakeDocker('case $1 in inspect) echo running;; *) exit 1;; esac')
  await expect(mendMachine(kindNodes, { node: 'n2', status: 'running' })).rejects.toThrow('docker exec n2')
})

test('a kubelet registers its node when it starts', async () => {
  const asked = fakeDocker('true')
  await registerAgain(kindNodes, 'n2')
  expect(asked().filter((line) => !line.includes('show'))).toEqual([
    'exec n2 systemctl stop',
    'exec n2 systemctl start',
  ])
})
