import type { Chart, Host } from '@rolypoly/harness'

/** As the image has it, and as its port's name goes to the Service. */
export const redisPort = 6379

const labels = { app: 'redis' }
/** Of the redis on a simulated cluster: to write its last words down. */
const stopsMs = 50

/** The public redis image as it is, one of it, which keeps nothing. */
export function redis(): Chart {
  const image = 'redis:7.0'
  const container = {
    name: 'redis',
    image,
    // Named, for an image need not have it as its entrypoint.
    command: ['redis-server', '--save', '', '--appendonly', 'no', '--protected-mode', 'no'],
    ports: [{ name: 'redis', containerPort: redisPort }],
    readinessProbe: { tcpSocket: { port: 'redis' }, periodSeconds: 1 },
  }
  return {
    name: 'redis',
    images: [],
    behaviours: { [image]: behaviour },
    objects: [
      {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'redis', labels } },
        spec: {
          ...{ replicas: 1, selector: { matchLabels: labels } },
          template: {
            metadata: { labels },
            spec: {
              ...{ containers: [container], automountServiceAccountToken: false },
              terminationGracePeriodSeconds: 5,
            },
          },
        },
      },
      {
        ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'redis', labels } },
        spec: { selector: labels, ports: [{ name: 'redis', port: redisPort, targetPort: 'redis' }] },
      },
    ],
  }
}

/**
 * What the image of redis does, as far as anybody asks for it here: it answers PING, and SIGTERM ends it in good order.
 * https://redis.io/docs/latest/operate/oss_and_stack/reference/signals/
 */
function behaviour(host: Host): void {
  host.listenForText(redisPort, (text) => (text.includes('PING') ? '+PONG\r\n' : '-ERR unknown command\r\n'))
  host.on('SIGTERM', () => host.after(stopsMs, () => host.exit(0)))
}
