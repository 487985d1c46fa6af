// Commits since main say `area: what` in under 72 characters, and why in a body: `node scripts/check-commits.mjs [RANGE]`, or
// `--message FILE` for one message, as a commit-msg hook gets it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

function git(...words) {
  const { status, stdout } = spawnSync("git", words, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return status === 0 ? stdout : undefined;
}

/** What is wrong with a commit's message; empty when nothing is. Merges and reverts, which git words, are exempt. */
function problemsOf(message) {
  const [subject = "", second = "", ...body] = message.trimEnd().split("\n");
  if (/^(Merge|Revert) /.test(subject)) return [];
  const problems = [];
  if (!/^[a-z][a-z0-9-]*(, [a-z][a-z0-9-]*)*: \S/.test(subject)) problems.push("the subject is not `area: what`");
  if ([...subject].length >= 72) problems.push(`the subject has ${[...subject].length} characters, it may have 71`);
  if (/[.!]$/.test(subject)) problems.push("the subject ends with a full stop");
  if (second !== "") problems.push("the second line is not empty");
  if (body.join("").trim() === "") problems.push("no body says why");
  return problems;
}

/** `origin/main..HEAD` in a clone, `main..HEAD` in a worktree; nothing when there is neither, as in a shallow checkout. */
function rangeSinceMain() {
  const base = ["origin/main", "main"].find((name) => git("rev-parse", "--verify", "--quiet", name) !== undefined);
  return base === undefined ? undefined : `${base}..HEAD`;
}

/** The messages to look at, each with what it is called in the output. Undefined for a range that git does not know. */
function readMessages([first, file]) {
  if (first === "--message") {
    const lines = readFileSync(file, "utf8").split("\n");
    return [{ name: file, message: lines.filter((line) => !line.startsWith("#")).join("\n") }];
  }
  const range = first ?? rangeSinceMain();
  const log = range === undefined ? "" : git("log", "--format=%h%n%B%x00", range);
  return log
    ?.split("\0")
    .map((entry) => entry.trimStart())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const end = entry.indexOf("\n");
      return { name: entry.slice(0, end), message: entry.slice(end + 1) };
    });
}

const messages = readMessages(process.argv.slice(2));
if (messages === undefined) process.stderr.write(`git knows no commits ${process.argv[2]}\n`);
const problems = (messages ?? []).flatMap(({ name, message }) =>
  problemsOf(message).map((problem) => `${name} ${message.split("\n", 1)[0]}: ${problem}`),
);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = messages === undefined ? 2 : problems.length === 0 ? 0 : 1;
