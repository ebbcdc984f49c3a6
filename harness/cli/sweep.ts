import { kindBinary } from '../cluster/kind/binary.ts'
import { sweep } from '../journal/sweep.ts'

/** Undoes what dead runs left and lists it: 0 where nothing is left, 2 where something could not be undone. */
export async function sweepCommand(options: { kept: boolean }): Promise<number> {
  const { path } = await kindBinary({ onProgress: (line) => console.error(line) })
  const { undone, spared, left } = await sweep(path, { kept: options.kept, nowMs: Date.now() })
  for (const line of undone) console.log(line)
  for (const line of spared) console.log(`spared ${line}`)
  for (const line of left) console.error(`left: ${line}`)
  if (undone.length + spared.length + left.length === 0) console.log('nothing to sweep')
  return left.length === 0 ? 0 : 2
}
