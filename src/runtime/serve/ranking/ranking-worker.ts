/** Rankings of a version in a worker: requests in, answers as JSON out. */
import { randomUUID } from "node:crypto";
import type { Model } from "../../../compiler/model/index.js";
import { omitUndefined } from "../../../compiler/text/index.js";
import type { RawRow } from "../../data/index.js";
import { createFlowControl, exposedRules, type FlowControl, isCounted } from "../../flow/index.js";
import { createReservedPages, type ReservedPage, type ReservedPages } from "../exposures/reserved-pages.js";
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
import { readCandidates } from "../protocols/rank.js";
import { unpackRecords } from "../scoring/call-rows.js";
import { type PageToken, readPageToken, type TokenKey, writePageToken } from "./page-token.js";
import { openSharedPermits } from "./permit-channel.js";
import type {
  LeftOutReason,
  RankedReply,
  RankReply,
  RankSettings,
  RankWarning,
  RankWork,
  Replay,
} from "./rank-call.js";

export interface RankingWorker {
  /** Ends once the store of permits has answered, or is known not to. */
  readonly ready: () => Promise<void>;
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
  settings: RankSettings,
): RankingWorker {
  const { model } = source;
  const { key, count, exposureWait } = settings;
  const flow = openFlow(model, settings);
  const rankers = new Map<string, OpenRanker>();
  let warnings: RankWarning[] = [];
  const onWarning = ({ code, message }: RankWarning): void => void warnings.push({ code, message });
  const rankerOf = (ranking: string | undefined, isReplay: boolean): OpenRanker => {
    const key = JSON.stringify([ranking, isReplay]);
    const known = rankers.get(key);
    if (known !== undefined) return known;
    const options = { onWarning, ...omitUndefined({ ranking }) };
    const opened = createRankerOver(source, path, isReplay ? undefined : flow?.control, options, (row) => row);
    rankers.set(key, opened);
    return opened;
  };
  const viewed = exposedRules(model.serving?.ruleSets ?? [], count);

  const answer = async (work: RankWork): Promise<RankReply> => {
    const before = work.after === undefined ? undefined : readPageToken(work.after, key);
    const { replay } = work;
    const asked = requestOf(work, before, named);
    const request = replay === undefined ? asked : { ...asked, ...replayed(replay) };
    const ranked = await rankerOf(work.ranking ?? before?.ranking, replay !== undefined).rank(request);
    if (ranked.kind === "refused") return refusedReply(ranked);
    const until = Date.now() + exposureWait;
    const shown = before?.shown ?? shownOf(request);
    return rankedReply(ranked, { work, named, key, viewed, shown, until, pages: flow?.pages });
  };

  return {
    ready: async () => flow?.control.ready(),
    rank: async (work) => {
      try {
        return await answer(work);
      } catch (error) {
        if (error instanceof ServeFault) return { kind: "refused", error: error.message };
        throw error;
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

interface OpenFlow {
  readonly control: FlowControl;
  readonly pages: ReservedPages;
  readonly close: () => Promise<void>;
}

/** Undefined where nothing is counted. */
function openFlow({ name: namespace, serving }: Model, settings: RankSettings): OpenFlow | undefined {
  const { channel, server, count } = settings;
  const ruleSets = serving?.ruleSets ?? [];
  if (channel === undefined || !isCounted(ruleSets)) return undefined;
  const store = openSharedPermits(channel);
  const control = createFlowControl(store, { namespace, ruleSets, server, count });
  const pages = createReservedPages(store);
  return {
    control,
    pages,
    close: async () => {
      pages.close();
      await control.close();
      await store.close();
    },
  };
}

/** The request with what the token of the page before says. Throws a {@link ServeFault} where they do not agree. */
function requestOf(
  { candidates, request, ranking }: RankWork,
  before: PageToken | undefined,
  named: string,
): ServiceRequest {
  const whole = { ...request, candidates: readCandidates(unpackRecords(candidates)) };
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

/** Members of a request that make its list again. What was not read then holds nothing back. */
function replayed({ permits, paces, ...rest }: Replay): object {
  if (permits === undefined) return rest;
  return {
    ...rest,
    permits: {
      held: (rule: string, key: string) => permits.get(rule)?.get(key) ?? Number.MAX_SAFE_INTEGER,
      pace: (rule: string, key: string) => paces?.get(rule)?.get(key) ?? 1,
    },
  };
}

function recordOf({ request, seed, now, list, flow }: RankedAnswer): RankedReply["recorded"] {
  const paces = new Map(
    [...(flow?.paces ?? [])].map(([rule, keys]) => [
      rule,
      new Map([...keys].map(([key, { multiplier }]) => [key, multiplier])),
    ]),
  );
  return {
    scores: list.items.map(({ score }) => score),
    replay: { request, seed, now, ...(flow === undefined ? {} : { permits: flow.permits.permits, paces }) },
  };
}

interface ReplyContext {
  readonly work: RankWork;
  readonly named: string;
  readonly key: TokenKey;
  /** Names of the rules that count exposures, with their sets'. */
  readonly viewed: ReadonlySet<string>;
  readonly shown: PageToken["shown"];
  readonly until: number;
  /** Where permits are reserved. */
  readonly pages: ReservedPages | undefined;
}

type PageSpends = ReservedPage["spent"];

function rankedReply(answer: RankedAnswer, context: ReplyContext): RankedReply {
  const { list, ranking, candidateCount: candidates, arms } = answer;
  const { work, until, pages } = context;
  const { explain } = work;
  const explained =
    explain === undefined ? undefined : explainList(list, explain === true ? undefined : new Set(explain));
  let spent: PageSpends | undefined;
  const spentOf = (): PageSpends => (spent ??= list.items.map(({ id }) => list.spentBy(id)));
  const page = randomUUID();
  const reserved = answer.flow?.reserved;
  if (reserved !== undefined && reserved.permits > 0) pages?.add({ page, until, reserved, spent: spentOf() });
  const json = {
    ...rankJson({ ...answer, ...omitUndefined({ explained }) }),
    ...(list.items.length === 0 || work.replay !== undefined
      ? {}
      : { pageToken: tokenOf(page, answer, spentOf, context), exposuresUntil: new Date(until).toISOString() }),
  };
  return {
    kind: "ranked",
    text: JSON.stringify(json),
    ranking,
    items: list.items.map(({ id }) => id),
    ...(work.records === true || work.replay !== undefined ? omitUndefined({ recorded: recordOf(answer) }) : {}),
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
  page: string,
  { ranking, request, seed, now, shownItems }: RankedAnswer,
  spentOf: () => PageSpends,
  { named: model, key, viewed, shown, until }: ReplyContext,
): string {
  const items = shownItems();
  const counted =
    viewed.size === 0
      ? undefined
      : spentOf().map((spent) => spent.flatMap(({ rule, key: of }) => (viewed.has(rule) ? [rule, of] : [])));
  return writePageToken(
    {
      page,
      model,
      ranking,
      request,
      seed,
      now,
      until,
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
