import type { PermitStore } from "./store.js";

/**
 * A store that could not be reached when it was named: each call looks for it until it is there, and fails while it is
 * not, as a call to a store that went away does.
 */
export function createAwaitedStore(name: string, open: () => Promise<PermitStore>): PermitStore {
  let store: PermitStore | undefined;
  let opening: Promise<PermitStore> | undefined;
  let isClosed = false;
  const reach = (): Promise<PermitStore> => {
    if (isClosed) return Promise.reject(new Error("the store is closed"));
    if (store !== undefined) return Promise.resolve(store);
    opening ??= open()
      .then(async (opened) => {
        // Closed while it was being opened: nobody would close it later.
        if (isClosed) await opened.close();
        store = opened;
        return opened;
      })
      .finally(() => {
        opening = undefined;
      });
    return opening;
  };
  return {
    get name() {
      return store?.name ?? name;
    },
    get warnings() {
      return store?.warnings ?? [];
    },
    lease: async (session, requests) => (await reach()).lease(session, requests),
    settle: async (session, settlements) => (await reach()).settle(session, settlements),
    read: async (keys) => (await reach()).read(keys),
    readNote: async (key) => (await reach()).readNote(key),
    writeNote: async (key, expected, note) => (await reach()).writeNote(key, expected, note),
    close: async () => {
      isClosed = true;
      await store?.close();
    },
  };
}
