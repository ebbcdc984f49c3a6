import { hostname } from 'node:os'
import { writeWhole } from '../cluster/write-whole.ts'
import { explain } from '../model/errors.ts'
import { dismissal, guardLog } from './guard.ts'
import { sweepAfter } from './sweep-after.ts'

/** The guard's own process: `guard-main <pid> <start> <kind's path>`, told of the end of that process by its input's. */
const [pid = '', started = '', kindPath = ''] = process.argv.slice(2)
let said = ''
process.stdin.setEncoding('utf8')
for await (const text of process.stdin) said += text
if (said !== dismissal) {
  const told = await sweepAfter({ host: hostname(), pid: Number(pid), started }, kindPath).then(
    ({ undone, left }) => [...undone, ...left.map((line) => `left: ${line}`)],
    (error: unknown) => [`left: ${explain(error)}`],
  )
  await writeWhole(guardLog(), told.map((line) => `${line}\n`).join(''))
}
