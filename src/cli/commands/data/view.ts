import { plural } from "../../../compiler/text/index.js";
import { renderPretty } from "../../../compiler/diagnostics/index.js";
import type { FeatureProfile, ProfiledData, RoleProfile } from "../../../runtime/profile/index.js";
import { sourcesOf } from "../../show-diagnostics.js";
import { documentText } from "../../documents.js";
import type { Terminal } from "../../terminal.js";
import { dataPage } from "./page.js";
import { numberText } from "../../views/number-text.js";
import { count, table } from "../../views/text.js";
import { visibleText } from "../../views/visible-text.js";

export const dataFormats = ["human", "json", "html"] as const;

/** A profile in one of its forms. */
export function dataText(result: ProfiledData, format: (typeof dataFormats)[number], terminal: Terminal): string {
  switch (format) {
    case "human":
      return humanText(result, terminal);
    case "json":
      return documentText("data", result.profile);
    case "html":
      return dataPage(result.profile);
  }
}

function humanText({ profile, diagnostics }: ProfiledData, { width, outStyle }: Terminal): string {
  const roles = profile.roles.map((role) =>
    [
      `${outStyle.bold(`${role.role}: ${plural(role.rows, "row")}`)} of ${visibleText(role.files.join(", "))}\n`,
      featureTable(role),
      labelTable(role),
      headTable(role),
      groupAndWeight(role),
    ]
      .filter((part) => part !== "")
      .join("\n"),
  );
  const color = outStyle.bold("") !== "";
  const warnings =
    diagnostics.length === 0
      ? "no warnings\n"
      : `${renderPretty(diagnostics, sourcesOf(diagnostics), { color, width: Math.min(width, 120) })}\n`;
  return [...roles, warnings].join("\n");
}

function featureTable(role: RoleProfile): string {
  if (role.features.length === 0) return "";
  const isMeasured = role.features.some(({ unseenShare }) => unseenShare !== undefined);
  const labels = [...new Set(role.features.flatMap(({ auc = [] }) => auc.map(({ label }) => label)))];
  const note = role.sampledRows < role.rows ? `values on the first ${plural(role.sampledRows, "row")}\n` : "";
  return (
    note +
    leftLast([
      [
        "feature",
        "kind",
        "nulls",
        "distinct",
        "ids",
        ...(isMeasured ? ["unseen"] : []),
        ...labels.map((label) => `auc ${label}`),
        "values",
      ],
      ...role.features.map((feature) => [
        feature.name === feature.source ? feature.name : `${feature.name} = ${visibleText(feature.source)}`,
        feature.kind,
        percent(feature.nullShare),
        count(feature.distinct),
        feature.ids === undefined ? "" : count(feature.ids),
        ...(isMeasured ? [feature.unseenShare === undefined ? "" : percent(feature.unseenShare)] : []),
        ...labels.map((label) => feature.auc?.find((each) => each.label === label)?.auc.toFixed(3) ?? ""),
        valuesText(feature),
      ]),
    ])
  );
}

const bars = "▁▂▃▄▅▆▇█";
const shownValues = 3;
const shownLength = 24;

function valuesText({ numbers, top = [], valuesPerRow }: FeatureProfile): string {
  if (numbers !== undefined) {
    const most = Math.max(...numbers.histogram);
    const picture = numbers.histogram.map((n) => (n === 0 ? " " : bars[Math.ceil((n / most) * 8) - 1])).join("");
    return `${numberText(numbers.minimum)} … ${numberText(numbers.maximum)}, mean ${numberText(numbers.mean)}  |${picture}|`;
  }
  const values = top.slice(0, shownValues).map(({ value, share }) => `${shorten(value)} ${percent(share)}`);
  const perRow =
    valuesPerRow === undefined
      ? []
      : [`${valuesPerRow.minimum} … ${valuesPerRow.maximum} per row, mean ${numberText(valuesPerRow.mean)}`];
  return [...perRow, ...values].join(", ");
}

function shorten(value: string): string {
  const characters = Array.from(visibleText(value));
  return characters.length <= shownLength ? characters.join("") : `${characters.slice(0, shownLength - 1).join("")}…`;
}

function labelTable({ labels }: RoleProfile): string {
  if (labels.length === 0) return "";
  return table([
    ["label", "is", "mean", "unknown rows"],
    ...labels.map(({ name, kind, source, mean, nulls }) => [
      name === source ? name : `${name} = ${visibleText(source)}`,
      kind,
      meanText(mean, kind === "event"),
      count(nulls),
    ]),
  ]);
}

function headTable({ heads }: RoleProfile): string {
  if (heads.length === 0) return "";
  return table([
    ["task", "predicts", "rows", "known", "mean"],
    ...heads.map(({ name, predicts, rows, known, mean }) => [
      name,
      predicts,
      count(rows),
      count(known),
      meanText(mean, predicts.startsWith("P(")),
    ]),
  ]);
}

function meanText(mean: number | undefined, isShare: boolean): string {
  return mean === undefined ? "-" : isShare ? percent(mean) : numberText(mean);
}

function groupAndWeight({ group, weight }: RoleProfile): string {
  const lines: string[] = [];
  if (group !== undefined) {
    const { column, groups, ungrouped, rowsPerGroup: rows } = group;
    const sizes =
      rows === undefined
        ? ""
        : `, rows per group ${[rows.minimum, rows.p25, rows.median, rows.p75, rows.maximum].map(count).join(" / ")} (min / 25 % / median / 75 % / max)`;
    const outside = ungrouped === 0 ? "" : `, ${plural(ungrouped, "row")} in no group`;
    lines.push(`group ${visibleText(column)}: ${plural(groups, "group")}${sizes}${outside}\n`);
  }
  if (weight !== undefined)
    lines.push(
      `weight ${visibleText(weight.column)}: ${numberText(weight.minimum)} … ${numberText(weight.maximum)}, mean ${numberText(weight.mean)}, ${percent(weight.zeroShare)} zero\n`,
    );
  return lines.join("");
}

/** `12.5 %`; a share above 0 is never shown as 0. */
export function percent(share: number): string {
  return share > 0 && share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`;
}

/** A table whose last column is text. */
function leftLast(rows: readonly (readonly string[])[]): string {
  const head = table(rows.map((row) => row.slice(0, -1))).split("\n");
  const width = Math.max(...head.map((line) => line.length));
  return rows
    .map((row, place) => `${(head[place] ?? "").padEnd(width)}  ${row.at(-1) ?? ""}`.trimEnd() + "\n")
    .join("");
}
