import type { AppRequest, Host } from '../../../model/behaviour.ts'
import type { Inside, Process } from '../world.ts'
import type { Chance } from './chance.ts'

/** What goes for all apps of a run. */
export interface Mood {
  /** Everything is given back: apps do what they should. */
  isCalm: boolean
  chance: Chance
  /** A container has been started. */
  onStart(process: Process): void
}

export const appPort = 8080
export const healthPort = 9090
export const healthFile = '/tmp/healthy'

/** An app that starts late, is unwell for a while, exits by itself, or takes its end as it likes. */
export function fickleApp(mood: Mood) {
  const { chance } = mood
  return (host: Host, { process }: Inside): void => {
    mood.onStart(process)
    const offset = Number(host.env.OFFSET ?? 0)
    const isCalm = () => mood.isCalm
    const misbehaves = (n: number) => chance.oneIn(n) && !isCalm()
    if (misbehaves(12)) return host.exit(1)
    if (misbehaves(5)) host.after(chance.between(0, 40_000), () => isCalm() || host.exit(chance.whole(0, 1)))
    const unwell = chance.maybe(5, () => {
      const fromMs = chance.between(0, 20_000)
      return { fromMs, toMs: fromMs + chance.between(0, 15_000), path: chance.oneOf('/healthz', '/ready') }
    })
    const isUnwell = (path: string) =>
      unwell && !isCalm() && path === unwell.path && host.now() >= unwell.fromMs && host.now() < unwell.toMs
    const answer = ({ path }: AppRequest) => {
      if (path.startsWith('/slow')) return { status: 200, afterMs: 700 }
      return { status: isUnwell(path) ? 500 : 200, close: isEnding }
    }
    let isEnding = false
    const begin = () => {
      const server = host.listen(appPort + offset, answer)
      host.listenForHealth(healthPort + offset)
      host.write(healthFile, 'yes\n')
      const way = chance.whole(0, 5)
      host.on('SIGTERM', () => {
        isEnding = true
        if (way === 0) return
        if (way === 1) return host.exit(0)
        if (way === 2) return host.exit(3)
        host.after(10_000, () => host.exit(0))
        if (way === 3) return server.stopListening(() => host.exit(0))
        host.after(chance.between(0, 6_000), () => {
          server.closeIdle()
          server.stopListening(() => host.exit(0))
        })
      })
    }
    if (misbehaves(4)) host.after(chance.between(0, 8_000), begin)
    else begin()
  }
}

/** What an init container does: it ends, and not always well. */
export function initApp(mood: Mood) {
  const { chance } = mood
  return (host: Host, { process }: Inside): void => {
    mood.onStart(process)
    host.after(chance.between(0, 2_000), () => host.exit(chance.oneIn(5) && !mood.isCalm ? 1 : 0))
  }
}
