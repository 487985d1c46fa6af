import { defineDiagnostics } from "../../define.js";
import { didYouMean } from "../../words.js";

/** MTL8xxx: command line and diff. */
export const usageDiagnostics = defineDiagnostics({
  MTL8001: {
    slug: "unknown-command",
    severity: "error",
    title: "unknown command",
    message: (p: { command: string; suggestion?: string | undefined }) =>
      `there is no command \`${p.command}\`${p.suggestion === undefined ? "; `mtlc help` lists them" : didYouMean(p.suggestion)}`,
    about: "The command does not exist.",
    fix: "See the list in `mtlc help`.",
    usage: true,
  },
  MTL8002: {
    slug: "unknown-command-option",
    severity: "error",
    title: "unknown option",
    message: (p: { command: string; option: string; suggestion?: string | undefined }) =>
      `\`mtlc ${p.command}\` has no option \`${p.option}\`${p.suggestion === undefined ? `; \`mtlc ${p.command} --help\` lists them` : didYouMean(p.suggestion)}`,
    about: "The command has no such option.",
    fix: "See the list in `mtlc COMMAND --help`.",
    usage: true,
  },
  MTL8003: {
    slug: "missing-option-value",
    severity: "error",
    title: "missing option value",
    message: (p: { option: string; value: string }) => `\`${p.option}\` needs a value: \`${p.option} ${p.value}\``,
    about: "The option needs a value, but another option or nothing follows.",
    fix: "Give the value; one that begins with `-` is written `--option=-1`.",
    usage: true,
  },
  MTL8004: {
    slug: "invalid-option-value",
    severity: "error",
    title: "invalid option value",
    message: (p: { option: string; value: string; expected: string }) =>
      `\`${p.option}\` takes ${p.expected}, not \`${p.value}\``,
    about: "The option does not take this value.",
    fix: "Give one of the values that the message lists.",
    usage: true,
  },
  MTL8005: {
    slug: "missing-command-argument",
    severity: "error",
    title: "missing command argument",
    message: (p: { command: string; argument: string; usage: string }) =>
      `\`mtlc ${p.command}\` needs ${p.argument}: \`${p.usage}\``,
    about: "A required argument is missing.",
    fix: "Add it as the usage in the message shows.",
    usage: true,
  },
  MTL8006: {
    slug: "extra-command-argument",
    severity: "error",
    title: "too many command arguments",
    message: (p: { command: string; argument: string; usage: string }) =>
      `\`mtlc ${p.command}\` does not take \`${p.argument}\`: \`${p.usage}\``,
    about: "There is one argument too many, perhaps from a glob that the shell expanded.",
    fix: "Remove it; the message shows the usage.",
    usage: true,
  },
  MTL8007: {
    slug: "unreadable-file",
    severity: "error",
    title: "unreadable file",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` cannot be read: ${p.problem}`,
    about: "The file that the command reads does not exist, or cannot be read.",
    fix: "Correct the path; it is relative to the working directory.",
  },
  MTL8008: {
    slug: "unwritable-file",
    severity: "error",
    title: "unwritable file",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` cannot be written: ${p.problem}`,
    about: "A file or folder cannot be written. Existing files are unchanged.",
    fix: "Check the permissions and the free space, or give another path.",
  },
  MTL8009: {
    slug: "exclusive-options",
    severity: "error",
    title: "mutually exclusive options",
    message: (p: { first: string; second: string }) =>
      `\`${p.first}\` and \`${p.second}\` exclude each other; give one of them`,
    about: "Two options contradict each other.",
    fix: "Give one of them.",
    usage: true,
  },
  MTL8010: {
    slug: "existing-file",
    severity: "error",
    title: "file already exists",
    message: (p: { file: string }) => `\`${p.file}\` already exists and is left unchanged; give another path`,
    about: "A file that the command would write already exists.",
    fix: "Give another path, or move the file.",
  },
  MTL8012: {
    slug: "no-spec-found",
    severity: "error",
    title: "no spec found",
    message: (p: { path: string; folder: boolean }) =>
      p.folder ? `there is no \`.mtl\` file in \`${p.path}\` or below it` : `no \`.mtl\` file matches \`${p.path}\``,
    about:
      "A folder has no `.mtl` file in or below it, or a glob matches none. Folders that begin with a dot and `node_modules` are skipped.",
    fix: "Correct the path; put a glob into quotes, so that mtlc expands it and not the shell.",
  },
  MTL8013: {
    slug: "output-is-input",
    severity: "error",
    title: "output overwrites an input",
    message: (p: { output: string; input: string }) =>
      p.output === p.input
        ? `\`${p.output}\` is an input of this command and its output would overwrite it; give another output`
        : `the output \`${p.output}\` would overwrite \`${p.input}\`, which this command reads; give another output`,
    about:
      "The output of a command is one of its inputs, under the same or another name (a link, another spelling), or an artifact would overwrite the artifact or the spec that it is made from.",
    fix: "Give another output; move it over the input afterwards if that is intended.",
  },
  MTL8014: {
    slug: "ambiguous-git-copy",
    severity: "error",
    title: "unknown revision of a git copy",
    message: (p: { file: string }) =>
      `\`${p.file}\` is a copy that git made, and its imports differ between the revisions that have it; name the revision: \`REVISION:path\``,
    about:
      "Git gives the commands that it calls copies of files without their revision. The same text is in several revisions, whose imports differ.",
    fix: "Name the spec as git does: `HEAD~1:specs/model.mtl`; as a difftool, use `mtlc diff --driver`, to which git passes the path.",
  },
  MTL8040: {
    slug: "invalid-standard-input",
    severity: "error",
    title: "invalid use of standard input",
    message: (p: { problem: string }) => `standard input (\`-\`) ${p.problem}`,
    about: "`-` is standard input, which is read once and cannot be written to, and the command needs more.",
    fix: "Name a file.",
    usage: true,
  },
  MTL8041: {
    slug: "bad-vary",
    severity: "error",
    title: "unreadable numbers of runs",
    message: (p: { text: string; problem: string }) =>
      `\`--vary ${p.text}\` is not valid: ${p.problem}, such as \`--vary lr=1e-4,1e-3\``,
    about: "`--vary` takes the name of a number of the spec and the values that runs try in its place.",
    fix: "Write a name, `=`, and numbers with commas between them; each name and each number once.",
    usage: true,
  },
  MTL8042: {
    slug: "option-needs-another",
    severity: "error",
    title: "option without its companion",
    message: (p: { option: string; needed: string }) => `\`${p.option}\` needs \`${p.needed}\` too`,
    about: "An option says more of another one, which was not given.",
    fix: "Give both, or neither.",
    usage: true,
  },
  MTL8020: {
    slug: "invalid-vocabulary-size",
    severity: "error",
    title: "invalid vocabulary size",
    message: (p: { text: string }) =>
      `\`--ids ${p.text}\` does not state how many ids a feature has; write \`--ids user_id=1_000_000\`, "unknown" included`,
    about: "`--ids` is written `FEATURE=NUMBER`.",
    fix: "Write it in this form, and count the id of unknown values.",
    usage: true,
  },
  MTL8021: {
    slug: "git-failed",
    severity: "error",
    title: "git command failed",
    message: (p: { command: string; problem: string }) => `\`git ${p.command}\` failed: ${p.problem}`,
    about: "A git command failed: the folder is not a repository, or the revision or file does not exist in it.",
    fix: "Read the message of git, which is repeated.",
  },
  MTL8022: {
    slug: "unknown-id-feature",
    severity: "error",
    title: "feature without ids",
    message: (p: { feature: string; suggestion?: string | undefined }) =>
      `\`--ids ${p.feature}=…\`: the model has no feature \`${p.feature}\` with ids${didYouMean(p.suggestion)}`,
    about: "`--ids` names a feature that the models do not have, or one without ids.",
    fix: "Correct the name; numeric features have no ids.",
    usage: true,
  },
  MTL8024: {
    slug: "unknown-code",
    severity: "error",
    title: "unknown diagnostic code",
    message: (p: { code: string; suggestion?: string | undefined }) =>
      `there is no diagnostic \`${p.code}\`${didYouMean(p.suggestion)}`,
    about: "`mtlc explain` was given a name that is neither a code nor a slug.",
    fix: "See `docs/diagnostics/README.md`, which lists all of them.",
    usage: true,
  },
  MTL8023: {
    slug: "diff-needs-two-models",
    severity: "error",
    title: "wrong number of models to compare",
    message: (p: { given: number }) =>
      `\`mtlc diff\` compares two models, not ${p.given}: \`mtlc diff OLD NEW\`, or \`mtlc diff --git REVISION SPEC\``,
    about: "`mtlc diff` says what changed from one model to another, so it takes two of them.",
    fix: "Give two, or one with `--git REVISION`.",
    usage: true,
  },
});
