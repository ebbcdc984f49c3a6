import { setTimeout as sleep } from 'node:timers/promises'
import pRetry, { AbortError } from 'p-retry'
import { budgetRefusal, KubeError } from './kube-error.ts'

/** How long an API server is waited for, in milliseconds. */
export interface Patience {
  /** For one answer: it may be busy, and it may have died without a word. */
  answerMs: number
  /** After so long no request is sent again, whatever went wrong with it. */
  againForMs: number
}

/** An API server that is started anew is there again after about 12 s. */
export const usualPatience: Patience = { answerMs: 20_000, againForMs: 30_000 }

const retryAfterAtMostMs = 10_000

/**
 * Sends, and again for a while where what went wrong is transient. `send` is told whether an earlier attempt may have come
 * through, though its answer did not.
 *
 * @throws KubeError for what the server refuses, and for anything else what `send` threw last.
 */
export function untilAnswered<T>(
  send: (isAgain: boolean) => Promise<T>,
  { againForMs }: Patience,
): Promise<T> {
  let wasAway = false
  return pRetry(
    async () => {
      try {
        return await send(wasAway)
      } catch (error) {
        const known = error instanceof Error ? error : new Error(String(error))
        if (!isTransient(known, wasAway)) throw new AbortError(known)
        wasAway ||= !(known instanceof KubeError && known.code === 429)
        throw known
      }
    },
    {
      ...{ retries: 30, minTimeout: 200, maxTimeout: 3_000, factor: 2, maxRetryTime: againForMs },
      async onFailedAttempt({ error }) {
        if (!(error instanceof KubeError) || error.retryAfterMs === undefined) return
        await sleep(Math.min(error.retryAfterMs, retryAfterAtMostMs, againForMs))
      },
    },
  )
}

function isTransient(error: Error, wasAway: boolean): boolean {
  if (!(error instanceof KubeError)) return isOfNetwork(error)
  const { code, retryAfterMs } = error
  // A budget's refusal says nothing of the server, and stands until a pod is ready elsewhere.
  if (budgetRefusal(error) !== undefined) return false
  // An API server that starts forbids everything until it knows its roles.
  if (code === 403) return wasAway
  return [429, 502, 503, 504].includes(code) || (code === 500 && retryAfterMs !== undefined)
}

/** What fetch fails with is a TypeError, and its cause has a code; a certificate gets no better. */
function isOfNetwork({ cause }: Error): boolean {
  if (!(cause instanceof Error)) return false
  const root = cause.cause instanceof Error && 'code' in cause.cause ? String(cause.cause.code) : ''
  if (/CERT|SELF_SIGNED|^ERR_TLS/.test(root)) return false
  return cause instanceof TypeError || cause instanceof SyntaxError || cause.name === 'TimeoutError'
}
