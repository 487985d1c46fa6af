/** How the threads of the program are started. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { packageRoot } from "../package-root.js";

/** The threads that there are: files of the build, which `scripts/build.mjs` makes of their modules. */
export type ThreadName = "pool-thread" | "data-thread" | "windows-thread" | "lines-thread" | "beside-thread";

/** What a `Worker` is made of. */
export interface ThreadScript {
  readonly file: string;
  readonly argv: readonly string[];
}

/**
 * The script of a thread; undefined where there is none, as where sources run as they are. It loads the thread's modules with the code that V8 made of
 * them the last time (`bin/program.js`), which is kept by the verb of a command, and once for all programs that call the library.
 */
export function threadScript(name: ThreadName): ThreadScript | undefined {
  if (import.meta.filename.endsWith(".ts")) return undefined;
  if (!existsSync(join(packageRoot, "dist", "program", `${name}.cjs`))) return undefined;
  // A thread has its own name before the verb.
  const verb = import.meta.filename.endsWith(".cjs") ? process.argv[isMainThread ? 2 : 3] : undefined;
  return { file: join(packageRoot, "bin", "thread.js"), argv: [name, ...(verb === undefined ? [] : [verb])] };
}
