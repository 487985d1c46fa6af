import type { Span } from "../../text/index.js";
import { networkRefusals } from "../network.js";
import type { Refusal, Target, TargetSubject } from "../target.js";
import { watchable, watchedMetric } from "./files/program.js";
import { packageFiles } from "./package.js";

/** One readable package that trains, measures and predicts without mtlc. */
export const torch: Target = {
  name: "torch",
  summary: "A Python package for PyTorch: model, data, losses and training, on one process or many",
  folder: "torch",
  carries: ["train", "evaluate", "predict"],
  inEveryArtifact: false,
  refusals,
  emit: packageFiles,
};

/** Formats that `data.py` reads. */
const formats = new Set(["csv", "tsv", "parquet", "jsonl"]);

function refusals(subject: TargetSubject): readonly Refusal[] {
  const { data, loss, train } = subject.model;
  const refused: Refusal[] = [...networkRefusals(subject)];
  const refuse = (what: string, instead: string, span?: Span): void => {
    refused.push({ what, instead, ...(span === undefined ? {} : { span }) });
  };
  if (loss.balance.method !== "fixed")
    refuse(
      `the balance \`${loss.balance.method}\``,
      "weight the losses by numbers, or train with `mtlc train`",
      loss.balance.span,
    );
  const { places = {} } = train;
  if (train.accumulate !== undefined)
    refuse("`accumulate`", "raise `batch`: processes share it", places.accumulate?.span);
  if (train.ema !== undefined) refuse("`ema`", "train with `mtlc train`", places.ema?.span);
  const schedules = [train.schedule, ...(train.schedules ?? [])];
  if (schedules.some(({ name }) => name === "plateau"))
    refuse("the schedule `plateau`", "take one that is a function of the step", places.schedule?.span);
  if (train.stop !== undefined && watchedMetric(subject.model) === undefined)
    refuse("what `stop` watches", `watch one metric of a head: ${watchable.join(", ")}`, places.stop?.span);
  if (data.split !== undefined) refuse("`split`", "name files for each role", data.places?.split?.span);
  if (data.sample !== undefined) refuse("`sample`", "sample the files", data.places?.sample?.span);
  for (const source of [data.train, data.validation, data.test])
    if (source !== undefined && !formats.has(source.format))
      refuse(`files of the format \`${source.format}\``, "write them as CSV or Parquet", source.span);
  return refused;
}
