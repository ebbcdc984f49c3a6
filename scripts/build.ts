import { chmod, copyFile, cp, glob, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { run } from '../harness/cluster/process.ts'
import { explain } from '../harness/model/errors.ts'

/**
 * Builds `dist/`, the folder that is packed: harness, reports and charts as JavaScript with declarations, in the
 * checkout's own layout, so that relative URLs lead to the same places; what runs inside containers as it is; and a
 * package.json of its own.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const compileTimeoutMs = 120_000

/** What the package is told from. Other fields are the checkout's own matter. */
const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
  type: z.literal('module'),
  keywords: z.array(z.string()),
  engines: z.record(z.string(), z.string()),
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
})

/** The Kubernetes client's declarations import ws, whose own come apart, and which it does not bring (2.0.1). */
const forTypes = { '@types/ws': '8.18.2' }

const pages = ['README.md', 'CHANGELOG.md', 'LICENSE']

try {
  await build()
} catch (error) {
  console.error(`build: ${explain(error)}`)
  process.exitCode = 1
}

async function build(): Promise<void> {
  await rm(dist, { recursive: true, force: true })
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  await run(tsc, ['--project', 'tsconfig.build.json'], { cwd: root, timeoutMs: compileTimeoutMs })
  await copySources()
  await writeManifest(await copyPages())
  const files = (await readdir(dist, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  console.log(`dist: ${files.length} files`)
}

/** The image of a container holds TypeScript, whose types Node strips there; a chart may have files of any kind. */
async function copySources(): Promise<void> {
  const patterns = ['harness/image/**', 'charts/*/image/**', 'charts/*/**']
  for await (const entry of glob(patterns, { cwd: root, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name)
    const path = from.slice(root.length)
    const inImage = /^(harness|charts\/[^/]+)\/image\//.test(path)
    if (!entry.isFile() || path.endsWith('.test.ts') || (path.endsWith('.ts') && !inImage)) continue
    await mkdir(dirname(join(dist, path)), { recursive: true })
    await cp(from, join(dist, path))
  }
}

/** Gives the names of those that are there. */
async function copyPages(): Promise<string[]> {
  const there = await Promise.all(
    pages.map(async (page) => {
      try {
        await copyFile(join(root, page), join(dist, page))
        return [page]
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
        console.error(`build: there is no ${page}, so the package goes without`)
        return []
      }
    }),
  )
  return there.flat()
}

async function writeManifest(copied: string[]): Promise<void> {
  const own = manifestSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const { bin, exports, dependencies, ...same } = own
  const programs = Object.entries(bin).map(([name, path]) => [name, compiled(path)] as const)
  // npm would do so when it installs; a `bin` that is run from dist itself needs it too.
  await Promise.all(programs.map(([, path]) => chmod(join(dist, path), 0o755)))
  const manifest = {
    ...same,
    bin: Object.fromEntries(programs),
    exports: {
      ...Object.fromEntries(Object.entries(exports).map(([name, path]) => [name, target(path)])),
      './package.json': './package.json',
    },
    files: ['harness', 'reports', 'charts', ...copied],
    dependencies: { ...forTypes, ...dependencies },
  }
  await writeFile(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function target(path: string): { types: string; default: string } {
  return { types: path.replace(/\.ts$/, '.d.ts'), default: compiled(path) }
}

function compiled(path: string): string {
  return path.replace(/\.ts$/, '.js')
}
