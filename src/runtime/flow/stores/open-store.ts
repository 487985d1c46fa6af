import { existsSync } from "node:fs";
import { createFailure, Failure } from "../../failure.js";
import { createAwaitedStore } from "./awaited-store.js";
import { createMemoryStore } from "./memory-store.js";
import type { PermitStore } from "./store.js";

export interface OpenStoreOptions {
  /** Whether a file that is not there is made; true. */
  readonly create?: boolean;
  /**
   * What a store that cannot be reached now (MTL7531) means: `fail` (the default) throws, `degrade` gives a store that is
   * looked for again with each call, so that a server starts and its caps do what they say of `down`.
   */
  readonly whenDown?: "fail" | "degrade";
}

/**
 * Opens the store that a text names: `memory:`, `sqlite:FILE` or a file ending in `.db` or `.sqlite`,
 * `redis://HOST[:PORT][/DATABASE]`, `rediss://…`. Only then is the store's package loaded.
 * @throws Failure MTL7530–MTL7533.
 */
export async function openPermitStore(
  text: string,
  { create = true, whenDown = "fail" }: OpenStoreOptions = {},
): Promise<PermitStore> {
  const open = openerOf(text, create);
  if (whenDown === "fail") return open();
  try {
    return await open();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return createAwaitedStore(text, open);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Failure && error.diagnostics.every(({ code }) => code === "MTL7531");
}

function openerOf(text: string, create: boolean): () => Promise<PermitStore> {
  if (text === "memory:") return () => Promise.resolve(createMemoryStore());
  if (/^rediss?:\/\//.test(text))
    return async () => {
      const { openRedisStore } = await import("./redis-store.js");
      return openRedisStore(text);
    };
  const file = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : /\.(db|sqlite)$/.test(text) ? text : "";
  if (file === "") throw createFailure("MTL7533", { found: text });
  return async () => {
    if (!create && !existsSync(file))
      throw createFailure("MTL7531", { store: `SQLite file ${file}`, problem: "there is no such file" });
    const { openSqliteStore } = await import("./sqlite-store.js");
    return openSqliteStore(file);
  };
}
