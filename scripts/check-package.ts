import { deepEqual, match, ok } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { glob, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Outcome, run, tryRun } from '../harness/cluster/process.ts'
import { explain } from '../harness/model/errors.ts'

/**
 * Packs `dist/`, installs the tarball in an empty project, and checks there what a user of the package does first.
 * Needs `npm run build` before it. No cluster is made: no Docker engine is to be found from the project.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const packTimeoutMs = 60_000
const installTimeoutMs = 300_000
const stepTimeoutMs = 60_000

const title = 'a deleted pod is replaced'
const scenarioFile = `import { deletePod, expect, scenario } from '@rolypoly/harness'
import { webapl } from '@rolypoly/harness/charts/webapl'

scenario('${title}', { deadline: '3m' }, async ({ deploy, inject }) => {
  const app = await deploy(webapl({ replicas: 3, quick: true }))
  const pod = await app.pod()
  const fault = await inject(deletePod(pod))
  await expect(pod).toBeReplaced()
  await expect(app).toRecover()
  await fault.revert()
})
`
// Global set-up brings a cluster up even where tests are only collected.
const configFile = `import { scenarioProjects } from '@rolypoly/harness/vitest'
import { defineConfig } from 'vitest/config'

const projects = scenarioProjects().map(({ test }) => ({ test: { ...test, globalSetup: [] } }))
export default defineConfig({ test: { projects } })
`

const temp = await mkdtemp(join(tmpdir(), 'rolypoly-package-'))
const project = join(temp, 'project')
const installed = join(project, 'node_modules', '@rolypoly', 'harness')
const env = {
  DOCKER_HOST: 'unix:///nonexistent.sock',
  ROLYPOLY_CACHE: join(temp, 'cache'),
  ROLYPOLY_OFFLINE: '1',
  NO_COLOR: '1',
  CI: '',
}
// What npm tells a script of its own command line would be taken for that of the npm and npx that are run here.
for (const name of ['local_prefix', 'call', 'package']) delete process.env[`npm_config_${name}`]

let passed = 0
let failed = 0
try {
  const version = await install()
  await checkAll(version)
} catch (error) {
  failed += 1
  console.error(`not ok - ${explain(error)}`)
} finally {
  await rm(temp, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** Makes the project with the package in it, and gives the version that was packed. */
async function install(): Promise<string> {
  ok(existsSync(join(root, 'dist', 'package.json')), 'there is no dist to pack: npm run build makes it')
  const manifest = z.object({ version: z.string() })
  const { version } = manifest.parse(JSON.parse(await readFile(join(root, 'dist', 'package.json'), 'utf8')))
  await run('npm', ['pack', './dist', '--pack-destination', temp], { cwd: root, timeoutMs: packTimeoutMs })
  const tarball = (await readdir(temp)).find((name) => name.endsWith('.tgz'))
  ok(tarball, 'npm pack made no tarball')
  await mkdir(join(project, 'scenarios'), { recursive: true })
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  await writeFile(join(project, 'scenarios', 'pod.scenario.ts'), scenarioFile)
  await run('npm', ['install', '--no-audit', '--no-fund', join(temp, tarball)], {
    ...{ cwd: project, timeoutMs: installTimeoutMs },
  })
  return version
}

async function checkAll(version: string): Promise<void> {
  await check('the package holds JavaScript, and TypeScript only where containers run it', async () => {
    const all = (await readdir(installed, { recursive: true })).filter(
      (path) => !path.startsWith('node_modules'),
    )
    const source = all.filter((path) => /\.ts$/.test(path) && !/\.d\.ts$/.test(path))
    deepEqual(
      source.filter((path) => !/(^|\/)image\//.test(path)),
      [],
    )
    ok(source.includes('harness/image/prober.ts'), "the prober's source is missing")
    deepEqual(
      all.filter((path) => /\.test\.|fixtures|golden/.test(path)),
      [],
    )
  })
  await check('every relative URL in its code leads somewhere', async () => {
    for await (const path of glob('**/*.js', { cwd: installed, exclude: ['node_modules'] })) {
      const code = await readFile(join(installed, path), 'utf8')
      for (const [, url = ''] of code.matchAll(/new URL\('([^']+)', import\.meta\.url\)/g)) {
        ok(existsSync(join(installed, dirname(path), url)), `${path}: ${url} leads nowhere`)
      }
    }
  })
  await check('rolypoly --version prints the version', async () => {
    const { exitCode, stdout } = await npx('rolypoly', '--version')
    deepEqual({ exitCode, stdout }, { exitCode: 0, stdout: version })
  })
  await check('rolypoly run --bogus exits 2', async () => {
    expectEnd(await npx('rolypoly', 'run', '--bogus'), 2, /unknown option '--bogus'/)
  })
  await check('rolypoly run nothing-matches exits 2 with one sentence', async () => {
    const outcome = await npx('rolypoly', 'run', 'nothing-matches')
    expectEnd(outcome, 2, /^rolypoly: No scenario matches "nothing-matches"$/m)
  })
  await check('rolypoly run without a Docker engine plays on a simulated cluster, and says so', async () => {
    const outcome = await npx('rolypoly', 'run', '--report', 'simulated')
    expectEnd(outcome, 0, /^cluster: SIMULATED, for no Docker engine answers here/m)
    match(outcome.stdout, /^Every promise was kept in 1 scenario\.$/m)
    match(await readFile(join(project, 'simulated', 'index.html'), 'utf8'), /proves nothing about a real one/)
  })
  await check('in CI it does not: it exits 2, and writes its result', async () => {
    env.CI = 'true'
    const outcome = await npx('rolypoly', 'run', '--report', 'report')
    env.CI = ''
    expectEnd(
      outcome,
      2,
      /^rolypoly: No Docker engine answers, and in CI a simulated cluster has to be asked/m,
    )
    ok(existsSync(join(project, 'report', 'result.json')), 'there is no result.json')
    ok(existsSync(join(project, 'report', 'index.html')), 'there is no index.html')
  })
  await check('rolypoly report makes its pages again', async () => {
    await rm(join(project, 'report', 'index.html'))
    expectEnd(await npx('rolypoly', 'report', 'report'), 0, /\/report$/m)
    ok(existsSync(join(project, 'report', 'index.html')), 'there is no index.html')
  })
  await check('rolypoly doctor says what is lacking, and exits 2', async () => {
    expectEnd(await npx('rolypoly', 'doctor'), 2, /✗ Docker engine/)
  })
  await check('a scenario type-checks under tsc --strict', async () => {
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    const options = ['--strict', '--noEmit', '--module', 'nodenext', 'scenarios/pod.scenario.ts']
    expectEnd(await step(tsc, options), 0)
  })
  await check('the matchers are typed: what is no matcher is refused', async () => {
    await writeFile(join(project, 'wrong.ts'), scenarioFile.replace('toRecover', 'toRecovr'))
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    const options = ['--strict', '--noEmit', '--module', 'nodenext', 'wrong.ts']
    expectEnd(await step(tsc, options), undefined, /toRecovr/)
  })
  await check('@rolypoly/harness/vitest is imported, and its global set-up too', async () => {
    const script = `const { scenarioProjects } = await import('@rolypoly/harness/vitest')
      const { default: setUp } = await import(scenarioProjects()[0].test.globalSetup[0])
      console.log(typeof setUp)`
    expectEnd(await step('node', ['--input-type=module', '-e', script]), 0, /^function$/)
  })
  await check('vitest lists the scenario', async () => {
    await writeFile(join(project, 'vitest.config.ts'), configFile)
    // Its parser of sources, the default, knows functions named as tests alone.
    const list = ['list', '--no-static-parse', '--config', 'vitest.config.ts']
    expectEnd(await npx('vitest', ...list), 0, new RegExp(`^\\[shared\\] .* > ${title}$`, 'm'))
  })
}

async function check(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
    passed += 1
    console.log(`ok - ${name}`)
  } catch (error) {
    failed += 1
    console.error(`not ok - ${name}\n${explain(error).replaceAll(/^/gm, '    ')}`)
  }
}

/** Runs a program of the project's own, and no other of that name. */
function npx(...args: string[]): Promise<Outcome> {
  return step('npx', ['--no', '--', ...args])
}

function step(command: string, args: string[]): Promise<Outcome> {
  return tryRun(command, args, { cwd: project, env, timeoutMs: stepTimeoutMs })
}

/** `exitCode` undefined: any but 0. */
function expectEnd(outcome: Outcome, exitCode: number | undefined, said = /(?:)/): void {
  const told = `${outcome.stdout}\n${outcome.stderr}`.trim()
  const fits = exitCode === undefined ? !outcome.ok : outcome.exitCode === exitCode
  ok(
    fits,
    `exit code ${outcome.exitCode ?? 'none'} where ${exitCode ?? 'another than 0'} is expected:\n${told}`,
  )
  match(told, said)
}
