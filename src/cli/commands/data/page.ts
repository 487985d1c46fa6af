/** A profile as one HTML page that needs nothing beside it. */
import { escapeMarkup, replaceHidden } from "../../../compiler/text/index.js";
import type { DataProfile, FeatureProfile, RoleProfile } from "../../../runtime/profile/index.js";
import { numberText } from "../../views/number-text.js";
import { count } from "../../views/text.js";

const style = `:root{color-scheme:light dark;--ink:#1c2024;--dim:#667;--line:#d6d9de;--bar:#1f5fa8;--ground:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--dim:#9aa3ad;--line:#3a4048;--bar:#7fb2ea;--ground:#15181c}}
body{font:14px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--ground);margin:2rem auto;max-width:75rem;padding:0 1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--dim);font-weight:500}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}code{overflow-wrap:anywhere}.dim{color:var(--dim)}svg{fill:var(--bar);vertical-align:middle}`;

/** The whole document; every text of the data is escaped. */
export function dataPage({ model, roles, warnings }: DataProfile): string {
  const list = warnings.map(
    ({ code, message, help }) =>
      `<li><b>${escape(code)}</b> ${escape(message)}${help === undefined ? "" : `<br><span class="dim">${escape(help)}</span>`}</li>`,
  );
  return [
    `<!doctype html>`,
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`,
    `<title>Data of ${escape(model)}</title><style>${style}</style></head><body>`,
    `<h1>Data of ${escape(model)}</h1>`,
    `<h2>Warnings</h2>`,
    list.length === 0 ? "<p>none</p>" : `<ul>${list.join("\n")}</ul>`,
    ...roles.map(roleSection),
    `</body></html>\n`,
  ].join("\n");
}

function roleSection(role: RoleProfile): string {
  const sampled = role.sampledRows < role.rows ? `; values on the first ${count(role.sampledRows)} rows` : "";
  const { group, weight } = role;
  return [
    `<h2>${role.role}</h2>`,
    `<p>${count(role.rows)} rows of ${role.files.map(code).join(", ")}${sampled}</p>`,
    tableOf(
      ["feature", "kind", "from", "nulls#", "distinct#", "ids#", "unseen#", "AUC", "values"],
      role.features.map((feature) => [
        code(feature.name),
        feature.kind,
        code(feature.source),
        percent(feature.nullShare),
        count(feature.distinct),
        feature.ids === undefined ? "" : count(feature.ids),
        feature.unseenShare === undefined ? "" : percent(feature.unseenShare),
        (feature.auc ?? []).map(({ label, auc }) => `${escape(label)} ${auc.toFixed(3)}`).join("<br>"),
        valuesCell(feature),
      ]),
    ),
    tableOf(
      ["label", "is", "from", "mean#", "unknown rows#"],
      role.labels.map(({ name, kind, source, mean, nulls }) => [
        code(name),
        kind,
        code(source),
        meanText(mean, kind === "event"),
        count(nulls),
      ]),
    ),
    tableOf(
      ["task", "predicts", "rows#", "known#", "mean#"],
      role.heads.map(({ name, predicts, rows, known, mean }) => [
        code(name),
        code(predicts),
        count(rows),
        count(known),
        meanText(mean, predicts.startsWith("P(")),
      ]),
    ),
    group === undefined
      ? ""
      : tableOf(
          ["group", "groups#", "rows in no group#", "rows per group: min#", "25 %#", "median#", "75 %#", "max#"],
          [
            [
              code(group.column),
              count(group.groups),
              count(group.ungrouped),
              ...Object.values(group.rowsPerGroup ?? {}).map(count),
            ],
          ],
        ),
    weight === undefined
      ? ""
      : tableOf(
          ["weight", "min#", "mean#", "max#", "zero#"],
          [
            [
              code(weight.column),
              ...[weight.minimum, weight.mean, weight.maximum].map(numberText),
              percent(weight.zeroShare),
            ],
          ],
        ),
  ].join("\n");
}

/** Cells are HTML; a head that ends with `#` is that of numbers. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const kind = (at: number): string => (head[at]?.endsWith("#") === true ? ' class="n"' : "");
  const names = head.map((name, at) => `<th${kind(at)}>${escape(name.replace(/#$/, ""))}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell, at) => `<td${kind(at)}>${cell}</td>`).join("")}</tr>`);
  return `<div class="wide"><table><thead><tr>${names}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

function valuesCell({ numbers, top = [], valuesPerRow }: FeatureProfile): string {
  if (numbers !== undefined)
    return `${histogram(numbers.histogram)} ${numberText(numbers.minimum)} … ${numberText(numbers.maximum)}, mean ${numberText(numbers.mean)}`;
  const perRow =
    valuesPerRow === undefined
      ? []
      : [`${valuesPerRow.minimum} … ${valuesPerRow.maximum} per row, mean ${numberText(valuesPerRow.mean)}`];
  return [...perRow, ...top.map(({ value, share }) => `${code(value)} ${percent(share)}`)].join(", ");
}

function histogram(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  const bars = counts.map((n, at) => {
    const height = n === 0 ? 0 : Math.max(1, Math.round((n / most) * 24));
    return `<rect x="${at * 8}" y="${24 - height}" width="7" height="${height}"><title>${count(n)}</title></rect>`;
  });
  return `<svg role="img" aria-label="histogram" width="${counts.length * 8}" height="24">${bars.join("")}</svg>`;
}

function meanText(mean: number | undefined, isShare: boolean): string {
  return mean === undefined ? "" : isShare ? percent(mean) : numberText(mean);
}

function percent(share: number): string {
  return share > 0 && share < 0.0005 ? "&lt; 0.1 %" : `${(100 * share).toFixed(1)} %`;
}

function code(text: string): string {
  return `<code>${escape(text)}</code>`;
}

/** Nothing of the text is markup, and characters that hide or turn it appear as escapes. */
function escape(text: string): string {
  const visible = replaceHidden(text, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);
  return escapeMarkup(visible).replaceAll("'", "&#39;");
}
