/** Lets one process at a time do something, by a file that holds its process id. */
import { mkdtemp, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeFolder } from "../make-folder.js";

/** A holder that is still alive after this long is taken to be another process with a reused id. */
const longest = 30 * 60_000;

/** Waits until the lock file is free, runs `work` while holding it, and frees it. */
export async function withFolderLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await acquire(path))) {
    if (await isStale(path)) await rm(path, { force: true });
    else await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

const workPrefix = ".work-";

/** Makes a folder of what is set up where there is none, and lets one process at a time set something up in it. */
export async function inSetUpFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  makeFolder(folder);
  return withFolderLock(join(folder, ".lock"), async () => {
    // Of set-ups that were killed; whoever holds the lock knows that none is in use.
    for (const name of await readdir(folder))
      if (name.startsWith(workPrefix)) await rm(join(folder, name), { recursive: true, force: true });
    return work();
  });
}

/** A folder to make something in that is then renamed into place, so that it is there whole or not at all. */
export async function withWorkFolder<T>(folder: string, use: (work: string) => Promise<T>): Promise<T> {
  const work = await mkdtemp(join(folder, workPrefix));
  try {
    return await use(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age > longest) return true;
    const holder = Number(await readFile(path, "utf8"));
    // A file without its number yet was made a moment ago.
    if (!Number.isInteger(holder) || holder === 0) return age > 10_000;
    return !isRunning(holder);
  } catch {
    return false;
  }
}

/** Whether there is a process of this number, whoever runs it. */
export function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
