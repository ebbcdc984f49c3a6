import { readFile } from 'node:fs/promises'
import type { Engine } from './engine.ts'
import { fine, type Judgement, unknown } from './finding.ts'
import { isHere } from './room.ts'

/**
 * What kind asks for where a cluster has several nodes, which share the limits of the machine
 * (https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files).
 */
const wanted = { max_user_instances: 512, max_user_watches: 524_288 } as const

type Limit = keyof typeof wanted

export async function checkInotify(engine: Engine): Promise<Judgement> {
  if (!isHere(engine)) return unknown(`the engine's machine, ${engine.host}, is another than this`)
  const read = async (limit: Limit) => Number(await readFile(`/proc/sys/fs/inotify/${limit}`, 'utf8'))
  try {
    const [max_user_instances, max_user_watches] = await Promise.all([
      read('max_user_instances'),
      read('max_user_watches'),
    ])
    return judgeInotify({ max_user_instances, max_user_watches })
  } catch {
    return unknown('this kernel does not tell')
  }
}

export function judgeInotify(limits: Record<Limit, number>): Judgement {
  const low = (Object.keys(wanted) as Limit[]).filter((limit) => limits[limit] < wanted[limit])
  if (low.length === 0) return fine('the limits are as kind asks for')
  const told = low.map((limit) => `${limit} is ${limits[limit]} (kind asks for ${wanted[limit]})`)
  return {
    level: 'warning',
    found: `${told.join(', ')}: with many pods, some fail with "too many open files"`,
    remedy: `sudo sysctl ${low.map((limit) => `fs.inotify.${limit}=${wanted[limit]}`).join(' ')}`,
  }
}
