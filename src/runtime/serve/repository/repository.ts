/**
 * The versions that are open, by model. A version is replaced once another has been opened and has answered; until then, and where
 * the other is refused, it serves on. What was begun on a version ends on it.
 */
import type { ModelVersion } from "../model-version.js";
import { ServeFault } from "../fault.js";
import { createEntries, type Entry, type Lease } from "./entries.js";
import type { FoundModel, FoundVersion, Layout } from "./layout.js";

export type RepositoryEvent =
  | { readonly kind: "loaded"; readonly version: ModelVersion; readonly seconds: number }
  | { readonly kind: "refused"; readonly model: string; readonly version: string; readonly error: unknown }
  | { readonly kind: "retired"; readonly model: string; readonly version: string };

export interface VersionState {
  readonly version: string;
  readonly state: "available" | "refused";
  /** Of a version that was refused. */
  readonly error?: unknown;
}

export interface Repository {
  /** Names of the models that have a version that answers, in order. */
  readonly models: () => readonly string[];
  /** What is open of a model, the newest first, and what was refused. Throws a {@link ServeFault} (404). */
  readonly states: (model: string) => readonly VersionState[];
  /** What is open of the models that have a version that answers: of each, the newest first. */
  readonly open: () => readonly ModelVersion[];
  /** Whether this version is open. */
  readonly has: (model: string, version: string) => boolean;
  /** A version, or the newest that is not aside, to read what it is: it may close any time. Throws a {@link ServeFault} (404, 503). */
  readonly find: (model: string, version?: string) => ModelVersion;
  /** The same for whoever has it work. */
  readonly acquire: (model: string, version?: string) => Lease;
  /** Looks at the disk again. Calls at the same time share a look. */
  readonly refresh: () => Promise<void>;
  /** Ends once what is in use was given back. */
  readonly close: () => Promise<void>;
}

export type { Lease };

export interface RepositoryOptions {
  readonly layout: Layout;
  readonly open: (model: string, found: FoundVersion) => Promise<ModelVersion>;
  /** How many versions of a model are open, the newest ones; at least 1. */
  readonly keep: number;
  /** Versions that are open besides, and answer only who names them. */
  readonly isAside?: (model: string, version: string) => boolean;
  readonly onEvent: (event: RepositoryEvent) => void;
}

interface OpenModel {
  /** The newest first. */
  entries: readonly Entry[];
  /** By version, the state that was refused. */
  readonly refused: Map<string, { readonly state: string; readonly error: unknown }>;
}

export function createRepository({
  layout,
  open: openOne,
  keep,
  onEvent,
  isAside = () => false,
}: RepositoryOptions): Repository {
  const models = new Map<string, OpenModel>();
  const entries = createEntries();

  const answers = ({ version: { model, version } }: Entry): boolean => !isAside(model, version);
  const retire = (entry: Entry): void => {
    entries.retire(entry);
    const { model, version } = entry.version;
    onEvent({ kind: "retired", model, version });
  };

  const tryOpen = async (model: string, found: FoundVersion, { refused }: OpenModel): Promise<Entry | undefined> => {
    if (refused.get(found.version)?.state === found.state) return undefined;
    const started = performance.now();
    try {
      const version = await openOne(model, found);
      refused.delete(found.version);
      onEvent({ kind: "loaded", version, seconds: (performance.now() - started) / 1000 });
      return entries.create(found, version);
    } catch (error) {
      refused.set(found.version, { state: found.state, error });
      onEvent({ kind: "refused", model, version: found.version, error });
      return undefined;
    }
  };

  /** @param unchanged what is open and is on the disk as it was opened */
  const refreshModel = async ({ name, versions }: FoundModel, unchanged: ReadonlySet<Entry>): Promise<void> => {
    const model = models.get(name) ?? { entries: [], refused: new Map() };
    models.set(name, model);
    const kept: Entry[] = [];
    for (const found of versions) {
      if (!isAside(name, found.version) && kept.filter(answers).length === keep) continue;
      const current = model.entries.find((entry) => entry.version.version === found.version);
      const isSame = current !== undefined && unchanged.has(current);
      const entry = isSame ? current : ((await tryOpen(name, found, model)) ?? current);
      if (entry !== undefined) kept.push(entry);
    }
    for (const version of model.refused.keys())
      if (!versions.some((found) => found.version === version)) model.refused.delete(version);
    // What answers goes on to do so where nothing else can.
    if (!kept.some(answers)) kept.push(...model.entries.filter((entry) => answers(entry) && !kept.includes(entry)));
    if (kept.length === 0) return;
    const replaced = model.entries.filter((entry) => !kept.includes(entry));
    model.entries = kept;
    replaced.forEach(retire);
  };

  const unchangedEntries = ({ name, versions }: FoundModel): readonly Entry[] =>
    (models.get(name)?.entries ?? []).filter((entry) =>
      versions.some(({ version, state }) => version === entry.version.version && state === entry.found.state),
    );

  const look = async (): Promise<void> => {
    const found = layout();
    // All are compared before one is opened: that takes time, in which others may be taken away.
    const unchanged = new Set(found.flatMap(unchangedEntries));
    for (const model of found) await refreshModel(model, unchanged);
    for (const [name, model] of models) {
      if (found.some((each) => each.name === name)) continue;
      models.delete(name);
      model.entries.forEach(retire);
    }
  };

  let looking: Promise<void> | undefined;
  const { entryOf, ...reading } = createReading(models, answers);
  return {
    ...reading,
    acquire: (name, version) => entries.lease(entryOf(name, version)),
    refresh: () => (looking ??= look().finally(() => (looking = undefined))),
    close: async () => {
      await looking?.catch(() => undefined);
      for (const model of models.values()) model.entries.forEach(retire);
      models.clear();
      await entries.closed();
    },
  };
}

type Reading = Omit<Repository, "acquire" | "refresh" | "close"> & {
  readonly entryOf: (name: string, version: string | undefined) => Entry;
};

/** What is asked of the models that are open. */
function createReading(models: ReadonlyMap<string, OpenModel>, answers: (entry: Entry) => boolean): Reading {
  const modelOf = (name: string): OpenModel => {
    const model = models.get(name);
    if (model !== undefined) return model;
    throw new ServeFault(404, `there is no model \`${name}\`; there is ${listed([...models.keys()])}`);
  };

  const entryOf = (name: string, version: string | undefined): Entry => {
    const { entries: all } = modelOf(name);
    const entry = version === undefined ? all.find(answers) : all.find((each) => each.version.version === version);
    if (entry === undefined) throw noVersion(name, version, all);
    return entry;
  };
  const answeringModels = (): readonly (readonly [string, OpenModel])[] =>
    [...models].filter(([, model]) => model.entries.some(answers));

  return {
    entryOf,
    models: () => answeringModels().map(([name]) => name),
    open: () => answeringModels().flatMap(([, model]) => model.entries.map(({ version }) => version)),
    has: (name, version) => models.get(name)?.entries.some((each) => each.version.version === version) ?? false,
    find: (name, version) => entryOf(name, version).version,
    states: (name) => {
      const { entries: open, refused } = modelOf(name);
      return [
        ...open.map(({ version }): VersionState => ({ version: version.version, state: "available" })),
        ...[...refused].map(([version, { error }]): VersionState => ({ version, state: "refused", error })),
      ];
    },
  };
}

function noVersion(name: string, version: string | undefined, entries: readonly Entry[]): ServeFault {
  if (version === undefined)
    return new ServeFault(503, `no version of model \`${name}\` could be loaded`, { retryAfter: 5 });
  const known = listed(entries.map((entry) => entry.version.version));
  return new ServeFault(404, `version ${version} of model \`${name}\` is not open; there is ${known}`);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `\`${name}\``).join(", ");
}
