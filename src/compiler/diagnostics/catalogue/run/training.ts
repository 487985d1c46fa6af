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
      "A loss became infinite or NaN, and every further step would only spread that. The weights of the last checkpoint are still valid.",
    fix: "Lower the learning rate, add `clip: norm(1.0)`, or scale a numeric feature with large values. The message names the head to look at.",
  },
  MTL7302: {
    slug: "missing-data-role",
    severity: "error",
    title: "missing data for a role",
    message: (p: { role: string; option: string }) =>
      `there is no ${p.role} data: no file is named; add \`${p.role}:\` to the \`data\` block of the spec or give \`${p.option} FILE\``,
    about: "The command needs data of this role, and neither the spec nor the command line names a file of it.",
    fix: "Add it to the `data` block, or give the option that the message names.",
  },
  MTL7303: {
    slug: "no-usable-checkpoint",
    severity: "error",
    title: "no usable checkpoint",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` has no complete checkpoint to resume from; \`--force\` instead of \`--resume\` trains from the start`,
    about: "`--resume` was given, and every checkpoint in the folder is damaged or of an older version.",
    fix: "Use `--force` instead of `--resume` to delete them and train from the start.",
  },
  MTL7330: {
    slug: "nothing-to-resume",
    severity: "info",
    title: "nothing to resume yet",
    message: (p: { directory: string }) => `\`${p.directory}\` has nothing to resume from yet, so training starts`,
    about:
      "`--resume` was given, and the folder has neither a checkpoint nor an artifact: the run was stopped before its first checkpoint, or never started.",
    fix: "Nothing. The same command with `--resume` may be repeated until the run is done.",
  },
  MTL7331: {
    slug: "finished-run-mismatch",
    severity: "error",
    title: "finished artifact of another run",
    message: (p: { directory: string; what: string | undefined }) =>
      `\`${p.directory}\` has a finished artifact ${p.what === undefined ? "that does not say which run it is of" : `of another run: ${p.what} differs`}; leave \`--resume\` out to train again, or give another directory`,
    about:
      "`--resume` was given, the folder has an artifact and no checkpoint, and the artifact is of another spec, other data, another seed or another number of epochs or steps. An artifact does not keep the state of the optimizer, so training cannot continue from it.",
    fix: "Leave `--resume` out to replace it, or start from it in another folder with `--warm-start`.",
  },
  MTL7332: {
    slug: "changed-scaling",
    severity: "info",
    title: "feature scaling changed in a warm start",
    message: (p: { features: readonly string[] }) =>
      `the new data gives other scales or boundaries to ${joinNames(p.features)}, so the loaded weights get other inputs for the same values`,
    about:
      "`--warm-start` loads weights that were trained with one mean, deviation or list of quantiles, and the new training data gives another one: each run refits them.",
    fix: "Nothing, if the data is similar: training continues from there. If predictions must not change, fix the numbers in the spec: `scale: none` or `log1p` over an expression, `boundaries: […]` instead of `quantiles:`.",
  },
  MTL7304: {
    slug: "checkpoint-mismatch",
    severity: "error",
    title: "checkpoint of another run",
    message: (p: { directory: string; what: string }) =>
      `the checkpoint in \`${p.directory}\` is of another run: ${p.what} differs; resume with the spec, data and seed of that run, or give another directory`,
    about:
      "`--resume` was given with another spec, other data (a feature, a label, a weight or a group of any row) or another seed than those of the checkpoint.",
    fix: "Resume with the spec, data and seed of that run, or start a new run in another folder.",
  },
  MTL7305: {
    slug: "damaged-checkpoint",
    severity: "warning",
    title: "damaged checkpoint skipped",
    message: (p: { directory: string; problem: string }) =>
      `the checkpoint \`${p.directory}\` is damaged (${p.problem}), so the one before it is used`,
    about: "The newest checkpoint is damaged, for example by a full disk, so training continues from the one before.",
    fix: "Nothing; the steps between the two are repeated.",
  },
  MTL7306: {
    slug: "unfinished-run",
    severity: "error",
    title: "unfinished run in the output directory",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` has the checkpoints of an unfinished run; continue it with \`--resume\`, or delete it with \`--force\``,
    about: "The output folder has checkpoints of an unfinished run, which a new run would overwrite.",
    fix: "Continue it with `--resume`, or delete it with `--force`.",
  },
  MTL7307: {
    slug: "early-stopping-without-data",
    severity: "error",
    title: "early stopping without evaluation data",
    message: (p: { metric: string }) =>
      `early stopping on \`${p.metric}\` needs \`validation\` or \`test\` data, but there is none; add it or remove \`stop\``,
    about: "`stop: early(…)` needs a metric on data that is not trained on, and there is none.",
    fix: "Add `validation:` or `test:` to the `data` block, or a `split`.",
  },
  MTL7346: {
    slug: "validation-without-data",
    severity: "error",
    title: "`validate_every` without evaluation data",
    message: () =>
      "`validate_every` needs `validation` or `test` data, but there is none; add it or remove `validate_every`",
    about: "`validate_every` measures on data that is not trained on, and there is none.",
    fix: "Add `validation:` or `test:` to the `data` block, or a `split`.",
  },
  MTL7308: {
    slug: "undefined-metric",
    severity: "warning",
    title: "undefined metric of early stopping",
    message: (p: { metric: string; epoch: number; reason: string }) =>
      `\`${p.metric}\` is undefined after epoch ${p.epoch} (${p.reason}), so early stopping does not count this epoch`,
    about: "The metric is undefined in this epoch: an AUC needs rows of both classes.",
    fix: "Use more validation data, or another metric. The epoch does not count for early stopping.",
  },
  MTL7309: {
    slug: "empty-data",
    severity: "error",
    title: "no rows in the data",
    message: (p: { role: string }) => `the ${p.role} data has no rows`,
    about: "The files have no rows, or none that the task can use.",
    fix: "Check the files that the message names.",
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
      `the model \`${p.name}\` has nothing to train: no \`loss\` is for a task or a chain; add one, or rank with its signals`,
    about: "The spec has no loss, so there is nothing to train: its scores are signals of other systems.",
    fix: "Rank with it as it is, or add a loss for a task.",
  },
  MTL7345: {
    slug: "nothing-moves",
    severity: "error",
    title: "all parameters frozen",
    message: (p: { name: string }) =>
      `\`frozen\` names all parameters that the losses of \`${p.name}\` depend on, so that there is nothing to train`,
    about: "A step changes the parameters that a loss depends on and that are not frozen. Here there are none.",
    fix: "Take a part off `frozen`, or put a loss on a task that has a part which is not frozen.",
  },
  MTL7312: {
    slug: "unknown-data-location",
    severity: "error",
    title: "unknown location of the data",
    message: (p: { directory: string }) =>
      `the location of the data of \`${p.directory}\` is unknown on this machine (it has no \`run.json\`); give \`--test FILE\``,
    about: "The artifact was trained on another machine, so the paths of its data are not valid here.",
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
          : `the engine ${p.engine} has at most ${gigabytes(p.free)} for it, on any machine`;
      return `${what} ${need}${all}; ${there}`;
    },
    about:
      "The model and the state of its optimizer need more memory than is free: on the machine, in the group of processes (a container's limit) or under `ulimit -v`. Early stopping also keeps the best weights, a warm start the weights that it loads, and an artifact is in memory twice while it is loaded. The check comes before any allocation.",
    fix: "Lower the number of ids (`hash:`, `min_count:`) or `embed:` of the feature that is named, choose an optimizer with less state (`adagrad` keeps one number per parameter, `sgd` none), or use a larger machine. `mtlc cost` shows the sizes.",
  },
  MTL7321: {
    slug: "out-of-disk",
    severity: "error",
    title: "output larger than the disk",
    message: (p: { directory: string; bytes: number; free: number }) =>
      `what is written to \`${p.directory}\` needs ${gigabytes(p.bytes)}; ${gigabytes(p.free)} are free on its disk`,
    about:
      "Checkpoints and the artifact together need more than the free space of the disk. Two checkpoints are kept while another one is written, and an artifact has the weights three times: as tensors, as a SavedModel and as a GraphModel.",
    fix: "Free space on the disk, or give a directory on another one with `--output`.",
  },
  MTL7333: {
    slug: "list-longer-than-batch",
    severity: "warning",
    title: "list longer than a batch",
    message: (p: { column: string; long: number; lists: number; longest: number; batch: number }) =>
      `${p.long} of ${p.lists} lists by \`${p.column}\` have more rows than a batch of ${p.batch}, the longest ${p.longest}, so each is cut into parts and rows are compared within a part only`,
    about:
      "A loss over lists compares rows of one batch. A list that is longer than the batch is cut into parts of nearly one size, in another way each epoch; rows of two parts are not compared in that epoch.",
    fix: "Raise `batch`, or leave out rows of very long lists.",
  },
  MTL7334: {
    slug: "lists-of-one-row",
    severity: "warning",
    title: "lists of one row",
    message: (p: { column: string }) =>
      `every \`${p.column}\` of the training data has one row, so the losses over lists have nothing to compare`,
    about: "A loss over lists compares rows of one value of the column. Where each value has one row, it is always 0.",
    fix: "Name the column whose values several rows share, such as the user, the query or the request.",
  },
});

/** `51 GB`, `1.3 GB`, `340 MB`; a gigabyte is 10⁹ bytes. */
function gigabytes(bytes: number): string {
  const size = bytes / 1e9;
  if (size >= 10) return `${Math.round(size)} GB`;
  return size >= 1 ? `${size.toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
