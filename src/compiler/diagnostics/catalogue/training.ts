import { defineDiagnostics } from "../define.js";

/** MTL73xx: training, checkpoints and evaluation. */
export const trainingDiagnostics = defineDiagnostics({
  MTL7301: {
    severity: "error",
    title: "loss is not finite",
    message: (p: { loss: number; head: string; step: number; epoch: number }) =>
      `the loss of \`${p.head}\` became ${Number.isNaN(p.loss) ? "NaN" : p.loss > 0 ? "infinite" : "minus infinite"} at step ${p.step} (epoch ${p.epoch}), so training stopped`,
  },
  MTL7302: {
    severity: "error",
    title: "no data for this role",
    message: (p: { role: string; option: string }) =>
      `there is no ${p.role} data: the \`data\` block of the spec names none; add \`${p.role}:\` to it or give \`${p.option} FILE\``,
  },
  MTL7303: {
    severity: "error",
    title: "nothing to resume",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` holds no whole checkpoint to resume from; \`--force\` in place of \`--resume\` trains from the start`,
  },
  MTL7330: {
    severity: "info",
    title: "nothing to resume yet",
    message: (p: { directory: string }) => `\`${p.directory}\` holds nothing to resume from yet, so training starts`,
  },
  MTL7331: {
    severity: "error",
    title: "finished artifact of another run",
    message: (p: { directory: string; what: string | undefined }) =>
      `\`${p.directory}\` holds a finished artifact ${p.what === undefined ? "that does not say which run it is of" : `of another run: ${p.what} differs`}; leave \`--resume\` out to train anew, or give another directory`,
  },
  MTL7332: {
    severity: "info",
    title: "weights read other numbers",
    message: (p: { features: readonly string[] }) =>
      `the new data gives other scales or boundaries to ${p.features.map((name) => `\`${name}\``).join(", ")}, so what is taken over reads other numbers for the same values`,
  },
  MTL7304: {
    severity: "error",
    title: "checkpoint of another run",
    message: (p: { directory: string; what: string }) =>
      `the checkpoint in \`${p.directory}\` is of another run: ${p.what} differs; resume with what it was started with, or give another directory`,
  },
  MTL7305: {
    severity: "warning",
    title: "damaged checkpoint skipped",
    message: (p: { directory: string; problem: string }) =>
      `the checkpoint \`${p.directory}\` is damaged (${p.problem}), so the one before it is used`,
  },
  MTL7306: {
    severity: "error",
    title: "unfinished run in the output directory",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` holds the checkpoints of an unfinished run; continue it with \`--resume\`, or drop it with \`--force\``,
  },
  MTL7307: {
    severity: "error",
    title: "early stopping without evaluation data",
    message: (p: { metric: string }) =>
      `early stopping on \`${p.metric}\` needs \`validation\` or \`test\` data, and there is none; add it or remove \`stop\``,
  },
  MTL7308: {
    severity: "warning",
    title: "metric of early stopping is undefined",
    message: (p: { metric: string; epoch: number; reason: string }) =>
      `\`${p.metric}\` is undefined after epoch ${p.epoch} (${p.reason}), so early stopping does not count this epoch`,
  },
  MTL7309: {
    severity: "error",
    title: "no rows to train on",
    message: (p: { role: string }) => `the ${p.role} data has no rows`,
  },
  MTL7310: {
    severity: "error",
    title: "file without a model",
    message: (p: { file: string }) =>
      `\`${p.file}\` declares no model: it is a part that other specs import; give a spec that begins with \`model NAME\``,
  },
  MTL7311: {
    severity: "error",
    title: "nothing to train",
    message: (p: { name: string }) =>
      `the model \`${p.name}\` has nothing to train: no \`loss\` names a task or a chain; add one, or rank with the scores that it is given`,
  },
  MTL7312: {
    severity: "error",
    title: "data of the artifact not known here",
    message: (p: { directory: string }) =>
      `where the data of \`${p.directory}\` lies is not known on this machine (it has no \`run.json\`); give \`--test FILE\``,
  },
  MTL7320: {
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
  },
  MTL7321: {
    severity: "error",
    title: "files larger than the disk",
    message: (p: { directory: string; bytes: number; free: number }) =>
      `what is written to \`${p.directory}\` needs ${gigabytes(p.bytes)}; ${gigabytes(p.free)} are free on its disk`,
  },
});

/** `51 GB`, `1.3 GB`, `340 MB`; a gigabyte is 10⁹ bytes. */
function gigabytes(bytes: number): string {
  const size = bytes / 1e9;
  if (size >= 10) return `${Math.round(size)} GB`;
  return size >= 1 ? `${size.toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
