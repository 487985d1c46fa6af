// Loads the program from `dist/program`, with what V8 made of it the last time: reading and compiling the code is most of the
// time of a short command. Without a cache, or with one of another Node or build, it is compiled as always.
"use strict";
const { isAscii } = require("node:buffer");
const { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const vm = require("node:vm");
const { threadId } = require("node:worker_threads");

const folder = join(__dirname, "..", "dist", "program");

/**
 * `run` of the command line, and `keepCode`, which writes the cache for the next command of this verb; undefined when nothing is
 * built. A verb has a cache of its own, since the functions that it calls are in there, compiled.
 */
function loadProgram(verb) {
  if (!existsSync(join(folder, "main.cjs"))) return undefined;
  const { exported, keepCode } = loadEntry("main.cjs", wordOf(verb));
  return { run: exported.run, keepCode };
}

/** Runs the file of a thread, and keeps its code, which is of the thread and of the verb, when the thread ends by itself. */
function runThread(entry, verb) {
  const { keepCode } = loadEntry(`${entry}.cjs`, join(wordOf(verb), entry));
  process.once("exit", keepCode);
}

/** What a file exports, and what keeps the code of all files that were compiled for it. */
function loadEntry(entry, cacheName) {
  const cache = cacheFolder(cacheName);
  const modules = new Map();
  const fresh = [];

  // All files of the program lie in one folder, and packages are found from here as from there.
  const requireAny = (id) => (id.startsWith("./") ? load(id.slice(2)) : require(id));
  requireAny.resolve = require.resolve;

  function load(name) {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const file = join(folder, name);
    const { script, isFresh } = compile(file, name, cache);
    if (isFresh) fresh.push({ script, file, name });
    const module = { exports: {} };
    modules.set(name, module);
    script.runInThisContext()(module.exports, requireAny, module, file, folder, importPackage);
    return module.exports;
  }

  return { exported: load(entry), keepCode: () => keep(fresh, cache) };
}

/** `import()` for the program: a script has none of its own. */
const importPackage = (name) => import(name);

/** A file is a function of what CommonJS gives a module and of `importPackage`: `scripts/build.mjs` writes it as that. */
function compile(file, name, cache) {
  const bytes = readFileSync(file);
  // One byte a character where that is enough: half as much to read, and to keep.
  const source = isAscii(bytes) ? bytes.latin1Slice() : bytes.utf8Slice();
  const cachedData = read(join(cache, keyOf(file, name)));
  const script = new vm.Script(source, { filename: file, cachedData });
  return { script, isFresh: cachedData === undefined || script.cachedDataRejected === true };
}

/** The name of a file's cache. V8 itself compares little more than lengths. */
function keyOf(file, name) {
  const { size, mtimeMs } = statSync(file);
  return `${name.replaceAll(/\W/g, "-")}-${size}-${Math.round(mtimeMs)}`;
}

/** A verb, where it is one: anything may come first on a command line. */
const wordOf = (verb) => (/^[a-z]+$/.test(verb ?? "") ? verb : "other");

/** By clone and Node, in the cache folder of native libraries, whose place `cacheDirectory` says once there is a program to ask. */
function cacheFolder(name) {
  const { MTLC_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  const { NODE_OPTIONS: options } = process.env;
  const program = digest([folder, process.version, process.arch, ...process.execArgv, options ?? ""].join(" "));
  return join(own || join(shared || join(home(), ".cache"), "mtlc"), "code", program, name);
}

/** Tells clones apart; loading `node:crypto` for it would take longer than a check takes to parse. FNV-1a, twice. */
function digest(text) {
  let [low, high] = [0x811c9dc5, 0x811c9dc5 ^ text.length];
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

function home() {
  const { HOME } = process.env;
  if (HOME && process.platform !== "win32") return HOME;
  try {
    return require("node:os").homedir();
  } catch {
    return "/";
  }
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Nothing depends on it: where it cannot be written, the next command compiles as this one did. */
function keep(fresh, cache) {
  if (fresh.length === 0) return;
  try {
    makeFolder(cache);
    for (const { script, file, name } of fresh) {
      const target = join(cache, keyOf(file, name));
      const own = `${target}.${process.pid}.${threadId}`;
      writeFileSync(own, script.createCachedData());
      renameSync(own, target);
    }
  } catch {
    // A read-only or full disk.
  }
}

/** What `src/runtime/make-folder.ts` does, and says why. */
function makeFolder(path) {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

exports.loadProgram = loadProgram;
exports.runThread = runThread;
