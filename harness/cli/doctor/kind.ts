import { type KindBinary, kindBinary } from '../../cluster/kind/binary.ts'
import { type KindRelease, kindRelease } from '../../cluster/kind/pins.ts'
import { isOffline } from '../../cluster/offline.ts'
import { EnvironmentError } from '../../model/errors.ts'
import { fine, type Judgement } from './finding.ts'

/** Looks for kind as a run does, but downloads nothing. */
export async function checkKind(
  env: NodeJS.ProcessEnv,
  release: KindRelease = kindRelease,
): Promise<Judgement> {
  const passedOver: string[] = []
  const onProgress = (line: string) => passedOver.push(line)
  try {
    const found = await kindBinary({ env: { ...env, ROLYPOLY_OFFLINE: '1' }, onProgress, release })
    return judgeKind(found, release.version)
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return judgeMissing(error, passedOver, env, release)
  }
}

export function judgeKind({ path, version, from }: KindBinary, pinned: string): Judgement {
  const where = { KIND_BINARY: 'named by KIND_BINARY', PATH: 'on the PATH', cache: 'in the cache' }
  const found = `${version}, ${path}, ${from === 'download' ? 'downloaded' : where[from]}`
  if (version === pinned) return fine(found)
  return {
    level: 'warning',
    found: `${found}; rolypoly is tested with ${pinned}`,
    remedy: 'unset KIND_BINARY',
  }
}

/** kind is not here at all, or what is here in its place is something else. */
function judgeMissing(
  error: EnvironmentError,
  passedOver: string[],
  env: NodeJS.ProcessEnv,
  { version }: KindRelease,
): Judgement {
  const seen = [...passedOver, error.evidence].filter(Boolean).join('\n')
  if (/is not on this machine/.test(error.message)) {
    const evidence = passedOver.length > 0 ? { evidence: passedOver.join('\n') } : {}
    if (!isOffline(env)) {
      const found = `${version} is not here yet, and the first run downloads it`
      return { level: 'warning', found, ...evidence, remedy: 'npx rolypoly kind version' }
    }
    const found = `${version} is not here, and ROLYPOLY_OFFLINE forbids its download`
    return { level: 'lack', found, ...(seen && { evidence: seen }), remedy: placing(error.evidence) }
  }
  const wrong = /^(\/.*) is not kind .* it has another sha256$/.exec(error.message)?.[1]
  const named = env.KIND_BINARY ? 'unset KIND_BINARY' : error.remedy
  const remedy = wrong ? `rm ${quoted(wrong)}` : named
  return { level: 'lack', found: error.message, ...(seen && { evidence: seen }), ...(remedy && { remedy }) }
}

/** The command that brings the file where it is looked for, on a machine that may download. */
function placing(evidence = ''): string {
  const [, path = '', url = ''] = /^file +(.+)\nfrom +(.+)$/m.exec(evidence) ?? []
  return `curl -fL --create-dirs -o ${quoted(path)} ${quoted(url)}`
}

export function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
