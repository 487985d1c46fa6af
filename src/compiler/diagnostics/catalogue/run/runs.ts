import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL74xx: many trainings of one spec. */
export const runsDiagnostics = defineDiagnostics({
  MTL7400: {
    slug: "not-in-many-runs",
    severity: "error",
    title: "not possible with several runs",
    message: (p: { what: string }) =>
      `several runs of one spec cannot be made with ${p.what}; train it by itself, without \`--runs\` and \`--vary\``,
    about:
      "`mtlc train --runs` trains one network many times, each from its first values. Tasks that are trees are made by LightGBM in another way, and an artifact is continued once.",
    fix: "Leave out `--runs` and `--vary`, or what the message names.",
    usage: true,
  },
  MTL7403: {
    slug: "unknown-run-number",
    severity: "error",
    title: "unknown number in a run",
    message: (p: { name: string; known: readonly string[]; near: string | undefined }) =>
      `\`${p.name}\` is not a number of this spec that runs may differ in; ${p.near === undefined ? `it may be ${joinNames(p.known, "or")}` : `did you mean \`${p.near}\`?`}`,
    about:
      "`--vary` names a number that the model does not have. Runs may differ in settings of the optimizer (`lr`), `schedule.SETTING`, `clip` and `ema` where the spec has them, weights of losses (`loss.TERM`) and of penalties (`penalty.NAME`), `balance.SETTING`, and numbers of parts of the network (`PART.dropout`).",
    fix: "Use one of the names that the message lists, or write the number into the spec first, for example `clip: norm(1.0)`.",
    usage: true,
  },
  MTL7404: {
    slug: "run-number-out-of-range",
    severity: "error",
    title: "number of a run out of its range",
    message: (p: { name: string; value: number; needs: string }) =>
      `\`${p.name}\` cannot be ${p.value}: it must ${p.needs}`,
    about: "`--vary` gives a number a value that a spec could not give it.",
    fix: "Give a value in the range that the message names.",
    usage: true,
  },
  MTL7405: {
    slug: "foreign-runs-directory",
    severity: "error",
    title: "output directory is not one of runs",
    message: (p: { directory: string; entry: string }) =>
      `\`${p.directory}\` is not empty and has no \`runs.json\` (it has \`${p.entry}\`), so it is left unchanged; give another directory`,
    about:
      "Several runs write `runs.json` and the artifacts `run-1`, `run-2`, … into the output folder. This one has other files, an artifact of a single run for example.",
    fix: "Give an empty or new folder.",
  },
  MTL7406: {
    slug: "unfinished-runs",
    severity: "error",
    title: "unfinished runs in the output directory",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` has runs of which not all are finished; continue them with \`--resume\`, or delete them with \`--force\``,
    about: "The output folder has the finished runs of an interrupted call, which new runs would replace.",
    fix: "Train those that are missing with `--resume`, or start again with `--force`.",
  },
  MTL7407: {
    slug: "unreadable-runs",
    severity: "error",
    title: "unreadable record of runs",
    message: (p: { file: string }) =>
      `\`${p.file}\` is not a record of runs that this version can read; start again with another directory, or delete it`,
    about: "The record of the finished runs was changed by hand, or another version of mtlc wrote it.",
    fix: "Give another folder, or delete the file and the artifacts beside it.",
  },
  MTL7408: {
    slug: "runs-mismatch",
    severity: "error",
    title: "runs of another spec",
    message: (p: { directory: string; what: string }) =>
      `the runs in \`${p.directory}\` are others: ${p.what} differs; resume with the spec, data, seeds and numbers of those runs, or give another directory`,
    about:
      "`--resume` was given with another spec, other data, another number of epochs or steps, or other seeds or numbers than those of the finished runs. More runs may be asked for than before.",
    fix: "Resume with what those runs were started with, or give another folder.",
  },
  MTL7409: {
    slug: "run-number-changes-shape",
    severity: "error",
    title: "number of a run changes a shape",
    message: (p: { name: string }) =>
      `\`${p.name}\` changes the shape of a parameter, so runs cannot differ in it; train a spec for each value`,
    about:
      "Runs of one spec share the program, and may differ only in numbers that change no shape: rates, weights, dropout. A number of units or of heads makes another program.",
    fix: "Write a spec for each value.",
    usage: true,
  },
});
