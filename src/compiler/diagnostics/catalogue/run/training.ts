import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL73xx: training, checkpoints and evaluation. */
export const trainingDiagnostics = defineDiagnostics({
  MTL7301: {
    slug: "loss-not-finite",
    severity: "error",
    title: "loss is not finite",
    message: (p: { loss: number; head: string; step: number; epoch: number }) =>
      `the loss of \`${p.head}\` became ${Number.isNaN(p.loss) ? "NaN" : p.loss > 0 ? "infinite" : "minus infinite"} at step ${p.step} (epoch ${p.epoch}), so training stopped`,
    about:
      "A loss became infinite or not a number, and every step after it would only spread that. The weights of the last checkpoint are still sound.",
    fix: "A smaller learning rate, `clip: norm(1.0)`, or a scale for a numeric feature of large values. The message names the head to look at.",
  },
  MTL7302: {
    slug: "missing-data-role",
    severity: "error",
    title: "missing data for a role",
    message: (p: { role: string; option: string }) =>
      `there is no ${p.role} data: the \`data\` block of the spec names none; add \`${p.role}:\` to it or give \`${p.option} FILE\``,
    about: "The command needs data of this role, and neither the spec nor the command line names any.",
    fix: "Add it to the `data` block, or give the option that the message names.",
  },
  MTL7303: {
    slug: "no-usable-checkpoint",
    severity: "error",
    title: "no usable checkpoint",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` holds no whole checkpoint to resume from; \`--force\` in place of \`--resume\` trains from the start`,
    about: "`--resume` was given, and every checkpoint in the folder is damaged or of an older version.",
    fix: "`--force` in place of `--resume` drops them and trains from the start.",
  },
  MTL7330: {
    slug: "nothing-to-resume",
    severity: "info",
    title: "nothing to resume yet",
    message: (p: { directory: string }) => `\`${p.directory}\` holds nothing to resume from yet, so training starts`,
    about:
      "`--resume` was given, and the folder holds neither a checkpoint nor an artifact: a run that was stopped before its first checkpoint, or one that never started.",
    fix: "Nothing. The same command with `--resume` may be repeated until the run is done.",
  },
  MTL7331: {
    slug: "finished-run-mismatch",
    severity: "error",
    title: "finished artifact of another run",
    message: (p: { directory: string; what: string | undefined }) =>
      `\`${p.directory}\` holds a finished artifact ${p.what === undefined ? "that does not say which run it is of" : `of another run: ${p.what} differs`}; leave \`--resume\` out to train anew, or give another directory`,
    about:
      "`--resume` was given, the folder holds an artifact and no checkpoint, and the artifact was made from another spec, other data, another seed or for another number of epochs. What the optimizer remembers is not kept in an artifact, so that it cannot go on.",
    fix: "Leave `--resume` out to replace it, or start from it in another folder with `--warm-start`.",
  },
  MTL7332: {
    slug: "changed-scaling",
    severity: "info",
    title: "feature scaling changed in a warm start",
    message: (p: { features: readonly string[] }) =>
      `the new data gives other scales or boundaries to ${joinNames(p.features)}, so what is taken over reads other numbers for the same values`,
    about:
      "`--warm-start` takes weights over that were trained under one mean, deviation or list of quantiles, and the new training data gives another one: the fit follows the data of each run.",
    fix: "Nothing where the data is much the same: training goes on from there. Where predictions must not move, fix the numbers in the spec: `scale: none` or `log1p` over an expression, `boundaries: […]` in place of `quantiles:`.",
  },
  MTL7304: {
    slug: "checkpoint-mismatch",
    severity: "error",
    title: "checkpoint of another run",
    message: (p: { directory: string; what: string }) =>
      `the checkpoint in \`${p.directory}\` is of another run: ${p.what} differs; resume with what it was started with, or give another directory`,
    about:
      "`--resume` was given with another spec, other data (a feature, a label, a weight or a group of any row) or another seed than the checkpoint was written with.",
    fix: "Resume with what the run was started with, or start a new one in another folder.",
  },
  MTL7305: {
    slug: "damaged-checkpoint",
    severity: "warning",
    title: "damaged checkpoint skipped",
    message: (p: { directory: string; problem: string }) =>
      `the checkpoint \`${p.directory}\` is damaged (${p.problem}), so the one before it is used`,
    about: "The newest checkpoint is damaged, as after a full disk, so training goes on from the one before.",
    fix: "Nothing; the steps between the two are done again.",
  },
  MTL7306: {
    slug: "unfinished-run",
    severity: "error",
    title: "unfinished run in the output directory",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` holds the checkpoints of an unfinished run; continue it with \`--resume\`, or drop it with \`--force\``,
    about: "The output folder holds checkpoints of a run that did not end, which a new run would overwrite.",
    fix: "`--resume` continues it; `--force` drops it.",
  },
  MTL7307: {
    slug: "early-stopping-without-data",
    severity: "error",
    title: "early stopping without evaluation data",
    message: (p: { metric: string }) =>
      `early stopping on \`${p.metric}\` needs \`validation\` or \`test\` data, and there is none; add it or remove \`stop\``,
    about: "`stop: early(…)` looks at a metric on data that is not trained on, and there is none.",
    fix: "Add `validation:` or `test:` to the `data` block, or a `split`.",
  },
  MTL7308: {
    slug: "undefined-metric",
    severity: "warning",
    title: "undefined metric of early stopping",
    message: (p: { metric: string; epoch: number; reason: string }) =>
      `\`${p.metric}\` is undefined after epoch ${p.epoch} (${p.reason}), so early stopping does not count this epoch`,
    about: "The metric has no value in this epoch: an AUC needs rows of both kinds.",
    fix: "Use more validation data, or another metric. The epoch does not count for early stopping.",
  },
  MTL7309: {
    slug: "empty-data",
    severity: "error",
    title: "no rows in the data",
    message: (p: { role: string }) => `the ${p.role} data has no rows`,
    about: "Files are there and hold no rows, or none that the task can use.",
    fix: "Look at the files that the message names.",
  },
  MTL7310: {
    slug: "file-without-model",
    severity: "error",
    title: "file without a model",
    message: (p: { file: string }) =>
      `\`${p.file}\` declares no model: it is a part that other specs import; give a spec that begins with \`model NAME\``,
    about: "The file is a part that others import: it has no `model NAME`.",
    fix: "Give the spec that imports it.",
  },
  MTL7311: {
    slug: "nothing-to-train",
    severity: "error",
    title: "nothing to train",
    message: (p: { name: string }) =>
      `the model \`${p.name}\` has nothing to train: no \`loss\` names a task or a chain; add one, or rank with the scores that it is given`,
    about: "The spec has no loss, so there is nothing to train: its scores come from other systems.",
    fix: "Rank with it as it is, or put a loss on a task.",
  },
  MTL7312: {
    slug: "unknown-data-location",
    severity: "error",
    title: "unknown location of the data",
    message: (p: { directory: string }) =>
      `where the data of \`${p.directory}\` lies is not known on this machine (it has no \`run.json\`); give \`--test FILE\``,
    about: "The artifact was trained on another machine, so the paths of its data mean nothing here.",
    fix: "Give `--test FILE`.",
  },
  MTL7320: {
    slug: "out-of-memory",
    severity: "error",
    title: "model larger than the memory",
    message: (p: {
      part: string;
      others: number;
      bytes: number;
      total: number;
      when: string;
      free: number;
      engine: string | undefined;
    }) => {
      const what = `\`${p.part}\`${p.others === 0 ? "" : ` and ${p.others} more part${p.others === 1 ? "" : "s"}`}`;
      const need = `${p.others === 0 ? "needs" : "need"} ${gigabytes(p.bytes)}`;
      const all = p.total === p.bytes ? "" : `, ${p.when} ${gigabytes(p.total)}`;
      const there =
        p.engine === undefined
          ? `${gigabytes(p.free)} are free for it`
          : `the engine ${p.engine} has ${gigabytes(p.free)} for it, whatever the machine has`;
      return `${what} ${need}${all}; ${there}`;
    },
    about:
      "What the model keeps, and what the optimizer remembers of it, is more than the memory that is free: on the machine, in the group of processes (a container's limit) or under `ulimit -v`. Early stopping keeps the best weights besides, a warm start those that it comes from, and an artifact is in memory twice while it is loaded. It is said before anything is allocated.",
    fix: "Lower the number of ids (`hash:`, `min_count:`) or `embed:` of the feature that is named, choose an optimizer that remembers less (`adagrad` keeps one number for each, `sgd` none), or take a larger machine. `mtlc cost` shows the figures.",
  },
  MTL7321: {
    slug: "out-of-disk",
    severity: "error",
    title: "output larger than the disk",
    message: (p: { directory: string; bytes: number; free: number }) =>
      `what is written to \`${p.directory}\` needs ${gigabytes(p.bytes)}; ${gigabytes(p.free)} are free on its disk`,
    about:
      "Checkpoints and the artifact together are larger than what is free on the disk. Two checkpoints are kept while another one is written, and an artifact holds the weights three times: as tensors, as a SavedModel and as a GraphModel.",
    fix: "Free the disk, or give a directory on another one with `--output`.",
  },
});

/** `51 GB`, `1.3 GB`, `340 MB`; a gigabyte is 10⁹ bytes. */
function gigabytes(bytes: number): string {
  const size = bytes / 1e9;
  if (size >= 10) return `${Math.round(size)} GB`;
  return size >= 1 ? `${size.toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
