import { RolypolyError } from '../../model/errors.ts'

/** `lack` keeps a run from being made; `warning` may spoil one; `unknown` could not be looked at from here. */
export type Level = 'fine' | 'warning' | 'lack' | 'unknown'

/** What one check found out. */
export interface Judgement {
  level: Level
  /** One sentence without its subject or full stop; the subject is the check's name. */
  found: string
  /** What was seen, as text of any length; only its end is printed. */
  evidence?: string
  /** The one command that mends it, as it is typed. */
  remedy?: string
}

/** A judgement with the name of its check. */
export interface Finding extends Judgement {
  name: string
}

export const fine = (found: string): Judgement => ({ level: 'fine', found })
export const unknown = (found: string): Judgement => ({ level: 'unknown', found })

/** No check takes longer: what hangs is a lack too. In milliseconds. */
const withinMs = 10_000

/** Does a check. What it throws, and that it does not end in ten seconds, is its lack: this never rejects. */
export async function settle(
  name: string,
  check: () => Judgement | Promise<Judgement>,
  limitMs = withinMs,
): Promise<Finding> {
  const late = Promise.withResolvers<Judgement>()
  const timer = setTimeout(
    () => late.resolve({ level: 'lack', found: `no answer within ${limitMs / 1_000} s` }),
    limitMs,
  )
  try {
    return { name, ...(await Promise.race([check(), late.promise])) }
  } catch (error) {
    return { name, ...lackOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

function lackOf(error: unknown): Judgement {
  if (!(error instanceof RolypolyError)) return { level: 'lack', found: `could not be checked: ${error}` }
  const { message, evidence, remedy } = error
  return { level: 'lack', found: message, ...(evidence && { evidence }), ...(remedy && { remedy }) }
}
