import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryRun } from '../cluster/process.ts'
import { resultSchema } from '../model/result.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolypoly-cli-'))
  await mkdir(join(folder, 'scenarios'))
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  await writeFile(
    join(folder, 'scenarios', 'any.scenario.ts'),
    "import { test } from 'vitest'\ntest('any', () => {})\n",
  )
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** Runs the command line in an empty project, far from any Docker engine and any kind. */
async function rolypoly(args: string[], env: Record<string, string> = {}) {
  const nowhere = {
    DOCKER_HOST: `unix://${folder}/no-engine.sock`,
    ROLYPOLY_CACHE: join(folder, 'cache'),
    ROLYPOLY_OFFLINE: '1',
    KIND_BINARY: '',
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
  }
  const outcome = await tryRun(process.execPath, [main, ...args], {
    ...{ cwd: folder, env: { ...nowhere, ...env }, timeoutMs: 60_000 },
  })
  return { ...outcome, lines: outcome.stderr.split('\n') }
}

async function fakeKind(): Promise<string> {
  const path = join(folder, 'kind')
  await writeFile(path, '#!/bin/sh\necho "kind v0.33.0 go1.25 linux/amd64"\n', { mode: 0o755 })
  return path
}

test('a misspelt option is refused with the name of the one that was meant', async () => {
  const { exitCode, stderr } = await rolypoly(['run', '--contol'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain("unknown option '--contol'")
  expect(stderr).toContain('--control')
})

test('a value that makes no sense is refused with what was expected', async () => {
  expect((await rolypoly(['run', '--nodes', 'many'])).stderr).toContain(
    'a whole number from 1 to 20 is expected',
  )
  expect((await rolypoly(['run', '--deadline', 'soon'])).stderr).toContain("such as '500ms', '30s', '5m'")
  expect((await rolypoly(['run', '--shard', '3/2'])).stderr).toContain('as 1/3')
  expect((await rolypoly(['run', '--cluster', 'minikube'])).exitCode).toBe(2)
})

test.each([
  [['run', '--seed', ''], 'a whole number from 0 to 2147483647 is expected'],
  [['run', '--seed', '0x10'], 'a whole number from 0 to 2147483647 is expected'],
  [['run', '--nodes', '3.0'], 'a whole number from 1 to 20 is expected'],
  [['run', '--report', ''], "'--report <dir>' argument '' is invalid. it is empty"],
  [['run', '--context', ' '], "'--context <name>' argument ' ' is invalid. it is empty"],
  [['predict', 'web.yaml', '--kubernetes', '9.9'], 'a version of Kubernetes 1 is expected'],
  [['sweep', '--kept', '--context', 'stage'], '--kept: is of kind clusters that were kept'],
  [['sweep', '--context', ''], 'it is empty'],
])('%j is refused, for nothing is guessed', async (args, why) => {
  const { exitCode, stderr } = await rolypoly(args)
  expect(exitCode).toBe(2)
  expect(stderr).toContain(why)
})

test('a filter that matches no scenario names those that there are', async () => {
  const { exitCode, lines, stderr } = await rolypoly(['run', 'nothing-like-it'])
  expect(exitCode).toBe(2)
  expect(lines[0]).toBe('rolypoly: No scenario matches "nothing-like-it"')
  expect(stderr).toContain('scenarios/any.scenario.ts')
})

test('without a Docker engine a run ends in one sentence, and still writes its result', async () => {
  const report = join(folder, 'report')
  const { exitCode, lines, stdout } = await rolypoly(['run', '--cluster', 'kind', '--report', report], {
    KIND_BINARY: await fakeKind(),
  })
  expect(exitCode).toBe(2)
  expect(lines[0]).toMatch(/^rolypoly: .*Docker/)
  expect(stdout.split('\n').at(-1)).toBe(report)
  const result = resultSchema.parse(JSON.parse(await readFile(join(report, 'result.json'), 'utf8')))
  expect(result.run.verdict).toBe('error')
  expect(result.run.error?.message).toContain('Docker')
})

test('a kind binary in the cache with the wrong hash is named and not run', async () => {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const cached = join(folder, 'cache', `kind-0.33.0-${platform}`)
  await mkdir(dirname(cached), { recursive: true })
  await writeFile(cached, '#!/bin/sh\ntouch ran\n', { mode: 0o755 })
  const { exitCode, lines } = await rolypoly(['run', '--cluster', 'kind'])
  expect(exitCode).toBe(2)
  expect(lines[0]).toContain(cached)
  await expect(readFile(join(folder, 'ran'))).rejects.toThrow('ENOENT')
})

test('a report of a folder without a result says what was expected', async () => {
  const { exitCode, lines } = await rolypoly(['report', folder])
  expect(exitCode).toBe(2)
  expect(lines[0]).toContain('result.json')
})

async function onePod(): Promise<void> {
  const spec = { containers: [{ name: 'app', livenessProbe: { tcpSocket: { port: 80 } } }] }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec }
  await writeFile(join(folder, 'web.yaml'), JSON.stringify(pod))
}

test('a prediction needs no cluster: what follows each fault and when, and the weak spots', async () => {
  await onePod()
  const { exitCode, stdout } = await rolypoly(['predict', 'web.yaml'])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('  app restarts 19.5–57.0 s after the first failed probe\n')
  expect(stdout).toContain('! Pod/web: a Pod by itself, without a controller.')
})

test('a prediction may be had as JSON, for a cluster of another version', async () => {
  await onePod()
  const { stdout } = await rolypoly(['predict', 'web.yaml', '--kubernetes', '1.31', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    kubernetes: '1.31',
    workloads: [{ subject: 'Pod/web', faults: expect.any(Array), weakSpots: expect.any(Array) }],
  })
})

test('a prediction of a chart is made with its options, and ends though its module has left something open', async () => {
  const spec = '{ replicas, template: { spec: { containers: [{ name: "app" }] } } }'
  const deployment = `{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: ${spec} }`
  const chart = `({ replicas }: { replicas: number }) => ({ name: 'web', objects: [${deployment}], images: [] })`
  await writeFile(join(folder, 'chart.ts'), `setInterval(() => {}, 1_000)\nexport const web = ${chart}\n`)
  const { exitCode, stdout } = await rolypoly(['predict', 'chart.ts', '--options', '{ "replicas": 4 }'])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Deployment/web: 4 replicas, in no Service')
})

test('what cannot be predicted is refused in one sentence that names it', async () => {
  const { exitCode, lines, stdout } = await rolypoly(['predict', 'nowhere.yaml'])
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(lines[0]).toMatch(/^rolypoly: nowhere\.yaml: there is no such file or folder/)
})

test('a version that is none is refused with what was expected', async () => {
  const old = await rolypoly(['predict', 'nowhere.yaml', '--kubernetes', 'latest'])
  expect(old.exitCode).toBe(2)
  expect(old.stderr).toContain('"latest" is not a version of Kubernetes')
})
