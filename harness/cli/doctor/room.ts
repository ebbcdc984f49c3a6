import { statfs } from 'node:fs/promises'
import { freemem, hostname } from 'node:os'
import type { Engine } from './engine.ts'
import { fine, type Judgement, unknown } from './finding.ts'

const gib = 1024 ** 3

/**
 * What a run of three nodes takes, in GiB, as measured with kind 0.33 and Kubernetes 1.34: each node's volume is
 * 0.4 to 0.9 and grows with what is deployed; an image to be pulled is 1.5 once unpacked; the three use 1.0 idle and
 * 1.3 at work.
 */
const needs = { diskLeast: 3, diskEase: 9, image: 2, memoryLeast: 1, memoryEase: 2 }

/** Whether what this machine tells of itself holds for the engine: its virtual machine or a remote host is another. */
export function isHere({ host }: Pick<Engine, 'host'>): boolean {
  return process.platform === 'linux' && host === hostname()
}

export async function checkDisk(engine: Engine, pull: boolean): Promise<Judgement> {
  const { dataFolder } = engine
  const elsewhere = unknown(`the engine's machine, ${engine.host}, is another than this`)
  if (!isHere(engine)) return elsewhere
  try {
    const { bavail, bsize } = await statfs(dataFolder)
    return judgeDisk(bavail * bsize, dataFolder, pull)
  } catch {
    return unknown(`${dataFolder} cannot be looked at by this user`)
  }
}

/** `freeBytes` in `folder`, where Docker keeps its data; `pull` where a node image is still to come. */
export function judgeDisk(freeBytes: number, folder: string, pull: boolean): Judgement {
  const extra = pull ? needs.image : 0
  const [least, ease] = [needs.diskLeast + extra, needs.diskEase + extra]
  const found = `${inGib(freeBytes)} free in ${folder}`
  if (freeBytes >= ease * gib) return fine(found)
  const level = freeBytes < least * gib ? 'lack' : 'warning'
  const needed = `a run of 3 nodes takes ${least} GiB at the least, ${ease} with larger workloads`
  return { level, found: `${found}; ${needed}`, remedy: 'docker system prune' }
}

export function checkMemory(engine: Engine): Judgement {
  return judgeMemory(engine.memoryBytes, isHere(engine) ? freemem() : undefined)
}

/** The memory of the engine's machine, and how much of it can be had now, where that is known. */
export function judgeMemory(totalBytes: number, availableBytes: number | undefined): Judgement {
  const bytes = availableBytes ?? totalBytes
  const found =
    availableBytes === undefined
      ? `${inGib(totalBytes)} in all`
      : `${inGib(availableBytes)} available of ${inGib(totalBytes)}`
  if (bytes >= needs.memoryEase * gib) return fine(found)
  const level = bytes < needs.memoryLeast * gib ? 'lack' : 'warning'
  const needed = `a run of 3 nodes takes ${needs.memoryLeast} GiB at the least, ${needs.memoryEase} with ease`
  return { level, found: `${found}; ${needed}`, remedy: 'npx rolypoly run --nodes 1' }
}

export function judgeProcessors({ processors }: Pick<Engine, 'processors'>): Judgement {
  if (processors >= 2) return fine(`${processors}`)
  return {
    level: 'warning',
    found: '1, which three nodes share: what Kubernetes does may come late',
    remedy: 'npx rolypoly run --nodes 1',
  }
}

function inGib(bytes: number): string {
  const value = bytes / gib
  return `${value < 10 ? value.toFixed(1) : Math.floor(value)} GiB`
}
