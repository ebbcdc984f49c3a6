import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tryRun } from '../harness/cluster/process.ts'
import { formsOf } from '../harness/model/secret-forms.ts'

/**
 * Runs scenarios that tell a Secret wherever they can, on a cluster of this provider, and looks for its value in all that
 * the run wrote and printed. 0 where it is nowhere, and each place where it was tells that it was redacted.
 */
const [provider = 'simulated', ...more] = process.argv.slice(2)
const root = fileURLToPath(new URL('..', import.meta.url))
const secret = `open sesame/${randomBytes(9).toString('hex')}&co`
const folder = join(await mkdtemp(join(tmpdir(), 'rolypoly-secrets-')), 'run')

const args = [
  join(root, 'harness', 'cli', 'main.ts'),
  'run',
  '--cluster',
  provider,
  '--report',
  folder,
  ...more,
]
const { stdout, stderr, exitCode } = await tryRun(process.execPath, args, {
  cwd: fileURLToPath(new URL('secrets', import.meta.url)),
  env: { SECRET_TO_KEEP: secret },
  onLine: (line) => console.log(line),
})

const texts = new Map([
  ['standard output', stdout],
  ['standard error', stderr],
])
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (entry.isFile()) texts.set(path, await readFile(path, 'utf8'))
}
// Markup has characters of its own for some: what is looked for has none of them, and is enough to know it by.
const forms = [...formsOf(secret), ...secret.split('&')].filter((form) => form.length > 10)
const told = [...texts].filter(([, text]) => forms.some((form) => text.includes(form))).map(([name]) => name)
for (const name of told) console.error(`${name} tells the Secret`)
const silent = ['recordings', 'result.json', 'index.html', 'summary.md', 'junit.xml'].filter(
  (name) => ![...texts].some(([path, text]) => path.includes(name) && /redacted: Secret\/db/.test(text)),
)
for (const name of silent) console.error(`${name} does not tell that a Secret was redacted`)
if (exitCode !== 1 && exitCode !== 2)
  console.error(`exit status ${exitCode}: some of it was to be violated, some refused`)
const isKept = told.length + silent.length === 0 && (exitCode === 1 || exitCode === 2)
console.log(isKept ? `in ${texts.size} texts the Secret is nowhere` : `see ${folder}`)
if (isKept) await rm(dirname(folder), { recursive: true })
process.exitCode = isKept ? 0 : 1
