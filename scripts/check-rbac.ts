// Holds the role that `rolypoly doctor --rbac` prints against a real API server: a kind cluster that no run made, whose
// audit log tells what a run by a ServiceAccount with that role asked for. Enough: nothing was forbidden. No more: each
// permission was used. Kept to its own: nothing was changed but in namespaces that it had made, and the node that was named.
//
//   node scripts/check-rbac.ts [--seed N] [--keep | --folder FOLDER]
//
// --keep leaves the cluster; --folder, which it prints, takes it again.
import { randomBytes, randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { image as apps } from '../charts/apps/apps.ts'
import {
  leastRole,
  type Permission,
  permissionsOf,
  type RoleRule,
  tellPermission,
} from '../harness/cluster/existing/rbac.ts'
import { tryRun } from '../harness/cluster/process.ts'
import { UsageError } from '../harness/model/errors.ts'
import { helperImage } from '../harness/scenario/helper-image.ts'
import { readResult } from '../reports/write.ts'
import { context, giveRole, makeAccount, userName } from './check-rbac/account.ts'
import { changing, forbidden, granted, outside, readAudit, used, without } from './check-rbac/audit.ts'
import { plantLeftover } from './check-rbac/leftover.ts'
import { openStranger, type Stranger } from './check-rbac/stranger.ts'
import { withoutOne } from './check-rbac/without-one.ts'
import { command } from './command.ts'

const project = fileURLToPath(new URL('check-rbac', import.meta.url))
const main = fileURLToPath(new URL('../harness/cli/main.ts', import.meta.url))

await command('check-rbac', async () => {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, keep: { type: 'boolean' }, folder: { type: 'string' } },
  })
  const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed)
  if (!Number.isInteger(seed)) throw new UsageError(`--seed ${values.seed}: a whole number is expected`)
  const folder =
    values.folder ?? (await mkdtemp(join(tmpdir(), `rolypoly-${randomBytes(4).toString('hex')}-`)))
  const stranger = await openStranger(basename(folder).split('-').slice(0, 2).join('-'), folder, [userName])
  try {
    return await check(stranger, folder, seed)
  } finally {
    if (values.keep) console.log(`kept: --folder ${folder}`)
    else {
      await stranger.remove()
      await rm(folder, { recursive: true, force: true })
    }
  }
})

async function check(stranger: Stranger, folder: string, seed: number): Promise<number> {
  const { kube, worker } = stranger
  const helper = await helperImage()
  await stranger.loadImages([apps, helper])
  const rules = leastRole({ allowNodeFaults: [worker] })
  await giveRole(kube, rules)
  const kubeconfig = join(folder, 'user.kubeconfig')
  await makeAccount(kube, stranger.kubeconfig, kubeconfig)
  const leftover = await plantLeftover(kube)
  const before = (await stranger.audit()).length

  const run = (filters: string[], report: string, ...more: string[]) => {
    const cluster = ['--context', context, '--kubeconfig', kubeconfig, '--helper-image', helper.name]
    const allowed = ['--images-present', '--allow-privileged', '--allow-node-faults', worker]
    const to = ['--report', join(folder, report), '--deadline', '10m']
    const args = [main, 'run', ...filters, ...cluster, ...allowed, ...to, ...more]
    return tryRun(process.execPath, args, { cwd: project, timeoutMs: 660_000 })
  }
  const wrong: string[] = []
  const rehearsed = await run([], 'dry', '--dry-run')
  const asking = readAudit((await stranger.audit()).slice(before), userName)
  console.log(`a dry run: ${asking.length} requests, ${changing(asking)} of them changes`)
  if (!rehearsed.ok || changing(asking) > 0) wrong.push(`a dry run changed something\n${rehearsed.stdout}`)
  const whole = await run([], 'whole')
  console.log(whole.stdout)
  if (!whole.ok)
    wrong.push(`a run with the whole role ended with exit status ${whole.exitCode}\n${whole.stderr}`)
  if (!whole.stdout.includes(`deleted Namespace/${leftover}`)) wrong.push(`${leftover} was not swept`)

  const events = readAudit((await stranger.audit()).slice(before), userName)
  const asked = used(events)
  const given = granted(rules, await minorOf(stranger))
  const told = (what: string, found: string[]) => wrong.push(...found.map((one) => `${what}: ${one}`))
  told('forbidden', [...new Set(forbidden(events))])
  told('given and never used', without(given, asked))
  told('used and not given', without(asked, given))
  const always = rules.filter(({ needed }) => needed === 'run').flatMap(permissionsOf)
  const foreseen = [...always, ...(await foreseenIn(join(folder, 'dry')))]
  // A simulated cluster makes no Jobs by the clock, so that a dry run ends there.
  const unforeseen = without(asked, foreseen).filter((one) => !one.includes('cronjobs'))
  told('used and not told of by the dry run', unforeseen)
  told(
    'changed outside of its own namespaces',
    outside(events, [`nodes/${worker}`, `namespaces/${leftover}`]),
  )
  console.log(
    `${events.length} requests, ${changing(events)} of them changes; ${new Set(given.map(tellPermission)).size} permissions given`,
  )

  console.log(`without one permission each, seed ${seed}:`)
  for (const { rule, permission } of withoutOne(rules, seed)) {
    await giveRole(kube, lessOne(rules, rule, permission.resource, permission.verb))
    const refused = await run(['nodes'], 'less')
    const { verb, resource } = permission
    const [name] = resource.split('/')
    const named = [
      tellPermission(permission),
      `cannot ${verb} resource "${resource}"`,
      `cannot ${verb} resource "${name}"`,
    ]
    const said = `${refused.stdout}\n${refused.stderr}`
      .split('\n')
      .find((line) => named.some((n) => line.includes(n)))
    console.log(
      `  ${tellPermission(permission)}: exit status ${refused.exitCode}: ${said?.trim() ?? 'not named'}`,
    )
    if (refused.exitCode !== 2 || said === undefined)
      wrong.push(
        `without ${tellPermission(permission)}: an error that names it was expected\n${refused.stderr}`,
      )
  }
  for (const line of wrong) console.error(`WRONG: ${line}`)
  return wrong.length === 0 ? 0 : 1
}

/** The rules, without this one permission of this one of them. */
function lessOne(rules: RoleRule[], rule: RoleRule, resource: string, verb: string): RoleRule[] {
  const others = rules.flatMap((one) => (one === rule ? permissionsOf(one) : []))
  const left = others
    .filter((one) => one.resource !== resource || one.verb !== verb)
    .map((one) => ({ ...rule, resources: [one.resource], verbs: [one.verb] }))
  return [...rules.filter((one) => one !== rule), ...left]
}

/** The permissions that a dry run told of. */
async function foreseenIn(folder: string): Promise<Permission[]> {
  const { scenarios } = await readResult(folder)
  return scenarios.flatMap(({ rehearsal }) => rehearsal?.permissions ?? [])
}

async function minorOf({ kube }: Stranger): Promise<number> {
  const { minor } = JSON.parse(await kube.raw('/version')) as { minor: string }
  return Number.parseInt(minor, 10)
}
