import type { AppAnswer, AppRequest, Host } from '@rolypoly/harness'

const pages = new Set(['/', '/index.html', '/50x.html'])
/** Of 2,000 bytes at 1,500 a second, the last come a second after the first. */
const slowMs = 1_000

/**
 * What the public image of nginx does, with the chart's own `/slow` where that is asked for. Told to stop by SIGQUIT it
 * finishes what is in flight, by SIGTERM it drops that: https://nginx.org/en/docs/control.html
 */
export function nginx(host: Host): void {
  let isQuitting = false

  const answer = ({ path }: AppRequest): AppAnswer => {
    const [pathname = '/'] = path.split('?', 1)
    if (pathname !== '/slow') return { status: pages.has(pathname) ? 200 : 404, close: isQuitting }
    return {
      ...{ status: 200, afterMs: slowMs },
      // By the time that it is sent.
      get close() {
        return isQuitting
      },
    }
  }

  const listener = host.listen(80, answer)
  host.on('SIGQUIT', () => {
    isQuitting = true
    listener.stopListening(() => host.exit(0))
    listener.closeIdle()
  })
  host.on('SIGTERM', () => host.exit(0))
}
