import { isSame, type ObjectOf } from '../store.ts'

type Template = NonNullable<NonNullable<ObjectOf<'ReplicaSet'>['spec']>['template']>

export const hashLabel = 'pod-template-hash'

/** k8s.io/apimachinery/pkg/util/rand: SafeEncodeString. */
const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** At most ten letters for a pod template, the same for the same template however its fields are ordered. */
export function templateHash(template: Template | undefined, collisions = 0): string {
  const text = `${ordered(template)}${collisions || ''}`
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  // FNV alone leaves the last letters of the text close together.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return [...String((hash ^ (hash >>> 13)) >>> 0)]
    .map((digit) => letters[digit.charCodeAt(0) % letters.length])
    .join('')
}

/** Whether a ReplicaSet is the one of a Deployment's template: kubernetes/pkg/controller/deployment/util: EqualIgnoreHash. */
export function isOfTemplate(set: ObjectOf<'ReplicaSet'>, template: Template | undefined): boolean {
  return isSame(withoutHash(set.spec?.template), withoutHash(template))
}

/** The template with a label that tells its ReplicaSet's pods from all others. */
export function withHash(template: Template | undefined, hash: string): Template {
  const labels = { ...template?.metadata?.labels, [hashLabel]: hash }
  return { ...template, metadata: { ...template?.metadata, labels } }
}

function withoutHash(template: Template | undefined): Template | undefined {
  const labels = template?.metadata?.labels
  if (labels?.[hashLabel] === undefined) return template
  const { [hashLabel]: _, ...others } = labels
  return { ...template, metadata: { ...template?.metadata, labels: others } }
}

function ordered(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
