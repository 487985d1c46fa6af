import { createFailure } from "../../failure.js";
import { answerOf, applyLease, applySettlement, noLease, type CounterState } from "../lease.js";
import { openSqlite, type SqliteDatabase } from "./sqlite-database.js";
import {
  counterGrace,
  sessionLifetime,
  type CounterReading,
  type LeaseAnswer,
  type LeaseRequest,
  type Note,
  type PermitStore,
  type Session,
  type Settlement,
} from "./store.js";

/** Of the tables; a file of a later one is refused. */
const schemaVersion = 1;

const schema = `
CREATE TABLE IF NOT EXISTS counters (
  key TEXT PRIMARY KEY, most INTEGER NOT NULL, granted INTEGER NOT NULL, spent INTEGER NOT NULL, ends INTEGER NOT NULL,
  CHECK (0 <= spent AND spent <= granted)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
  key TEXT NOT NULL REFERENCES counters (key) ON DELETE CASCADE, session TEXT NOT NULL,
  granted INTEGER NOT NULL, spent INTEGER NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (key, session), CHECK (0 <= spent AND spent <= granted)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (
  key TEXT PRIMARY KEY, version INTEGER NOT NULL, text TEXT NOT NULL, ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counters_by_end ON counters (ends);
PRAGMA user_version = ${schemaVersion};
`;

/** Milliseconds since 1970 on the clock of the host, as Redis goes by its own: a server's clock decides only its own windows. */
const storeClock = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";

const states = `
SELECT asked.value AS key, c.most AS most, c.granted AS counterGranted, c.spent AS counterSpent,
  l.granted AS granted, l.spent AS spent, l.sequence AS sequence,
  (SELECT count(*) FROM sessions WHERE seen >= ${storeClock} - ?) AS servers
FROM json_each(?) AS asked
LEFT JOIN counters AS c ON c.key = asked.value
LEFT JOIN leases AS l ON l.key = asked.value AND l.session = ?`;

interface StateRow {
  readonly key: string;
  readonly most: number | null;
  readonly counterGranted: number | null;
  readonly counterSpent: number | null;
  readonly granted: number | null;
  readonly spent: number | null;
  readonly sequence: number | null;
  readonly servers: number;
}

const writeCounters = `
INSERT INTO counters (key, most, granted, spent, ends)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
ON CONFLICT (key) DO UPDATE SET most = excluded.most, granted = excluded.granted, spent = excluded.spent`;

const writeLeases = `
INSERT INTO leases (key, session, granted, spent, sequence)
SELECT value ->> 0, ?, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
ON CONFLICT (key, session) DO UPDATE SET granted = excluded.granted, spent = excluded.spent, sequence = excluded.sequence`;

const writeSession = `
INSERT INTO sessions (id, seen) VALUES (?, ${storeClock}) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`;

interface ReadingRow {
  readonly key: string;
  readonly most: number;
  readonly granted: number;
  readonly spent: number;
  readonly ends: number;
  readonly holders: string;
}

const reading = `
SELECT c.key, c.most, c.granted, c.spent, c.ends, (
  SELECT json_group_array(json_object('session', session, 'granted', granted, 'spent', spent))
  FROM leases AS l WHERE l.key = c.key AND l.granted > l.spent) AS holders
FROM counters AS c`;

/**
 * A store in a SQLite file, for the servers of one host. A grant is on disk before it is answered. Not for network file
 * systems, which have no shared memory for the write-ahead log. What ended long ago is forgotten by the host's clock.
 * @throws Failure MTL7530, MTL7531, MTL7532.
 */
export async function openSqliteStore(file: string): Promise<PermitStore> {
  const database = await openSqlite(file);
  await prepareSchema(database, file);
  const seen = new Map<Session, number>();

  const signOfLife = async (session: Session): Promise<void> => {
    const now = performance.now();
    if (now - (seen.get(session) ?? Number.NEGATIVE_INFINITY) < sessionLifetime / 6) return;
    await database.rows(writeSession, [session]);
    await database.rows(`DELETE FROM sessions WHERE seen < ${storeClock} - ?`, [sessionLifetime]);
    await database.rows(`DELETE FROM counters WHERE ends < ${storeClock} - ?`, [counterGrace]);
    await database.rows(`DELETE FROM notes WHERE ends < ${storeClock} - ?`, [counterGrace]);
    seen.set(session, now);
  };

  const change = <C extends LeaseRequest | Settlement>(
    session: Session,
    calls: readonly C[],
    apply: (state: CounterState, call: C, servers: number) => CounterState,
  ): Promise<readonly LeaseAnswer[]> =>
    database.write(async () => {
      await signOfLife(session);
      if (calls.length === 0) return [];
      const rows = await database.rows<StateRow>(states, [
        sessionLifetime,
        JSON.stringify([...new Set(calls.map(({ key }) => key))]),
        session,
      ]);
      const servers = Math.max(1, rows[0]?.servers ?? 1);
      const before = new Map(rows.map((row) => [row.key, row]));
      const after = new Map<string, { readonly call: C; readonly state: CounterState }>();
      const answers = calls.map((call) => {
        const state = apply(after.get(call.key)?.state ?? stateOf(before.get(call.key), call.limit), call, servers);
        after.set(call.key, { call, state });
        return answerOf(call, state, servers);
      });
      const changed = [...after.values()];
      await database.rows(writeCounters, [
        JSON.stringify(
          changed.map(({ call, state: { total } }) => [call.key, total.limit, total.granted, total.spent, call.ends]),
        ),
      ]);
      await database.rows(writeLeases, [
        session,
        JSON.stringify(
          changed.map(({ call, state: { lease } }) => [call.key, lease.granted, lease.spent, lease.sequence]),
        ),
      ]);
      return answers;
    });

  return {
    name: `SQLite file ${file}`,
    warnings: [],
    lease: (session, requests) => change(session, requests, applyLease),
    settle: (session, settlements) => change(session, settlements, applySettlement),
    read: async (keys) => {
      const rows =
        keys === undefined
          ? await database.read<ReadingRow>(`${reading} ORDER BY c.key`, [])
          : await database.read<ReadingRow>(`${reading} WHERE c.key IN (SELECT value FROM json_each(?))`, [
              JSON.stringify(keys),
            ]);
      const readings = rows.map(({ most, holders, ...row }): CounterReading => ({
        ...row,
        limit: most,
        holders: JSON.parse(holders) as CounterReading["holders"],
      }));
      if (keys === undefined) return readings;
      const byKey = new Map(readings.map((each) => [each.key, each]));
      return keys.flatMap((key) => byKey.get(key) ?? []);
    },
    readNote: async (key) =>
      (await database.read<Note>("SELECT version, text, ends FROM notes WHERE key = ?", [key])).map(
        ({ version, text, ends }) => ({ version, text, ends }),
      )[0],
    writeNote: (key, expected, { text, ends }) =>
      database.write(async () => {
        const rows = await database.rows<{ version: number }>("SELECT version FROM notes WHERE key = ?", [key]);
        if ((rows[0]?.version ?? 0) !== expected) return false;
        await database.rows("INSERT OR REPLACE INTO notes (key, version, text, ends) VALUES (?, ?, ?, ?)", [
          key,
          expected + 1,
          text,
          ends,
        ]);
        return true;
      }),
    close: () => database.close(),
  };
}

/** State that no row holds yet: nothing granted. */
function stateOf(row: StateRow | undefined, limit: number): CounterState {
  return {
    total: { limit: row?.most ?? limit, granted: row?.counterGranted ?? 0, spent: row?.counterSpent ?? 0 },
    lease:
      row?.granted == null ? noLease : { granted: row.granted, spent: row.spent ?? 0, sequence: row.sequence ?? 0 },
  };
}

async function prepareSchema(database: SqliteDatabase, file: string): Promise<void> {
  await database.run("PRAGMA foreign_keys = ON");
  await database.write(async () => {
    const rows = await database.rows<{ user_version: number }>("PRAGMA user_version", []);
    const found = rows[0]?.user_version ?? 0;
    if (found > schemaVersion)
      throw createFailure("MTL7532", { store: `SQLite file ${file}`, found, known: schemaVersion });
    if (found < schemaVersion) await database.run(schema);
  });
}
