/**
 * Flow control: how often something may be shown in a calendar window, over many servers. In: a store, the caps and paces
 * of a ranking, and the instant of a request. Out: permits at hand for a ranking to spend, and multipliers that keep
 * delivery on its curve. It never grants more than a limit through a crash, never waits longer for a store than it was
 * told to, and never ranks.
 */
export {
  createFlowControl,
  type FlowControl,
  type FlowedRanking,
  type FlowOptions,
  type ReservedPermits,
} from "./flow-control.js";
export { exposedRules, isCounted } from "./counted-rules.js";
export {
  createPermitLedger,
  type LedgerOptions,
  type LedgerStatus,
  type PermitLedger,
  type SpendResult,
} from "./ledger.js";
export { blockSize } from "./lease.js";
export { createMemoryStore } from "./stores/memory-store.js";
export { openPermitStore, type OpenStoreOptions } from "./stores/open-store.js";
export { capPolicyOf, permitsFor, type CapPolicy, type PermitKey, type PermitSnapshot, type Spend } from "./permits.js";
export {
  createPacer,
  pacePolicyOf,
  type PacePolicy,
  type PaceReading,
  type Pacer,
  type PacerOptions,
} from "./pacer.js";
export { rankUnderCaps, type CappedList, type ReadPermits } from "./rank-under-caps.js";
export {
  counterGrace,
  counterKey,
  readCounterKey,
  type CounterName,
  type CounterReading,
  type CounterTotal,
  type LeaseAnswer,
  type LeaseRequest,
  type Note,
  type PermitStore,
  type PermitValue,
  type Session,
  type Settlement,
} from "./stores/store.js";
export type { LinkState } from "./stores/store-link.js";
export { isTimeZone, showInZone } from "../../compiler/text/index.js";
export { createWindowFinder, windowOf, type CalendarWindow } from "./window.js";
