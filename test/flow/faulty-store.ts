import type { PermitStore } from "../../src/runtime/flow/stores/store.js";

/** What becomes of a call: done; refused; done, but the answer is lost; done later, after the caller has given up. */
export type Fault = "none" | "refused" | "lost" | "late";

export interface FaultyStore extends PermitStore {
  fault: () => Fault;
  /** Carries out the calls that were held up. */
  deliver(): Promise<void>;
}

/** A store behind a network that loses and delays. */
export function createFaultyStore(store: PermitStore): FaultyStore {
  const held: (() => Promise<unknown>)[] = [];
  const send = <T>(work: () => Promise<T>): Promise<T> => {
    switch (faulty.fault()) {
      case "none":
        return work();
      case "refused":
        return Promise.reject(new Error("connection refused"));
      case "lost":
        return work().then(() => Promise.reject(new Error("connection reset")));
      case "late":
        held.push(work);
        return Promise.reject(new Error("no answer in time"));
    }
  };
  const faulty: FaultyStore = {
    ...store,
    fault: () => "none",
    lease: (session, requests) => send(() => store.lease(session, requests)),
    settle: (session, settlements) => send(() => store.settle(session, settlements)),
    deliver: async () => {
      for (const work of held.splice(0)) await work();
    },
  };
  return faulty;
}
