/**
 * Does what a fault does. Where that fails it may be done all the same, for an answer can be lost: so it is reverted. What
 * cannot be reverted now stays in the run's journal.
 *
 * @throws what the act threw
 */
export async function orReverted<T>(revert: () => Promise<void>, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    await revert().catch(() => undefined)
    throw error
  }
}
