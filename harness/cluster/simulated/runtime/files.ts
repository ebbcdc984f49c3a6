import type { ContainerOrder } from '../world.ts'

/** The texts of a volume, or of a filesystem, by their paths in it. */
type Files = Map<string, string>

interface Mount {
  /** As `/cache/`. */
  folder: string
  files: Files
  isReadOnly: boolean
}

/** The files that a container sees: its own, which end with the incarnation, and those of the emptyDirs in it. */
export class ContainerFiles {
  private readonly own: Mount = { folder: '', files: new Map(), isReadOnly: false }
  private readonly mounts: Mount[]

  constructor(mounts: Mount[] = []) {
    // Of two that hold a path the deeper one has it.
    this.mounts = mounts.toSorted((a, b) => b.folder.length - a.folder.length)
  }

  get(path: string): string | undefined {
    const { folder, files } = this.mountOf(path)
    return files.get(path.slice(folder.length))
  }

  /** @throws Error where it is mounted to be read alone. */
  set(path: string, text: string): void {
    const { folder, files, isReadOnly } = this.mountOf(path)
    if (isReadOnly) throw new Error(`EROFS: read-only file system, open '${path}'`)
    files.set(path.slice(folder.length), text)
  }

  private mountOf(path: string): Mount {
    return this.mounts.find(({ folder }) => path.startsWith(folder)) ?? this.own
  }
}

/**
 * The emptyDirs of one pod: each is there as long as its pod is on its node, whatever becomes of its containers and of
 * the node's machine. https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
 */
export class PodVolumes {
  private readonly byName = new Map<string, Files>()

  /** What one incarnation of a container sees. */
  filesOf({ pod: { spec }, name: container }: Pick<ContainerOrder, 'pod' | 'name'>): ContainerFiles {
    const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
    const mounted = all.find(({ name }) => name === container)?.volumeMounts ?? []
    const emptyDirs = spec?.volumes?.filter(({ emptyDir }) => emptyDir !== undefined).map(({ name }) => name)
    const mounts = mounted
      .filter(({ name }) => emptyDirs?.includes(name))
      .map(({ name, mountPath, readOnly }) => ({
        folder: `${mountPath.replace(/\/$/, '')}/`,
        files: this.named(name),
        isReadOnly: readOnly === true,
      }))
    return new ContainerFiles(mounts)
  }

  private named(name: string): Files {
    const known = this.byName.get(name) ?? new Map<string, string>()
    this.byName.set(name, known)
    return known
  }
}
