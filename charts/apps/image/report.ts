// Work that ends: it counts the seconds up to WORK, says so at each, and exits 0, or 1 at second FAIL_AT. It begins at
// once, or at the time FROM, in milliseconds since 1970, whichever is later.
import type { Host } from '@rolypoly/harness'

export function report(host: Host): void {
  const workSeconds = Number(host.env.WORK ?? 5)
  const failAt = Number(host.env.FAIL_AT || Number.POSITIVE_INFINITY)
  const work = (second: number): void => {
    if (second >= failAt) {
      host.log('the report cannot be made')
      return host.exit(1)
    }
    if (second >= workSeconds) {
      host.log('the report is made')
      return host.exit(0)
    }
    host.log(`page ${second + 1} of ${workSeconds}`)
    host.after(1_000, () => work(second + 1))
  }
  const waitMs = Number(host.env.FROM || 0) - host.epoch()
  if (waitMs <= 0) return work(0)
  host.log('waits for its figures')
  host.after(waitMs, () => work(0))
}
