import { scenario } from '@rolypoly/harness'
import { webapl } from '@rolypoly/harness/charts/webapl'

scenario('it goes on until it is stopped', { deadline: '500h' }, async ({ deploy, hold }) => {
  await deploy(webapl({ replicas: 1, quick: true }), { traffic: false })
  await hold('400h', 'for as long as it is let')
})

scenario('it comes after one that goes on', async ({ hold }) => {
  await hold('1s', 'once its turn has come')
})
