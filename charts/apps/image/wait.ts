// What an init container runs until something is there: it tries to connect to WAIT_FOR (as redis:6379) every half a
// second, for a second at most, and exits 0 once it is connected, or 1 where it has tried TRIES times in vain.
import type { Host } from '@rolypoly/harness'

const tryAgainMs = 500
/** What is sent to a pod that is gone may be answered by nobody: Linux itself would try for two minutes. */
const patienceMs = 1_000

export function wait(host: Host): void {
  const { env } = host
  const target = env.WAIT_FOR ?? ''
  const [name = '', port = ''] = target.split(':')
  const tries = Number(env.TRIES ?? Number.POSITIVE_INFINITY)
  let tried = 0

  const tryOnce = () => {
    let isThere = false
    tried += 1
    const link = host.connect(name, Number(port), {
      opened() {
        isThere = true
        link.end()
      },
      heard: () => undefined,
      ended() {
        if (isThere) {
          host.log(`${target} is there`)
          return host.exit(0)
        }
        if (tried >= tries) {
          host.log(`${target} is not there, exit 1`)
          return host.exit(1)
        }
        if (tried === 1) host.log(`waiting for ${target}`)
        host.after(tryAgainMs, tryOnce)
      },
    })
    host.after(patienceMs, () => {
      if (!isThere) link.end()
    })
  }
  tryOnce()
}
