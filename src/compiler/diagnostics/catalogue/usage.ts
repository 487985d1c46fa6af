import { defineDiagnostics } from "../define.js";

/** MTL8xxx: command line and diff. */
export const usageDiagnostics = defineDiagnostics({
  MTL8001: {
    severity: "error",
    title: "unknown command",
    message: (p: { command: string; suggestion?: string | undefined }) =>
      `there is no command \`${p.command}\`${p.suggestion === undefined ? "; `mtlc help` lists them" : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL8002: {
    severity: "error",
    title: "unknown option",
    message: (p: { command: string; option: string; suggestion?: string | undefined }) =>
      `\`mtlc ${p.command}\` has no option \`${p.option}\`${p.suggestion === undefined ? `; \`mtlc ${p.command} --help\` lists them` : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL8003: {
    severity: "error",
    title: "option without its value",
    message: (p: { option: string; value: string }) => `\`${p.option}\` needs a value: \`${p.option} ${p.value}\``,
  },
  MTL8004: {
    severity: "error",
    title: "option with a value it does not take",
    message: (p: { option: string; value: string; expected: string }) =>
      `\`${p.option}\` takes ${p.expected}, not \`${p.value}\``,
  },
  MTL8005: {
    severity: "error",
    title: "missing argument",
    message: (p: { command: string; argument: string; usage: string }) =>
      `\`mtlc ${p.command}\` needs ${p.argument}: \`${p.usage}\``,
  },
  MTL8006: {
    severity: "error",
    title: "argument too many",
    message: (p: { command: string; argument: string; usage: string }) =>
      `\`mtlc ${p.command}\` has no use for \`${p.argument}\`: \`${p.usage}\``,
  },
  MTL8007: {
    severity: "error",
    title: "file cannot be read",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` cannot be read: ${p.problem}`,
  },
  MTL8008: {
    severity: "error",
    title: "file cannot be written",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` cannot be written: ${p.problem}`,
  },
  MTL8009: {
    severity: "error",
    title: "options that exclude each other",
    message: (p: { first: string; second: string }) =>
      `\`${p.first}\` and \`${p.second}\` exclude each other; give one of them`,
  },
  MTL8010: {
    severity: "error",
    title: "file would be overwritten",
    message: (p: { file: string }) => `\`${p.file}\` is there already and is left alone; give another place`,
  },
  MTL8012: {
    severity: "error",
    title: "no spec there",
    message: (p: { path: string; folder: boolean }) =>
      p.folder ? `there is no \`.mtl\` file in \`${p.path}\` or below it` : `no \`.mtl\` file matches \`${p.path}\``,
  },
  MTL8013: {
    severity: "error",
    title: "output that is an input",
    message: (p: { output: string; input: string }) =>
      p.output === p.input
        ? `\`${p.output}\` is an input of this command and its output would overwrite it; give another output`
        : `the output \`${p.output}\` would overwrite \`${p.input}\`, which this command reads; give another output`,
  },
  MTL8014: {
    severity: "error",
    title: "copy of git's whose imports are not known",
    message: (p: { file: string }) =>
      `\`${p.file}\` is a copy that git made, and what it imports is not the same in every revision that has it; name the revision: \`REVISION:path\``,
  },
  MTL8040: {
    severity: "error",
    title: "standard input in a place where it cannot be",
    message: (p: { problem: string }) => `standard input (\`-\`) ${p.problem}`,
  },
  MTL8020: {
    severity: "error",
    title: "number of ids that is none",
    message: (p: { text: string }) =>
      `\`--ids ${p.text}\` does not say how many ids a feature has; write \`--ids user_id=1_000_000\`, "unknown" included`,
  },
  MTL8021: {
    severity: "error",
    title: "git has no such thing",
    message: (p: { command: string; problem: string }) => `\`git ${p.command}\` failed: ${p.problem}`,
  },
  MTL8022: {
    severity: "error",
    title: "number of ids of a feature that has none",
    message: (p: { feature: string; suggestion?: string | undefined }) =>
      `\`--ids ${p.feature}=…\`: the model has no feature \`${p.feature}\` with ids${p.suggestion === undefined ? "" : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL8024: {
    severity: "error",
    title: "code that no message has",
    message: (p: { code: string; suggestion?: string | undefined }) =>
      `no message of mtlc has the code \`${p.code}\`${p.suggestion === undefined ? "" : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL8023: {
    severity: "error",
    title: "one model to compare",
    message: (p: { given: number }) =>
      `\`mtlc diff\` compares two models, not ${p.given}: \`mtlc diff OLD NEW\`, or \`mtlc diff --git REVISION SPEC\``,
  },
});
