import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { fine, type Judgement } from './finding.ts'

/** What is known of Node here. Versions are without a `v`. */
export interface NodeFacts {
  version: string
  path: string
  /** The package's `engines.node`. */
  needed: string
  /** The Node that the project brings as a dependency, if it is installed. */
  brought?: { version: string; path: string }
  /** Run from a checkout, whose lockfile names a Node of its own. */
  checkout: boolean
  /** As `linux-x64`. */
  platform: string
}

const manifest = z.object({ engines: z.object({ node: z.string() }) })
const broughtManifest = z.object({ version: z.string() })

export function checkNode(): Judgement {
  const above = new URL('../../../package.json', import.meta.url)
  const { engines } = manifest.parse(JSON.parse(readFileSync(above, 'utf8')))
  const platform = `${process.platform}-${process.arch}`
  const brought = findBrought(`node-${platform}`)
  return judgeNode({
    ...{
      version: process.versions.node,
      path: realpathSync(process.execPath),
      needed: engines.node,
      platform,
    },
    ...(brought && { brought }),
    checkout: import.meta.url.endsWith('.ts'),
  })
}

export function judgeNode({ version, path, needed, brought, checkout, platform }: NodeFacts): Judgement {
  if (satisfies(version, needed)) {
    if (brought?.path === path) return fine(`${version}, which the project brings`)
    const also = brought ? `; npm and npx use ${brought.version}, which the project brings` : ''
    return fine(`${version} at ${path}${also}`)
  }
  const found = `${version} at ${path}, and ${needed} is needed`
  if (brought) {
    return {
      level: 'lack',
      found: `${found}; the project brings ${brought.version}, which npx uses`,
      remedy: 'npx rolypoly doctor',
    }
  }
  const remedy = checkout ? 'npm ci' : `npm install --save-dev node-${platform}@24`
  return { level: 'lack', found, remedy }
}

/**
 * Whether a version is in a range of the kind that `engines` here holds: `^22.19 || ^24 || >=26`.
 *
 * @throws RangeError for a range of another kind.
 */
export function satisfies(version: string, range: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return range.split('||').some((part) => {
    const parts = /^\s*(\^|>=)(\d+)(?:\.(\d+))?(?:\.(\d+))?\s*$/.exec(part)
    if (!parts) throw new RangeError(`the range ${JSON.stringify(range)} is not understood`)
    const [low, lowMinor, lowPatch] = [parts[2], parts[3] ?? 0, parts[4] ?? 0].map(Number)
    if (low === undefined || lowMinor === undefined || lowPatch === undefined) return false
    if (major !== low) return parts[1] === '>=' && major > low
    return minor > lowMinor || (minor === lowMinor && patch >= lowPatch)
  })
}

function findBrought(name: string): NodeFacts['brought'] {
  try {
    const own = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const { version } = broughtManifest.parse(JSON.parse(readFileSync(own, 'utf8')))
    const path = join(dirname(own), 'bin', 'node')
    return existsSync(path) ? { version, path: realpathSync(path) } : undefined
  } catch {
    return undefined
  }
}
