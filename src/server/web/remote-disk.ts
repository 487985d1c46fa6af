/** The files of a workspace that only the editor can read. Asked for once, kept until the editor says that they changed. */
import type { Disk } from "../platform.js";

export interface RemoteFiles {
  /** The paths of all specs of the workspace. */
  readonly list: () => Promise<readonly string[]>;
  /** Undefined where a file cannot be read. */
  readonly read: (path: string) => Promise<string | undefined>;
}

interface Known {
  readonly stamp: string;
  /** Undefined: there is no such file. */
  readonly text: string | undefined;
}

/**
 * A disk that answers at once with what has arrived, and asks for the rest: a file on its way is not there yet. `arrival`
 * says when to look again.
 */
export function createRemoteDisk({ list, read }: RemoteFiles): Disk {
  const files = new Map<string, Known>();
  const pending = new Map<string, Promise<void>>();
  let specs: readonly string[] | undefined;
  let listing: Promise<void> | undefined;
  let count = 0;

  const fetch = (path: string): void => {
    const asked: Promise<void> = read(path)
      .catch(() => undefined)
      .then((text) => {
        // A later question goes before an earlier one.
        if (pending.get(path) !== asked) return;
        pending.delete(path);
        const known = files.get(path);
        if (known === undefined || known.text !== text) files.set(path, { stamp: String(count++), text });
      });
    pending.set(path, asked);
  };
  const fetchList = (): void => {
    const asked: Promise<void> = list()
      .catch((): readonly string[] => [])
      .then((found) => {
        if (listing !== asked) return;
        listing = undefined;
        specs = [...found].sort();
      });
    listing = asked;
  };

  return {
    stamp: (path) => {
      const known = files.get(path);
      if (known === undefined && !pending.has(path)) fetch(path);
      return known?.text === undefined ? undefined : known.stamp;
    },
    read: (path) => files.get(path)?.text,
    specsUnder: (folder) => {
      if (specs === undefined && listing === undefined) fetchList();
      return (specs ?? []).filter((path) => path.startsWith(`${folder}/`));
    },
    noteChanges: (paths) => {
      for (const path of paths) if (files.has(path) || pending.has(path)) fetch(path);
      fetchList();
    },
    arrival: () => {
      const waiting = [...pending.values(), ...(listing === undefined ? [] : [listing])];
      return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
    },
  };
}
