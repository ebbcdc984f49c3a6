import { deletePod, evictPod, expect, orphanPod, scenario } from '@rolypoly/harness'
import { kubia } from '../../../charts/kubia/chart.ts'

// What is asked of the API server is looked at, and not how fast the machine is.
const within = '1m'

scenario('a pod is deleted, evicted and let go', async ({ deploy, inject }) => {
  const shop = await deploy(kubia({ replicas: 2, budget: { minAvailable: 1 }, drain: 1 }))
  await inject(deletePod(await shop.pod()))
  await expect(shop).toRecover({ within })
  await inject(evictPod(await shop.pod()))
  await expect(shop).toRecover({ within })
  await inject(orphanPod(await shop.pod()))
  await expect(shop).toRecover({ within })
})
