/** An image's name, taken apart. Docker Hub's own host is left out, as Docker itself does. */
export interface ImageReference {
  /** As `kindest/node`, or `registry.example:5000/team/node`. */
  repository: string
  tag?: string
  /** As `sha256:` and 64 hexadecimal digits. */
  digest?: string
}

/** A Kubernetes version as an image's tag gives it: `v1.34.4-offline` is minor 34, patch 4, suffix `offline`. */
export interface KubernetesVersion {
  minor: number
  patch: number
  suffix?: string
}

/** Takes a reference apart; one with neither tag nor digest means `latest`, as it does to Docker. */
export function parseReference(reference: string): ImageReference {
  const [name = '', digest] = reference.trim().split('@')
  // A colon before the last slash belongs to the registry's port.
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  const repository = familiar(colon === -1 ? name : name.slice(0, colon))
  const tag = colon === -1 ? undefined : name.slice(colon + 1)
  if (digest !== undefined) return { repository, digest, ...(tag !== undefined && { tag }) }
  return { repository, tag: tag ?? 'latest' }
}

/** Whether `present` is the image that `asked` means: a digest decides alone, as it does for Docker. */
export function isSameImage(asked: string, present: string): boolean {
  const [a, b] = [parseReference(asked), parseReference(present)]
  if (a.repository !== b.repository) return false
  return a.digest === undefined ? a.tag === b.tag : a.digest === b.digest
}

/** The version of Kubernetes 1 that a tag such as `v1.34.4` or `v1.34.4-offline` names; undefined for any other tag. */
export function versionOfTag(tag: string | undefined): KubernetesVersion | undefined {
  const parts = /^v1\.(\d+)\.(\d+)(?:[-.](.+))?$/.exec(tag ?? '')
  if (!parts) return undefined
  return {
    minor: Number(parts[1]),
    patch: Number(parts[2]),
    ...(parts[3] !== undefined && { suffix: parts[3] }),
  }
}

/** Negative where `a` is older than `b`; of the same release, one with a suffix counts as the older. */
export function compareVersions(a: KubernetesVersion, b: KubernetesVersion): number {
  return (
    a.minor - b.minor || a.patch - b.patch || Number(a.suffix === undefined) - Number(b.suffix === undefined)
  )
}

function familiar(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '')
}
