// Interrupts runs of `scripts/interrupts/scenarios` in each of their phases, as a terminal does it: the signal goes to the
// whole process group. Each must end with exit status 130, a result that is true, and nothing left.
//
//   node scripts/check-interrupts.ts [--kind] [<words of one phase's title>]
//
// On the simulated cluster unless told --kind, which makes clusters of one node. Exit status: 0 all did, 1 one did not.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { run } from '../harness/cluster/process.ts'
import { openEntries } from '../harness/journal/journal.ts'
import { readResult } from '../reports/write.ts'
import { command } from './command.ts'
import { flawsOf, type Interrupted, type Phase, phasesOf } from './interrupts/phases.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const endsWithinMs = 240_000

await command('check-interrupts', async () => {
  const { values, positionals } = parseArgs({
    ...{ allowPositionals: true, options: { kind: { type: 'boolean', default: false } } },
  })
  const words = positionals.join(' ')
  const phases = phasesOf(values.kind ? 'kind' : 'simulated').filter(({ title }) => title.includes(words))
  let failed = 0
  for (const phase of phases) {
    const began = performance.now()
    const seen = await interrupt(phase, values.kind)
    const flaws = flawsOf(phase, seen)
    failed += flaws.length > 0 ? 1 : 0
    const tookS = ((performance.now() - began) / 1_000).toFixed(1)
    console.log(`${flaws.length > 0 ? 'FAILED' : 'passed'} (${tookS} s): ${phase.title}`)
    for (const flaw of flaws) console.log(`  ${flaw}`)
    if (flaws.length > 0) console.log(seen.output.replaceAll(/^/gm, '  | '))
  }
  return failed > 0 || phases.length === 0 ? 1 : 0
})

async function interrupt(phase: Phase, onKind: boolean): Promise<Interrupted> {
  const folder = await mkdtemp(join(tmpdir(), 'rolypoly-interrupts-'))
  const where = onKind ? ['--cluster', 'kind', '--nodes', '1'] : ['--cluster', 'simulated', '--seed', '7']
  const child = spawn(
    process.execPath,
    [here('../harness/cli/main.ts'), 'run', ...where, '--report', folder],
    // A group of its own, as a shell gives it to what runs in a terminal.
    { cwd: here('interrupts'), detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const group = -(child.pid ?? 0)
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const clusters = new Set<string>()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  try {
    for (const { after, thenMs = 0, signal, hangsUp } of phase.steps) {
      const untilMs = performance.now() + endsWithinMs
      while (!after.test(output) && child.exitCode === null && performance.now() < untilMs) await sleep(50)
      await sleep(thenMs)
      for (const { owner, cluster } of await openEntries())
        if (owner?.pid === child.pid) clusters.add(cluster)
      if (hangsUp) for (const stream of [child.stdout, child.stderr]) stream.destroy()
      if (child.exitCode === null) process.kill(group, signal)
      output += `\n[${signal}]\n`
    }
    const exitCode = await Promise.race([ended, sleep(endsWithinMs, undefined, { ref: false })])
    return {
      ...{ exitCode: exitCode ?? undefined, output },
      result: await readResult(folder).catch(() => undefined),
      hasPages: existsSync(join(folder, 'index.html')) && existsSync(join(folder, 'junit.xml')),
      left: await leftOf(clusters),
    }
  } finally {
    if (child.exitCode === null) process.kill(group, 'SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
}

/** The guard has a moment, where it was left to undo. */
const goneWithinMs = 60_000

/** The containers of the run's clusters, by their names. */
async function leftOf(clusters: ReadonlySet<string>): Promise<string[]> {
  if (clusters.size === 0) return []
  for (const began = performance.now(); ; await sleep(1_000)) {
    const { stdout } = await run('docker', ['ps', '-a', '--format', '{{.Names}}'])
    const left = stdout.split('\n').filter((name) => [...clusters].some((own) => name.startsWith(`${own}-`)))
    if (left.length === 0 || performance.now() - began > goneWithinMs) return left
  }
}
