import { leastRole, roleYaml } from '../cluster/existing/rbac.ts'
import { helperImage } from '../scenario/helper-image.ts'

/** Prints the least role of a run on an existing cluster, and how the image of rolypoly's own pods comes there. */
export async function rbacCommand(options: {
  allowNodeFaults: string[]
  allowPrivileged: boolean
}): Promise<void> {
  const { name, context } = await helperImage()
  console.log(imageLines(name, context))
  if (options.allowPrivileged) console.log(privilegedLines)
  process.stdout.write(roleYaml(leastRole(options)))
}

/** As comments of YAML. */
export function imageLines(name: string, context: string): string {
  return `# rolypoly's own pods run the image ${name}. Bring it to where the cluster pulls from:
#   docker build --tag REGISTRY/${name} ${context}
#   docker push REGISTRY/${name}
#   rolypoly run --context NAME --helper-image REGISTRY/${name}
#`
}

const privilegedLines = `# --allow-privileged needs no more than the rules below; a cluster that enforces Pod Security has to let privileged
# pods into namespaces named rolypoly-*.
#`
