import type { Host } from '../../../model/behaviour.ts'
import type { Placed } from '../network/barriers.ts'
import type { Inside } from '../world.ts'

/** Until its rule is in place, and until that is gone once it is told to stop, in milliseconds: seen on a real cluster. */
const armsMs = 800
const goesMs = 150

/** Tells the harness, as harness/image/nft.ts does: a line of JSON. */
export function say(host: Host, { world }: Inside, line: object): void {
  host.log(JSON.stringify({ t: world.clock.epoch(), ...line }))
}

/**
 * Puts a rule on its node in place and says so. Told to stop, it takes the rule away and ends; when it ends otherwise,
 * nobody renews the rule.
 */
export function keepInPlace(host: Host, inside: Inside, target: string, place: () => Placed): void {
  let placed: Placed | undefined
  host.after(armsMs, () => {
    placed = place()
    say(host, inside, { armed: target })
  })
  host.on('SIGTERM', () =>
    host.after(goesMs, () => {
      placed?.remove()
      placed = undefined
      host.exit(0)
    }),
  )
  inside.process.onExit(() => placed?.orphan())
}
