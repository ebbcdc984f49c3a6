import type { KubeObject } from '../cluster/kube.ts'
import { redactor } from '../model/redact.ts'
import { secretValues } from '../model/secret-forms.ts'

/** From here on the values of these objects' Secrets leave this process no more: in no recording, report or error. */
export function knowSecrets(objects: readonly KubeObject[]): void {
  const secrets = objects.flatMap(secretValues)
  if (secrets.length > 0) redactor.know(secrets, inTheOpen(objects))
}

/** Under these keys stands what everybody sees, and what reports cannot do without. */
const openKeys = ['name', 'image', 'labels', 'matchLabels', 'selector', 'kind', 'apiVersion', 'serviceName']

/** The names, labels and images in a chart's objects; of its Secrets only what they are called. */
function inTheOpen(objects: readonly KubeObject[]): Set<string> {
  const open = new Set<string>()
  const seen = new Set<unknown>()
  const look = (value: unknown, isOpen: boolean): void => {
    if (typeof value === 'string' && isOpen) open.add(value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    for (const [key, item] of Object.entries(value)) look(item, isOpen || openKeys.includes(key))
  }
  for (const object of objects)
    look(object.kind === 'Secret' ? { name: object.metadata?.name } : object, false)
  return open
}
