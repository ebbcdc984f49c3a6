import { scenario } from '@rolypoly/harness'
import { probes } from '../../../charts/probes/chart.ts'
import { hurts } from '../faults.ts'
import { heldMs } from '../points.ts'

const name = process.env.CRASH_FAULT ?? 'deletePod'
const hurt = hurts[name]

/** For whoever kills the run meanwhile: nothing is claimed. */
scenario(`${name}, and a while later its revert`, async ({ deploy, inject, hold }) => {
  if (!hurt)
    throw new Error(`CRASH_FAULT is ${JSON.stringify(name)}; one of ${Object.keys(hurts)} is expected`)
  const app = await deploy(probes(hurt.app))
  const fault = await inject(hurt.fault(await app.pod()))
  await hold(`${heldMs}ms`, 'killed here, or a moment before or after')
  await fault.revert()
})
