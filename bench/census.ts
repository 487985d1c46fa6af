/**
 * Quality on Census-Income: every architecture on both pairs of tasks over several seeds, beside the figures of the MMoE
 * paper (Ma et al., KDD 2018, tables 1 and 2: the best and the mean of 400 runs after tuning each by thousands).
 */
import { join } from "node:path";
import { train } from "../src/runtime/jobs/train.js";
import { machine, mean, note, option, print, printTable, projectRoot, sharedData } from "./report.js";

export const summary = "AUC of five architectures on Census-Income, beside the MMoE paper's figures";

interface Group {
  readonly folder: string;
  /** The paper's main task, and its second one. */
  readonly tasks: readonly [string, string];
  /** Best and mean of the main task; of marital status, the two figures that the paper gives. */
  readonly paper: Readonly<Record<string, readonly [string, string, string]>>;
}

const groups: readonly Group[] = [
  {
    folder: "census",
    tasks: ["income", "marital"],
    paper: {
      single: ["0.9398", "0.9337", "0.9933/0.9922"],
      shared_bottom: ["0.9361", "0.9295", "0.9915/0.9921"],
      omoe: ["0.9387", "0.9319", "0.9928/0.9923"],
      mmoe: ["0.9410", "0.9359", "0.9926/0.9927"],
    },
  },
  {
    folder: "census/group2",
    tasks: ["college", "marital"],
    paper: {
      single: ["0.8843", "0.8792", "0.9933/0.9922"],
      shared_bottom: ["0.8836", "0.8813", "0.9927/0.9917"],
      omoe: ["0.8852", "0.8813", "0.9915/0.9912"],
      mmoe: ["0.8860", "0.8826", "0.9932/0.9924"],
    },
  },
];
const architectures = ["single", "shared_bottom", "omoe", "mmoe", "ple"] as const;

/** `--seeds N` (3), `--epochs N` (the spec's), `--group 1|2` (both). */
export async function run(words: readonly string[]): Promise<void> {
  const seeds = Number(option(words, "seeds", "3"));
  const epochs = option(words, "epochs", "");
  const only = option(words, "group", "");
  const files = { train: sharedData("census/census-income.data.gz"), test: sharedData("census/census-income.test.gz") };
  const full = files.train !== undefined && files.test !== undefined;
  note(
    full
      ? "the full data: 199,523 rows to train on, 99,762 to test"
      : "the full data is not there: the slice in specs/census/data, on which AUC is lower",
  );
  for (const [i, group] of groups.entries()) {
    if (only !== "" && Number(only) !== i + 1) continue;
    const [main, second] = group.tasks;
    const rows = [
      [
        `group ${i + 1}`,
        `${main} best`,
        "mean",
        "paper best",
        "paper mean",
        `${second} best`,
        "mean",
        "paper",
        "rows/s",
      ],
    ];
    for (const architecture of architectures) {
      const scores: (readonly [number, number])[] = [];
      const speeds: number[] = [];
      for (let seed = 1; seed <= seeds; seed++) {
        const result = await train({
          spec: join(projectRoot, "specs", group.folder, `${architecture}.mtl`),
          seed,
          ...(epochs === "" ? {} : { epochs: Number(epochs) }),
          ...(full ? { train: [files.train ?? ""], test: [files.test ?? ""] } : {}),
        });
        const auc = (task: string): number => result.evaluation?.heads[task]?.["auc"] ?? NaN;
        scores.push([auc(main), auc(second)]);
        speeds.push(result.summary.rowsPerSecond);
        note(`${architecture}, seed ${seed}: ${main} ${auc(main).toFixed(4)}, ${second} ${auc(second).toFixed(4)}`);
      }
      const best = (task: 0 | 1): string => Math.max(...scores.map((score) => score[task])).toFixed(4);
      const average = (task: 0 | 1): string => mean(scores.map((score) => score[task])).toFixed(4);
      const [paperBest, paperMean, paperSecond] = group.paper[architecture] ?? ["–", "–", "–"];
      const speed = `${Math.round(mean(speeds) / 1000)}k`;
      rows.push([architecture, best(0), average(0), paperBest, paperMean, best(1), average(1), paperSecond, speed]);
    }
    print();
    printTable(rows);
  }
  print(`\ntest AUC over ${seeds} seeds; paper: Ma et al., KDD 2018, tables 1 and 2, 400 runs; ${machine()}`);
}
