/** What faults put on a node, by names of rolypoly's own: so that whoever mends a node finds it there. */
export const onNode = {
  /** How the names of nft tables begin. */
  tables: 'rolypoly_',
  /** Of the gate before runc: its programs, and its orders, which a restart of the node clears. */
  gate: '/usr/local/lib/rolypoly',
  orders: '/run/rolypoly/exec',
  /** Where the kubelet runs static pods from, */
  manifests: '/etc/kubernetes/manifests',
  /** and how the path begins of one that was taken away: beside that folder, for whatever is in it is run. */
  manifestAway: '/etc/kubernetes/rolypoly-',
} as const
