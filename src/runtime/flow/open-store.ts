import { existsSync } from "node:fs";
import { createFailure } from "../failure.js";
import { createMemoryStore } from "./memory-store.js";
import type { PermitStore } from "./store.js";

/**
 * Opens the store that a text names: `memory:`, `sqlite:FILE` or a file ending in `.db` or `.sqlite`,
 * `redis://HOST[:PORT][/DATABASE]`, `rediss://…`. Only then is the store's package loaded.
 * @param create Whether a file that is not there is made.
 * @throws Failure MTL7530–MTL7533.
 */
export async function openPermitStore(
  text: string,
  { create = true }: { readonly create?: boolean } = {},
): Promise<PermitStore> {
  if (text === "memory:") return createMemoryStore();
  if (/^rediss?:\/\//.test(text)) {
    const { openRedisStore } = await import("./redis-store.js");
    return openRedisStore(text);
  }
  const file = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : /\.(db|sqlite)$/.test(text) ? text : "";
  if (file === "") throw createFailure("MTL7533", { found: text });
  if (!create && !existsSync(file))
    throw createFailure("MTL7531", { store: `SQLite file ${file}`, problem: "there is no such file" });
  const { openSqliteStore } = await import("./sqlite-store.js");
  return openSqliteStore(file);
}
