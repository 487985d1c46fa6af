/** A server that answers, listening or not: versions of models, kept up with the disk, behind routes. */
import type { FastifyInstance } from "fastify";
import { randomUUID } from "node:crypto";
import { availableParallelism, hostname } from "node:os";
import { omitUndefined } from "../../compiler/text/index.js";
import { createFailure, Failure } from "../failure.js";
import { openPermitStore, type PermitStore } from "../flow/index.js";
import { createApp } from "./http/app.js";
import type { RequestLimits, ServeContext } from "./http/route.js";
import { createExposureDesk } from "./exposures/desk.js";
import { ServeFault } from "./fault.js";
import { createMetrics } from "./metrics/metrics.js";
import type { VersionOptions } from "./model-version.js";
import { openVersion } from "./open-version.js";
import { sharePermits } from "./ranking/permit-channel.js";
import type { RankWarning } from "./ranking/rank-call.js";
import { openLayout } from "./repository/layout.js";
import { isNamed, type VersionShare } from "./repository/version-share.js";
import { createShadows, parseShadow, shadowRows } from "./shadow/shadow.js";
import { parseSplit } from "./split/split.js";
import { createRepository, type Repository, type RepositoryEvent } from "./repository/repository.js";

export interface ServerOptions extends Partial<Omit<VersionOptions, "ranking">>, Partial<RequestLimits> {
  /** A spec, an artifact, a folder of versions of a model, or a folder of such folders. */
  readonly path: string;
  /** Name of the model in URLs, where there is one; absent: that of the spec or the folder. */
  readonly name?: string;
  /** How many versions of a model are open at once; 1. */
  readonly versions?: number;
  /** Milliseconds between two looks at the disk; 0: only when `refresh` is called. 2,000. */
  readonly poll?: number;
  /** What clients must send as a bearer token; absent: everybody may ask. */
  readonly token?: string;
  /** Connections at once; 4,096. */
  readonly connections?: number;
  readonly log?: { readonly level: string; readonly write: (line: string) => void };
  /** Where permits of caps and paces are kept, as `openPermitStore` names stores; `memory:`, whose counts end with the server. */
  readonly store?: string;
  /** The server's name, for people who read the store; that of its host. */
  readonly server?: string;
  /**
   * What caps of what was served, and paces, count: `lists`, each item of an answer (the default), or `exposures`, what clients report of it.
   */
  readonly count?: "lists" | "exposures";
  /** Milliseconds after an answer in which its exposures are reported; 300,000. */
  readonly exposureWait?: number;
  /** Versions that answer beside others, for comparison: `[MODEL/]VERSION[:SHARE]`. */
  readonly shadow?: readonly string[];
  /** Versions that answer a share of the units in place of the newest: `[MODEL/]VERSION:SHARE`. */
  readonly split?: readonly string[];
}

export interface Server {
  readonly app: FastifyInstance;
  readonly repository: Repository;
  /** Looks for other versions now. */
  readonly refresh: () => Promise<void>;
  /**
   * Is not ready any more, answers what was begun, and ends. What is not answered after `grace` milliseconds is cut off.
   */
  readonly close: (grace?: number) => Promise<void>;
}

export const serverDefaults = {
  workers: Math.max(1, availableParallelism() - 1),
  batchRows: 1024,
  batchWait: 0,
  queueRows: 16_384,
  timeout: 10_000,
  bodyBytes: 16 * 2 ** 20,
  requestRows: 10_000,
  versions: 1,
  poll: 2_000,
  connections: 4_096,
  store: "memory:",
  count: "lists",
  exposureWait: 300_000,
  shadow: [],
  split: [],
} as const;

/**
 * Opens what there is to serve. Rejects with a {@link Failure} where there is nothing, or where no version can be opened: with what is
 * wrong with the newest; MTL7615 and MTL7616 for versions that cannot have their share.
 */
export async function openServer(options: ServerOptions): Promise<Server> {
  const settings = { ...serverDefaults, ...omitUndefined(options) };
  const rules = settings.shadow.map(parseShadow);
  const split = parseSplit(settings.split, rules);
  const isShadow = (model: string, version: string): boolean => rules.some((rule) => isNamed(rule, model, version));
  const { workers, batchRows, batchWait, queueRows, engine } = settings;
  const layout = await openLayout(options.path, options.name);
  const permits = await openPermits(settings.store);
  const { count, exposureWait, server = hostname() } = settings;
  // Servers that share a token understand each other's pages.
  const key = settings.token ?? "";
  const ranking = { channel: permits.channel, server, key, count, exposureWait };
  const desk = createExposureDesk({ store: permits.store, server, count, key });
  const metrics = createMetrics();
  let firstError: unknown;
  let isReady = false;
  const repository = createRepository({
    layout,
    keep: settings.versions,
    isAside: (model, version) => [...rules, ...split].some((rule) => isNamed(rule, model, version)),
    open: (model, { path: source, version, identity }) => {
      const aside = isShadow(model, version);
      const warn = (warnings: readonly RankWarning[]): void => {
        for (const { code, message } of warnings) app.log.warn({ model, version, code }, message);
      };
      const own = aside
        ? { workers: Math.min(1, workers), queueRows: shadowRows, yields: true }
        : { workers, queueRows };
      return openVersion(
        { model, version, source, ...omitUndefined({ identity }) },
        { batchRows, batchWait, ranking, ...own, ...omitUndefined({ engine }) },
        metrics.watch(model, version, warn, aside),
      );
    },
    onEvent: (event) => {
      if (event.kind === "refused") firstError ??= event.error;
      metrics.onRepository(event);
      logEvent(app, event);
      if (event.kind === "loaded" && event.version.description.counted.length > 0 && settings.store === "memory:")
        app.log.warn({ model: event.version.model }, "caps and paces count in memory, and begin again with the server");
    },
  });
  const context: ServeContext = {
    repository,
    metrics,
    desk,
    split,
    shadows: createShadows({
      rules,
      repository,
      watcher: metrics.shadow,
      onError: (model, version, error) => app.log.warn({ model, version, ...reasonsOf(error) }, "the shadow failed"),
    }),
    limits: settings,
    isReady: () => isReady,
    hasToken: options.token !== undefined,
  };
  const { app, underWay } = createApp({
    context,
    connections: settings.connections,
    ...omitUndefined({ token: settings.token, log: settings.log }),
  });
  await repository.refresh();
  if (repository.models().length === 0) {
    await repository.close();
    await desk.close();
    await permits.close();
    throw firstError ?? nothingAnswers(options.path, [...rules, ...split]);
  }
  isReady = true;
  const watching = settings.poll === 0 ? undefined : setInterval(() => void look(), settings.poll);
  watching?.unref();
  const look = (): Promise<void> =>
    repository
      .refresh()
      .catch((error: unknown) => app.log.error({ err: error }, "the versions could not be looked at"));
  return {
    app,
    repository,
    refresh: look,
    close: async (grace = 30_000) => {
      isReady = false;
      clearInterval(watching);
      await endConnections(app, underWay, grace);
      await repository.close();
      await desk.close();
      await permits.close();
    },
  };
}

/** There is nothing to serve, or only versions that do not answer whoever asks. */
function nothingAnswers(path: string, [rule]: readonly VersionShare[]): Failure {
  if (rule === undefined) return createFailure("MTL7600", { path });
  return createFailure("MTL7615", { text: rule.text, problem: `${path} has no other version, which would answer` });
}

interface OpenPermits {
  readonly store: PermitStore;
  readonly channel: string;
  readonly close: () => Promise<void>;
}

/** The store of permits, and where the threads of the server find it. One that cannot be reached now is looked for again. */
async function openPermits(named: string): Promise<OpenPermits> {
  const store = await openPermitStore(named, { whenDown: "degrade" });
  const channel = `mtlc-permits-${randomUUID()}`;
  const end = sharePermits(channel, store);
  return {
    store,
    channel,
    close: async () => {
      end();
      await store.close();
    },
  };
}

/** Clients that hold a connection and have begun no request are not waited for; the others have so many milliseconds. */
async function endConnections(app: FastifyInstance, underWay: () => number, grace: number): Promise<void> {
  const end = performance.now() + grace;
  const cut = setInterval(() => {
    if (underWay() === 0 || performance.now() >= end) app.server.closeAllConnections();
  }, 20);
  await app.close();
  clearInterval(cut);
}

/** What is wrong as the log has it: a stack only where it is a bug. */
function reasonsOf(error: unknown): { readonly reasons: readonly string[] } | { readonly err: unknown } {
  if (error instanceof ServeFault) return { reasons: [error.message] };
  if (!(error instanceof Failure)) return { err: error };
  return { reasons: error.diagnostics.map(({ code, message }) => `${code}: ${message}`) };
}

function logEvent({ log }: FastifyInstance, event: RepositoryEvent): void {
  switch (event.kind) {
    case "loaded": {
      const { model, version, description } = event.version;
      const { hash, heads, rankings, infers } = description;
      return log.info(
        { model, version, hash, infers, heads, rankings, seconds: Number(event.seconds.toFixed(3)) },
        "version open",
      );
    }
    case "refused": {
      const { model, version, error } = event;
      return log.error({ model, version, ...reasonsOf(error) }, "version refused");
    }
    case "retired":
      return log.info({ model: event.model, version: event.version }, "version closed");
  }
}
