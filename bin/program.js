// Loads the program from `dist/program`, with what V8 made of it the last time: reading and compiling the code is most of the
// time of a short command. Without a cache, or with one of another Node or build, it is compiled as always.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "node:v8";
import vm from "node:vm";

const folder = fileURLToPath(new URL("../dist/program/", import.meta.url));

/**
 * `run` of the command line, and `keepCode`, which writes the cache for the next command of this verb; undefined when nothing is
 * built. A verb has a cache of its own, since the functions that it calls are in there, compiled.
 */
export function loadProgram(verb) {
  if (!existsSync(join(folder, "main.cjs"))) return undefined;
  const cache = cacheFolder(verb);
  const modules = new Map();
  const fresh = [];

  function load(file) {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const { script, isFresh } = compile(file, cache);
    if (isFresh) fresh.push({ script, file });
    const module = { exports: {} };
    modules.set(file, module);
    const outer = createRequire(file);
    const require = (id) => (id.startsWith(".") ? load(join(dirname(file), id)) : outer(id));
    require.resolve = outer.resolve;
    script.runInThisContext()(module.exports, require, module, file, dirname(file), importPackage);
    return module.exports;
  }

  const { run } = load(join(folder, "main.cjs"));
  return { run, keepCode: () => keep(fresh, cache) };
}

/** What a file is a function of: what CommonJS gives a module, and `import()`, which a script of its own has not. */
const given = ["exports", "require", "module", "__filename", "__dirname", "importPackage"];
const importPackage = (name) => import(name);

function compile(file, cache) {
  const source = `(function (${given.join(", ")}) {${readFileSync(file, "utf8")}\n})`;
  const cachedData = read(join(cache, keyOf(file)));
  const script = new vm.Script(source, { filename: file, cachedData });
  return { script, isFresh: cachedData === undefined || script.cachedDataRejected === true };
}

/** The name of a file's cache. V8 itself compares little more than lengths. */
function keyOf(file) {
  const { size, mtimeMs } = statSync(file);
  return `${file.slice(folder.length).replaceAll(/\W/g, "-")}-${size}-${Math.round(mtimeMs)}`;
}

/** By clone, Node and verb, in the cache folder of native libraries, whose place `cacheDirectory` says once there is a program to ask. */
function cacheFolder(verb) {
  const { MTLC_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  const program = createHash("sha256").update(
    `${folder} ${process.version} ${process.arch} ${v8.cachedDataVersionTag()}`,
  );
  const name = /^[a-z]+$/.test(verb ?? "") ? verb : "other";
  return join(own || join(shared || join(home(), ".cache"), "mtlc"), "code", program.digest("hex").slice(0, 16), name);
}

function home() {
  try {
    return homedir();
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
    mkdirSync(cache, { recursive: true });
    for (const { script, file } of fresh) {
      const target = join(cache, keyOf(file));
      writeFileSync(`${target}.${process.pid}`, script.createCachedData());
      renameSync(`${target}.${process.pid}`, target);
    }
  } catch {
    // A read-only or full disk.
  }
}
