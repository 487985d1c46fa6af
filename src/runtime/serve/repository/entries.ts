/** Versions that are open, and who uses them: one that was replaced is closed when the last has given it back. */
import type { ModelVersion } from "../model-version.js";
import type { FoundVersion } from "./layout.js";

export interface Entry {
  readonly found: FoundVersion;
  readonly version: ModelVersion;
}

/** A version in use. */
export interface Lease {
  readonly version: ModelVersion;
  /** Gives it back; a second call does nothing. */
  readonly release: () => void;
}

export interface Entries {
  readonly create: (found: FoundVersion, version: ModelVersion) => Entry;
  readonly lease: (entry: Entry) => Lease;
  /** Closes the version once nobody uses it. */
  readonly retire: (entry: Entry) => void;
  /** Ends once every version that was retired is closed. */
  readonly closed: () => Promise<void>;
}

interface Use {
  users: number;
  isRetired: boolean;
  isClosing: boolean;
}

export function createEntries(): Entries {
  const uses = new Map<Entry, Use>();
  let whenEmpty: (() => void)[] = [];
  const useOf = (entry: Entry): Use => {
    const use = uses.get(entry);
    if (use === undefined) throw new Error(`version ${entry.version.version} is closed`);
    return use;
  };
  const closeUnused = (entry: Entry, use: Use): void => {
    if (!use.isRetired || use.users > 0 || use.isClosing) return;
    use.isClosing = true;
    const closed = entry.version.close().catch(() => undefined);
    void closed.finally(() => {
      uses.delete(entry);
      if (hasRetired()) return;
      whenEmpty.forEach((resolve) => resolve());
      whenEmpty = [];
    });
  };
  const hasRetired = (): boolean => [...uses.values()].some(({ isRetired }) => isRetired);
  return {
    create: (found, version) => {
      const entry = { found, version };
      uses.set(entry, { users: 0, isRetired: false, isClosing: false });
      return entry;
    },
    lease: (entry) => {
      const use = useOf(entry);
      use.users++;
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        use.users--;
        closeUnused(entry, use);
      };
      return { version: entry.version, release };
    },
    retire: (entry) => {
      const use = useOf(entry);
      use.isRetired = true;
      closeUnused(entry, use);
    },
    closed: () => (hasRetired() ? new Promise((resolve) => whenEmpty.push(resolve)) : Promise.resolve()),
  };
}
