import { stringify } from 'yaml'
import type { PodObject } from '../cluster/kube.ts'
import type { Interval } from '../model/interval.ts'
import { roleLabel } from '../model/limits.ts'
import { redactor } from '../model/redact.ts'
import type { Diagnostic } from '../model/result.ts'
import type { Timeline } from '../timeline/timeline.ts'
import type { Stage } from '../workload/stage.ts'

const textLimit = 20_000
const logLines = 200

/** All that is needed to not run it again: each pod, its logs and those before its last restart, events, kubelets. */
export async function diagnose(stage: Stage): Promise<Diagnostic[]> {
  const { cluster, namespace, neighbours = [] } = stage
  const found: Diagnostic[] = []
  const add = async (subject: string, what: string, text: () => Promise<string>) => {
    // What cannot be had of a broken cluster is no reason to lose the rest.
    const got = await text().catch(
      (error: unknown) => `could not be had: ${error instanceof Error ? error.message : error}`,
    )
    // A secret that is cut in two is not known any more.
    if (got.trim()) found.push({ subject, what, text: redactor.redact(got).slice(-textLimit) })
  }
  const podsOf = (of: string) =>
    cluster.kube
      .list<PodObject>({ apiVersion: 'v1', kind: 'Pod', namespace: of })
      .then(({ items }) => items.filter(({ metadata }) => !metadata?.labels?.[roleLabel]))
      .catch(() => [])
  const pods = (await Promise.all([namespace, ...neighbours].map(podsOf))).flat()
  for (const { metadata, spec, status } of pods) {
    const { name = '', namespace: home = namespace } = metadata ?? {}
    const subject = `Pod/${home}/${name}`
    await add(subject, 'description', async () =>
      stringify(redactor.redactAll({ node: spec?.nodeName, status })),
    )
    for (const { name: container, restartCount } of status?.containerStatuses ?? []) {
      const ref = { namespace: home, name, container }
      await add(`${subject}/${container}`, 'logs', () => cluster.kube.logs(ref, { tailLines: logLines }))
      if (restartCount === 0) continue
      await add(`${subject}/${container}`, 'previous logs', () =>
        cluster.kube.logs(ref, { previous: true, tailLines: logLines }),
      )
    }
  }
  await add(namespace, 'events', async () => eventLines(stage))
  if (cluster.capabilities.has('node.exec')) {
    const nodes = [...new Set(pods.flatMap(({ spec }) => (spec?.nodeName ? [spec.nodeName] : [])))]
    const command = [
      'journalctl',
      '-u',
      'kubelet',
      '--no-pager',
      '-n',
      String(logLines),
      '-o',
      'short-precise',
    ]
    await Promise.all(
      nodes.map((node) => add(`Node/${node}`, 'kubelet journal', () => cluster.nodes.exec(node, command))),
    )
  }
  return found
}

/**
 * What each incarnation of a container wrote that ended and was followed by another, as far as a claim had it read: once
 * its pod is gone, nothing else has it.
 */
export function previousLogs(timeline: Timeline): Diagnostic[] {
  const ended = timeline.of('container-terminated').filter(({ uid, detail, fromMs }) => {
    const isNext = (next: Interval<'container-running'>) =>
      next.detail.container === detail.container &&
      next.detail.containerID !== detail.containerID &&
      next.fromMs >= fromMs
    return timeline.of('container-running', uid).some(isNext)
  })
  return ended.flatMap(({ subject, uid, detail }) => {
    const lines = timeline
      .logOf(uid, detail.container)
      .filter(({ containerID }) => containerID === detail.containerID)
      .map(({ line }) => `${line}\n`)
    return lines.length > 0
      ? [{ subject, what: 'previous logs', text: redactor.redact(lines.join('')).slice(-textLimit) }]
      : []
  })
}

function eventLines({ recording }: Stage): string {
  return recording.timeline
    .of('event')
    .map(({ fromMs, subject, detail }) => {
      const { type, reason, message, count } = detail
      return `${(fromMs / 1_000).toFixed(2).padStart(8)} s  ${type} ${reason} ${subject} x${count}: ${message}`
    })
    .join('\n')
}
