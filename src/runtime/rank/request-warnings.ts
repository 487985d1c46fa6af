import { createDiagnostic, type DiagnosticCode, type DiagnosticParameters } from "../../compiler/diagnostics/index.js";
import type { Model, ServingModel } from "../../compiler/model/index.js";
import type { RankRequest } from "../../compiler/serving/index.js";
import { columnsOf } from "../data/expressions/expression.js";
import type { RawRow } from "../data/index.js";
import { noLocation } from "../failure.js";
import type { RankerOptions } from "./answer.js";
import type { RankNetwork } from "./open-source.js";
import { createUnreadNames, type UnreadNames } from "./unread-names.js";

/** Tells what is odd about requests and not wrong, each thing once. */
export interface RequestWarnings {
  /** Names that a request provides and nothing reads. `names` are those of its candidates, `network` the one that predicts for it. */
  readonly tellUnread: (
    request: RankRequest,
    names: ReadonlyMap<string, number>,
    values: RawRow,
    network: RankNetwork | undefined,
  ) => void;
  /** Heads that candidates provide in the place of the network's. */
  readonly tellGiven: (heads: readonly string[], request: RankRequest) => void;
  /** Heads that candidates provide and that the ranking does not read: a chain is not made again of them. */
  readonly tellIgnored: (request: RankRequest) => void;
}

/** `heads`: those that the ranking reads. */
export function createRequestWarnings(
  model: Pick<Model, "labels" | "data">,
  serving: ServingModel,
  heads: readonly string[],
  onWarning: RankerOptions["onWarning"],
): RequestWarnings {
  const unreadHeads = serving.inputs.filter(({ name, origin }) => origin === "head" && !heads.includes(name));
  const headsTold = new Set<string>();
  const unreadTold = new Set<string>();
  let known: RankNetwork | undefined;
  const namesOf = (network: RankNetwork | undefined): UnreadNames =>
    createUnreadNames(serving.inputs, network?.columns ?? [], otherNames(model), unreadTold);
  let unreadNames = namesOf(known);
  const warn = <C extends DiagnosticCode>(code: C, parameters: DiagnosticParameters<C>): void =>
    onWarning?.(createDiagnostic(code, parameters, noLocation()));
  return {
    tellUnread: ({ candidates, request }, names, values, network) => {
      // Requests that provide every head themselves come without one.
      if (network !== undefined && network !== known) {
        known = network;
        unreadNames = namesOf(network);
      }
      for (const name of unreadNames(candidates, names, values)) warn("MTL7521", { ...name, request });
    },
    tellGiven: (given, { request }) => {
      for (const head of given) {
        if (headsTold.has(head)) continue;
        headsTold.add(head);
        warn("MTL7520", { head, request });
      }
    },
    tellIgnored: ({ candidates, request }) => {
      for (const { name } of unreadHeads)
        if (!headsTold.has(name) && candidates.some((row) => Object.hasOwn(row, name))) {
          headsTold.add(name);
          warn("MTL7521", { name, whose: "the candidates", request });
        }
    },
  };
}

/** Names that candidates may have beside what is read. */
function otherNames({ labels, data }: Pick<Model, "labels" | "data">): readonly string[] {
  const outcomes = labels.flatMap(({ source }) => columnsOf(source));
  const roles = [data.group, data.weight].filter((column) => column !== undefined);
  return ["id", "item_id", "source", "request", ...outcomes, ...roles];
}
