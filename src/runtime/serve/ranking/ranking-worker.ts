/** Rankings of a version in a worker: requests in, answers as JSON out. */
import { randomUUID } from "node:crypto";
import type { Model, RuleSetModel } from "../../../compiler/model/index.js";
import { omitUndefined } from "../../../compiler/text/index.js";
import type { RawRow } from "../../data/index.js";
import { Failure } from "../../failure.js";
import { createFlowControl, type FlowControl } from "../../flow/index.js";
import {
  explainList,
  type Ranker,
  type RankedAnswer,
  rankJson,
  type RefusedAnswer,
  type ServiceRequest,
} from "../../rank/index.js";
import type { RankSource } from "../../rank/open-source.js";
import { createRankerOver } from "../../rank/ranker.js";
import { ServeFault } from "../fault.js";
import { unpackRows } from "../scoring/call-rows.js";
import { type PageToken, readPageToken, type TokenKey, writePageToken } from "./page-token.js";
import { openSharedPermits } from "./permit-channel.js";
import type { LeftOutReason, RankedReply, RankReply, RankSettings, RankWarning, RankWork } from "./rank-call.js";

export interface RankingWorker {
  readonly rank: (work: RankWork) => Promise<RankReply>;
  /** What was odd since the last call of it. */
  readonly warnings: () => readonly RankWarning[];
  /** Gives permits back. */
  readonly close: () => Promise<void>;
}

type OpenRanker = Omit<Ranker, "close">;

/** @param path of the spec or artifact, for messages; @param named the model's name in URLs */
export function createRankingWorker(
  source: Omit<RankSource, "close">,
  path: string,
  named: string,
  { channel, server, key }: RankSettings,
): RankingWorker {
  const { model } = source;
  const flow = openFlow(model, channel, server);
  const rankers = new Map<string | undefined, OpenRanker>();
  let warnings: RankWarning[] = [];
  const onWarning = ({ code, message }: RankWarning): void => void warnings.push({ code, message });
  const rankerOf = (ranking: string | undefined): OpenRanker => {
    const known = rankers.get(ranking);
    if (known !== undefined) return known;
    const options = { onWarning, ...omitUndefined({ ranking }) };
    const opened = createRankerOver(source, path, flow?.control, options, (row) => row);
    rankers.set(ranking, opened);
    return opened;
  };
  const viewed = viewedCaps(model.serving?.ruleSets ?? []);

  const answer = async (work: RankWork): Promise<RankReply> => {
    const before = work.after === undefined ? undefined : readPageToken(work.after, key);
    const request = requestOf(work, before, named);
    const ranked = await rankerOf(work.ranking ?? before?.ranking).rank(request);
    if (ranked.kind === "refused") return refusedReply(ranked);
    return rankedReply(ranked, { work, named, key, viewed, shown: before?.shown ?? shownOf(request) });
  };

  return {
    rank: async (work) => {
      try {
        return await answer(work);
      } catch (error) {
        if (error instanceof ServeFault) return { kind: "refused", error: error.message };
        const [first] = error instanceof Failure ? error.diagnostics : [];
        if (first === undefined) throw error;
        return { kind: "refused", error: first.message, ...omitUndefined({ code: first.code, help: first.help }) };
      }
    },
    warnings: () => {
      const found = warnings;
      warnings = [];
      return found;
    },
    close: async () => flow?.close(),
  };
}

/** Undefined where nothing is counted. */
function openFlow(
  { name: namespace, serving }: Model,
  channel: string | undefined,
  server: string,
): { readonly control: FlowControl; readonly close: () => Promise<void> } | undefined {
  const ruleSets = serving?.ruleSets ?? [];
  if (channel === undefined || !isCounted(ruleSets)) return undefined;
  const store = openSharedPermits(channel);
  const control = createFlowControl(store, { namespace, ruleSets, server });
  return {
    control,
    close: async () => {
      await control.close();
      await store.close();
    },
  };
}

/** Whether rules need a store. */
export function isCounted(ruleSets: readonly RuleSetModel[]): boolean {
  return ruleSets.some(({ rules }) => rules.some(({ verb }) => verb === "cap" || verb === "pace"));
}

function viewedCaps(ruleSets: readonly RuleSetModel[]): ReadonlySet<string> {
  return new Set(
    ruleSets.flatMap(({ name, rules }) =>
      rules.flatMap((rule) => (rule.verb === "cap" && rule.count === "viewed" ? [`${name}.${rule.name}`] : [])),
    ),
  );
}

/** The request with what the token of the page before says. Throws a {@link ServeFault} where they do not agree. */
function requestOf(
  { candidates, request, ranking }: RankWork,
  before: PageToken | undefined,
  named: string,
): ServiceRequest {
  const whole = { ...request, candidates: unpackRows(candidates) };
  if (before === undefined) return whole;
  const refuse = (sentence: string): never => {
    throw new ServeFault(400, sentence);
  };
  for (const member of ["page", "tail", "shown"])
    if (Object.hasOwn(request, member)) refuse(`\`after\` says what the pages before showed; leave out \`${member}\``);
  if (before.model !== named) refuse(`the page token in \`after\` is of model \`${before.model}\``);
  if (ranking !== undefined && ranking !== before.ranking)
    refuse(`the page token in \`after\` is of ranking \`${before.ranking}\`, and \`ranking\` is \`${ranking}\``);
  const { request: name, seed, shown } = before;
  return { request: name, seed, ...whole, shown };
}

/** What a request itself says of the pages before; its form was checked when it was ranked. */
function shownOf({ shown, tail }: ServiceRequest): PageToken["shown"] {
  const rows: readonly unknown[] = shown ?? tail ?? [];
  return rows.map((each) => (typeof each === "object" ? (each as RawRow) : String(each)));
}

interface ReplyContext {
  readonly work: RankWork;
  readonly named: string;
  readonly key: TokenKey;
  /** Names of the caps of what was viewed, with their sets'. */
  readonly viewed: ReadonlySet<string>;
  readonly shown: PageToken["shown"];
}

function rankedReply(answer: RankedAnswer, context: ReplyContext): RankedReply {
  const { list, ranking, candidateCount: candidates, arms } = answer;
  const { explain } = context.work;
  const explained =
    explain === undefined ? undefined : explainList(list, explain === true ? undefined : new Set(explain));
  const json = {
    ...rankJson({ ...answer, ...omitUndefined({ explained }) }),
    ...(list.items.length === 0 ? {} : { pageToken: tokenOf(answer, context) }),
  };
  return {
    kind: "ranked",
    text: JSON.stringify(json),
    ranking,
    items: list.items.map(({ id }) => id),
    candidates,
    arms,
    removed: list.removed(),
    leftOut: new Map<LeftOutReason, number>([
      ["value", list.leftOut.length],
      ["shown", list.alreadyShown.length],
      ["source", list.unsourced.length],
      ["stage", list.outranked.length],
    ]),
    relaxed: list.relaxed.flatMap((each) => ("rule" in each ? [each.rule] : each.rules)),
  };
}

function tokenOf(
  { ranking, request, seed, now, list, shownItems }: RankedAnswer,
  { named: model, key, viewed, shown }: ReplyContext,
): string {
  const items = shownItems();
  const counted =
    viewed.size === 0
      ? undefined
      : list.items.map(({ id }) =>
          list.spentBy(id).flatMap(({ rule, key: of }) => (viewed.has(rule) ? [rule, of] : [])),
        );
  return writePageToken(
    {
      page: randomUUID(),
      model,
      ranking,
      request,
      seed,
      now,
      shown: [...shown, ...items],
      items: items.length,
      ...omitUndefined({ viewed: counted }),
    },
    key,
  );
}

function refusedReply({ diagnostic, id, input }: RefusedAnswer): RankReply {
  const { code, message } = diagnostic;
  // What would help there is an option of the command line.
  const help = code === "MTL7513" ? "send each candidate once" : diagnostic.help;
  return { kind: "refused", error: message, code, ...omitUndefined({ help, id, input }) };
}
