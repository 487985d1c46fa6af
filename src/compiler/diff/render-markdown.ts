import type { ModelDiff, SubjectDiff } from "./diff-models.js";
import { classMeanings } from "./policy.js";
import {
  changeText,
  costRows,
  diffTitle,
  freshText,
  idsLines,
  isShown,
  meaningLines,
  subjectTitle,
  tensorSummary,
  usedClasses,
} from "./render-text.js";

/** A diff for a pull request: a table per section, tensors folded away; made only from the diff, as JSON has it. */
export function renderDiffMarkdown(diff: ModelDiff): string {
  if (diff.class === "none") return `### ${diffTitle(diff)}\n\nNo change: both are the same model.\n${idsList(diff)}`;
  const parts = [
    `### ${diffTitle(diff)}: ${diff.class}`,
    ...diff.sections.map(({ section, subjects }) => sectionTable(section, subjects)),
    costTable(diff),
    tensorDetails(diff),
    usedClasses(diff)
      .map((each) => `- **${each}**: ${classMeanings[each]}`)
      .join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n${idsList(diff)}`;
}

function idsList(diff: ModelDiff): string {
  const lines = idsLines(diff).map((line) => `- ${line}`);
  return lines.length === 0 ? "" : `\n${lines.join("")}`;
}

function sectionTable(section: string, subjects: readonly SubjectDiff[]): string {
  const rows = subjects.map((subject) => {
    const what = `${marks[subject.state]} ${code(subjectTitle(subject.kind, subject.name))}`;
    return `| ${what} | ${changesCell(subject)} | ${subject.class} |`;
  });
  return [`| ${section} | change | class |`, "| --- | --- | --- |", ...rows].join("\n");
}

const marks: Readonly<Record<SubjectDiff["state"], string>> = { added: "➕", removed: "➖", changed: "✏️" };

function changesCell(subject: SubjectDiff): string {
  const changes = [
    ...(subject.text === undefined ? [] : [code(subject.text)]),
    ...subject.changes.filter(isShown).map((change) => code(changeText(change))),
    ...meaningLines(subject).map(plainText),
  ];
  return changes.join("<br>");
}

function costTable(diff: ModelDiff): string {
  const rows = costRows(diff).map(([name, text]) => `| ${name} | ${text} |`);
  const { uncounted } = diff;
  const note =
    uncounted.length === 0
      ? ""
      : `\n\nWithout the tables of ${uncounted.length} features whose number of ids the data decides.`;
  return `| cost | |\n| --- | --- |\n${rows.join("\n")}${note}`;
}

function tensorDetails(diff: ModelDiff): string {
  const { tensors } = diff.warmStart;
  if (tensors.length === 0) return "";
  const fresh = tensors.filter((tensor) => tensor.kind === "initialized");
  const summary = `${tensorSummary(diff)}.`;
  if (fresh.length === 0) return `${summary[0]?.toUpperCase() ?? ""}${summary.slice(1)}`;
  const list = fresh.map((tensor) => `- ${code(tensor.name)} ${freshText(tensor)}`).join("\n");
  return `<details><summary>${summary[0]?.toUpperCase() ?? ""}${summary.slice(1)}</summary>\n\n${list}\n\n</details>`;
}

/** Code in a table's cell: a bar would end the cell. */
function code(text: string): string {
  const fence = text.includes("`") ? "``" : "`";
  return `${fence}${text.replaceAll("|", "\\|")}${fence}`;
}

function plainText(text: string): string {
  return text.replaceAll("|", "\\|");
}
