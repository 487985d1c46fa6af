/** Waiting for files to change. */
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/** How long to wait for further changes, in milliseconds: editors write in several steps. */
const quiet = 60;

/**
 * Resolves when one of the files has changed, or the signal is aborted. Folders are watched, not files: editors put a new
 * file in the place of the old one.
 */
export function nextChange(files: Iterable<string>, signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    const folders = new Map<string, Set<string>>();
    for (const file of files) {
      const folder = dirname(resolve(file));
      folders.set(folder, (folders.get(folder) ?? new Set()).add(basename(file)));
    }
    const watchers: FSWatcher[] = [];
    let timer: NodeJS.Timeout | undefined;
    const finish = (): void => {
      for (const watcher of watchers) watcher.close();
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      settle();
    };
    signal.addEventListener("abort", finish);
    if (signal.aborted) return finish();
    for (const [folder, names] of folders) {
      try {
        const watcher = watch(folder, (_, name) => {
          if (name !== null && !names.has(name)) return;
          clearTimeout(timer);
          timer = setTimeout(finish, quiet);
        });
        // A folder that goes away is a change as well.
        watcher.on("error", finish);
        watchers.push(watcher);
      } catch {
        // A folder that is not there is not watched; the files of others still are.
      }
    }
  });
}
