import { z } from 'zod'
import { parseLine } from '../cluster/lines.ts'
import type { TrafficObservation } from '../model/observation.ts'

const row = z
  .tuple([
    z.number().int(),
    z.number(),
    z.number(),
    z.number().int(),
    z.union([z.literal(0), z.literal(1), z.literal(2)]),
    z.union([z.number().int(), z.string()]),
  ])
  .rest(z.number())

const line = z.object({ t: z.number(), names: z.array(z.string()), rows: z.array(row) })

/** One request, as the prober tells of it; its time is still the prober's. */
export type ProbedRequest = Omit<TrafficObservation, 'source' | 'service' | 'atMs'> & { sentEpochMs: number }

/** The requests that a line of the prober's tells of, in its own order; none where it is no such line. */
export function readProberLine(text: string): ProbedRequest[] {
  const parsed = parseLine(line, text)
  if (!parsed) return []
  const { t, names, rows } = parsed
  return rows.map(([seq, sinceMs, tookMs, port, how, outcome, nameAt = -1, ageMs]) => {
    const name = names[nameAt]
    const address = how === 2 ? URL.parse(name ?? '')?.hostname.replace(/^\[|\]$/g, '') : undefined
    const isGood = typeof outcome === 'number' && outcome >= 200 && outcome < 400
    return {
      ...{ sentEpochMs: t + sinceMs, seq, connection: how === 1 ? 'reused' : 'new', tookMs },
      ...(typeof outcome === 'number' && { status: outcome }),
      ...(!isGood && { lost: typeof outcome === 'number' ? 'status' : outcome }),
      ...(address !== undefined && { address }),
      ...(how !== 2 && name !== undefined && { pod: name }),
      ...(how !== 2 && { port }),
      ...(ageMs !== undefined && { ageMs }),
    }
  })
}
