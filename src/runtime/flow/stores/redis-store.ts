import { createDiagnostic, type Diagnostic } from "../../../compiler/diagnostics/index.js";
import { createFailure, noLocation } from "../../failure.js";
import { changeScript, liveScript, noteScript } from "./redis-scripts.js";
import {
  counterGrace,
  sessionLifetime,
  type CounterReading,
  type LeaseAnswer,
  type LeaseRequest,
  type PermitStore,
  type Session,
  type Settlement,
} from "./store.js";

type ChangeAnswer = readonly [granted: number, spent: number, allGranted: number, allSpent: number];

/**
 * A store in Redis or Valkey, for servers on several hosts. A grant is as durable as the server's own settings make it:
 * `appendonly yes` with `appendfsync always` for one that outlives a crash of its host.
 * @param url `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss:` for TLS.
 * @param prefix Begins the name of every key.
 * @throws Failure MTL7531.
 */
export async function openRedisStore(
  url: string,
  { prefix = "mtl" }: { readonly prefix?: string } = {},
): Promise<PermitStore> {
  const name = `Redis store ${withoutPassword(url)}`;
  const client = await connect(url, name);
  const counters = new RedisCounters(client, prefix);
  return {
    name,
    warnings: await checkSettings((key) => client.configGet(key), name),
    lease: async (session, requests) => {
      await counters.signOfLife(session);
      // Sent together, answered in order; the first use of a script loads it.
      return inTurnThenTogether(requests, (request) => counters.change("lease", session, request));
    },
    settle: async (session, settlements) => {
      await counters.signOfLife(session);
      return inTurnThenTogether(settlements, (each) =>
        counters.change(each.release ? "release" : "report", session, each),
      );
    },
    read: async (keys) => {
      if (keys !== undefined) return (await Promise.all(keys.map((key) => counters.read(key)))).flat();
      const start = `${prefix}:counter:`;
      const found = new Set<string>();
      for await (const batch of client.scanIterator({ MATCH: `${start.replace(/[\\*?[\]]/g, "\\$&")}*`, COUNT: 1000 }))
        for (const key of batch) found.add(key.slice(start.length));
      return (await Promise.all([...found].sort().map((key) => counters.read(key)))).flat();
    },
    readNote: async (key) => {
      const { version, text, ends } = await client.hGetAll(`${prefix}:note:${key}`);
      if (version === undefined || text === undefined) return undefined;
      return { version: Number(version), text, ends: Number(ends) };
    },
    writeNote: async (key, expected, { text, ends }) =>
      (await counters.run(noteScript, `${prefix}:note:${key}`, [
        String(expected),
        text,
        String(ends),
        String(ends + counterGrace),
      ])) === 1,
    close: async () => {
      if (client.isReady) await client.close();
      else client.destroy();
    },
  };
}

/** @throws Failure MTL7531. */
async function connect(url: string, name: string) {
  const { createClient } = await import("@redis/client");
  // Without a queue: a call that finds no connection fails at once, and the ledger says what then holds.
  const client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 2000 } });
  let connecting = true;
  // Calls report their own errors; an event without a listener would end the process.
  client.on("error", () => {
    if (connecting) client.destroy();
  });
  try {
    await client.connect();
  } catch (error) {
    const problem = error instanceof Error && error.message !== "" ? error.message : "no connection";
    throw createFailure("MTL7531", { store: name, problem });
  }
  connecting = false;
  return client;
}

/** The counters under a prefix, each a hash that scripts change. */
class RedisCounters {
  private readonly hashes = new Map<string, string>();
  private readonly seen = new Map<Session, number>();
  private servers = 1;

  constructor(
    private readonly client: Awaited<ReturnType<typeof connect>>,
    private readonly prefix: string,
  ) {}

  async run(script: string, key: string, values: readonly string[]): Promise<unknown> {
    const call = { keys: [key], arguments: [...values] };
    const known = this.hashes.get(script);
    if (known !== undefined)
      try {
        return await this.client.evalSha(known, call);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      }
    this.hashes.set(script, await this.client.scriptLoad(script));
    return this.client.eval(script, call);
  }

  async signOfLife(session: Session): Promise<void> {
    const now = performance.now();
    if (now - (this.seen.get(session) ?? Number.NEGATIVE_INFINITY) < sessionLifetime / 6) return;
    this.servers = Math.max(
      1,
      Number(await this.run(liveScript, `${this.prefix}:sessions`, [session, String(sessionLifetime)])),
    );
    this.seen.set(session, now);
  }

  async change(
    operation: "lease" | "report" | "release",
    session: Session,
    call: LeaseRequest | Settlement,
  ): Promise<LeaseAnswer> {
    const [granted, spent, allGranted, allSpent] = (await this.run(changeScript, `${this.prefix}:counter:${call.key}`, [
      operation,
      session,
      String(call.limit),
      String(call.ends + counterGrace),
      String(call.spent),
      String(call.sequence),
      String("need" in call ? call.need : 0),
      String(this.servers),
    ])) as ChangeAnswer;
    const total = { limit: call.limit, granted: allGranted, spent: allSpent };
    return { key: call.key, granted, spent, total, servers: this.servers };
  }

  async read(key: string): Promise<readonly CounterReading[]> {
    const fields = await this.client.hGetAll(`${this.prefix}:counter:${key}`);
    if (fields["limit"] === undefined) return [];
    const number = (field: string): number => Number(fields[field] ?? 0);
    const holders = Object.keys(fields)
      .filter((field) => field.startsWith("g:"))
      .map((field) => field.slice(2))
      .map((session) => ({ session, granted: number(`g:${session}`), spent: number(`s:${session}`) }))
      .filter(({ granted, spent }) => granted > spent);
    const [limit, granted, spent] = [number("limit"), number("granted"), number("spent")];
    return [{ key, limit, granted, spent, ends: number("ends") - counterGrace, holders }];
  }
}

/** One first and the others at once, so that a missing script is loaded once and not by each. */
async function inTurnThenTogether<C, A>(calls: readonly C[], run: (call: C) => Promise<A>): Promise<readonly A[]> {
  const [first, ...others] = calls;
  if (first === undefined) return [];
  const answer = await run(first);
  return [answer, ...(await Promise.all(others.map(run)))];
}

/** What the settings of the server put at risk. A server that does not show them (managed ones) is taken as it is. */
async function checkSettings(
  read: (key: string) => Promise<Readonly<Record<string, string>>>,
  store: string,
): Promise<readonly Diagnostic[]> {
  try {
    const { "maxmemory-policy": policy = "noeviction" } = await read("maxmemory-policy");
    const { appendonly = "yes" } = await read("appendonly");
    return [
      ...(policy === "noeviction" ? [] : [createDiagnostic("MTL7534", { store, policy }, noLocation())]),
      ...(appendonly === "yes" ? [] : [createDiagnostic("MTL7535", { store }, noLocation())]),
    ];
  } catch {
    return [];
  }
}

function withoutPassword(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return "at the given address";
  }
}
