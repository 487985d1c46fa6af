/** What is compared: a spec, and which rows of the log it trains on. */
import type { Rows } from "./clicks.js";

export interface Method {
  readonly name: string;
  /** In the folder of specs, without its ending. */
  readonly spec: string;
  readonly rows: Rows;
  /** Whether it needs no log of an age: what would be known in the end. */
  readonly isTruth?: boolean;
}

export const methods: readonly Method[] = [
  { name: "naive", spec: "bce", rows: "as seen" },
  { name: "waiting", spec: "bce", rows: "old" },
  { name: "fake negative", spec: "fake_negative", rows: "twice" },
  { name: "delayed", spec: "delayed", rows: "as seen" },
  { name: "all known", spec: "bce", rows: "all known", isTruth: true },
];
