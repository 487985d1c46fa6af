import type { View } from "../../command.js";
import type { DoctorResult } from "./run.js";

export const doctorView: View<DoctorResult> = {
  document: "doctor",
  human: (report) => {
    const { fused, native, lightgbm, duckdb } = report;
    const rows: (readonly [string, string])[] = [
      ["engine", report.description],
      ["fused", fused.available ? `yes, ${fused.vectors}` : "no"],
      ...(native.available
        ? ([
            ["TensorFlow", native.tensorflow],
            ["XLA", native.xla ? "yes" : "no"],
            ["threads", String(native.threads)],
            ["addon", native.addon],
          ] as const)
        : native.reasons.map((reason, i): readonly [string, string] => [i === 0 ? "native" : "", `no: ${reason}`])),
      ["tfjs", report.tfjs],
      ["LightGBM", lightgbm.available ? lightgbm.path : `no: ${lightgbm.problem}`],
      [
        "DuckDB",
        `${duckdb.version}, ${duckdb.extensions.length === 0 ? "no extensions" : `with ${duckdb.extensions.join(", ")}`}`,
      ],
      ["cores", String(report.cores)],
      ["Node", `${report.node} (${report.platform})`],
      ["mtlc", report.mtlc],
      ["project", report.project ?? "no `mtlc.json` here or above"],
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
    return report.advice === undefined ? lines : `${lines}\n${report.advice}\n`;
  },
  json: (report) => report,
};
