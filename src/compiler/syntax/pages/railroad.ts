import {
  grammarRules,
  separatorName,
  tokenPatterns,
  wordSets,
  type GrammarPart,
  type GrammarRule,
} from "./grammar-pages.js";

/** A drawn part: its box, and its SVG at a place. The line goes in at the left and out at the right, at the same height. */
interface Drawing {
  readonly width: number;
  /** Room above and below the line. */
  readonly up: number;
  readonly down: number;
  readonly at: (x: number, y: number) => string;
}

const gap = 10;
const radius = 10;
const characterWidth = 7.8;

/** The grammar as railroad diagrams: one page, no script, nothing loaded from elsewhere. */
export function railroadHtml(): string {
  const rules = grammarRules();
  const sets = wordSets().map(({ name, words }): GrammarRule => ({
    name,
    part: { kind: "choice", parts: words.map((text) => ({ kind: "word", text })) },
  }));
  const separator: GrammarPart = {
    kind: "choice",
    parts: [
      { kind: "word", text: "," },
      { kind: "token", name: "line break" },
    ],
  };
  const linked = new Set([...rules, ...sets].map((rule) => rule.name).concat(separatorName));
  const diagrams = [...rules, ...sets, { name: separatorName, part: separator }].map(({ name, part }) =>
    diagram(name, part, linked),
  );
  const patterns = tokenPatterns().map(
    ({ name, pattern }) => `<dt id="${name}">${name}</dt><dd><code>${escapeHtml(pattern)}</code></dd>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The grammar of .mtl</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222; background: #fff; }
h2 { font: 600 15px ui-monospace, monospace; margin: 2em 0 0.3em; }
.diagram { overflow-x: auto; }
svg text { font: 13px ui-monospace, monospace; text-anchor: middle; dominant-baseline: central; fill: #222; }
svg path { fill: none; stroke: #555; stroke-width: 1.5; }
svg rect { fill: #eef4fb; stroke: #4a6fa5; }
svg .word rect { fill: #f3f8ee; stroke: #5c8a3a; }
svg a text { text-decoration: underline; }
</style>
</head>
<body>
<h1>The grammar of .mtl</h1>
<p>Generated from the parser. Rounded boxes are words, square ones are rules and kinds of words.</p>
${diagrams.join("\n")}
<h2>Names and literals</h2>
<dl>
${patterns.join("\n")}
</dl>
</body>
</html>
`;
}

function diagram(name: string, part: GrammarPart, linked: ReadonlySet<string>): string {
  const drawn = draw(part, linked);
  const width = drawn.width + 4 * gap;
  const height = drawn.up + drawn.down + 2 * gap;
  const y = drawn.up + gap;
  const body = [
    path(`M${gap} ${y - 8}v16`),
    line(gap, y, gap),
    drawn.at(2 * gap, y),
    line(2 * gap + drawn.width, y, gap),
    path(`M${3 * gap + drawn.width} ${y - 8}v16`),
  ].join("");
  return `<h2 id="${name}">${name}</h2>
<div class="diagram"><svg width="${number(width)}" height="${number(height)}" role="img" aria-label="${name}">${body}</svg></div>`;
}

function draw(part: GrammarPart, linked: ReadonlySet<string>): Drawing {
  switch (part.kind) {
    case "word":
      return box(part.text, true, false);
    case "token":
    case "rule":
      return box(part.name, false, linked.has(part.name));
    case "sequence":
      return inRow(part.parts.map((each) => draw(each, linked)));
    case "choice":
      return stacked(part.parts.map((each) => draw(each, linked)));
    case "option":
      return stacked([nothing, draw(part.part, linked)]);
    case "repeat": {
      const loop = looped(
        draw(part.part, linked),
        part.separator === undefined ? nothing : draw(part.separator, linked),
      );
      return part.least === 0 ? stacked([nothing, loop]) : loop;
    }
  }
}

const nothing: Drawing = { width: 0, up: 0, down: 0, at: () => "" };

function box(text: string, word: boolean, link: boolean): Drawing {
  const width = Math.round(text.length * characterWidth + 20);
  return {
    width,
    up: 13,
    down: 13,
    at: (x, y) => {
      const corner = word ? 13 : 0;
      const shape = `<rect x="${number(x)}" y="${number(y - 13)}" width="${width}" height="26" rx="${corner}"/><text x="${number(x + width / 2)}" y="${number(y)}">${escapeHtml(text)}</text>`;
      return word ? `<g class="word">${shape}</g>` : link ? `<a href="#${text}">${shape}</a>` : shape;
    },
  };
}

function inRow(parts: readonly Drawing[]): Drawing {
  return {
    width: parts.reduce((sum, part) => sum + part.width, gap * (parts.length - 1)),
    up: Math.max(...parts.map((part) => part.up)),
    down: Math.max(...parts.map((part) => part.down)),
    at: (x, y) => {
      let at = x;
      return parts
        .map((part, i) => {
          const rail = i === 0 ? "" : line(at - gap, y, gap);
          const drawn = rail + part.at(at, y);
          at += part.width + gap;
          return drawn;
        })
        .join("");
    },
  };
}

/** One of several, the first one on the line, the others below it. */
function stacked(parts: readonly Drawing[]): Drawing {
  const inner = Math.max(...parts.map((part) => part.width));
  const rows: number[] = [];
  let bottom = 0;
  parts.forEach((part, i) => {
    const row = i === 0 ? 0 : Math.max(bottom + gap + part.up, 2 * radius + (rows[i - 1] ?? 0));
    rows.push(row);
    bottom = row + part.down;
  });
  return {
    width: inner + 4 * radius,
    up: parts[0]?.up ?? 0,
    down: bottom,
    at: (x, y) =>
      parts
        .map((part, i) => {
          const row = rows[i] ?? 0;
          const left = x + 2 * radius;
          const right = left + inner;
          const after = line(left + part.width, y + row, inner - part.width);
          if (i === 0) return line(x, y, 2 * radius) + part.at(left, y) + after + line(right, y, 2 * radius);
          const down = path(
            `M${number(x)} ${number(y)}${curve("right-down")}v${number(row - 2 * radius)}${curve("down-right")}`,
          );
          const up = path(
            `M${number(right)} ${number(y + row)}${curve("right-up")}v${number(-(row - 2 * radius))}${curve("up-right")}`,
          );
          return down + part.at(left, y + row) + after + up;
        })
        .join(""),
  };
}

/** Once or more: the way back runs below, over the separator. */
function looped(part: Drawing, back: Drawing): Drawing {
  const inner = Math.max(part.width, back.width);
  const row = Math.max(part.down + gap + back.up, 2 * radius);
  return {
    width: inner + 2 * radius,
    up: part.up,
    down: row + Math.max(back.down, 1),
    at: (x, y) => {
      const left = x + radius;
      const right = left + inner;
      const start = left + (inner - back.width) / 2;
      return [
        line(x, y, radius),
        part.at(left, y),
        line(left + part.width, y, inner - part.width + radius),
        path(
          `M${number(right)} ${number(y)}a${radius} ${radius} 0 0 1 ${radius} ${radius}v${number(row - 2 * radius)}a${radius} ${radius} 0 0 1 ${-radius} ${radius}H${number(start + back.width)}`,
        ),
        back.at(start, y + row),
        path(
          `M${number(start)} ${number(y + row)}H${number(left)}a${radius} ${radius} 0 0 1 ${-radius} ${-radius}v${number(-(row - 2 * radius))}a${radius} ${radius} 0 0 1 ${radius} ${-radius}`,
        ),
      ].join("");
    },
  };
}

/** A quarter circle, by the directions in which the line enters and leaves it. */
function curve(turn: "right-down" | "down-right" | "right-up" | "up-right"): string {
  const [sweep, dy] = { "right-down": [1, 1], "down-right": [0, 1], "right-up": [0, -1], "up-right": [1, -1] }[
    turn
  ] as [number, number];
  return `a${radius} ${radius} 0 0 ${sweep} ${radius} ${dy * radius}`;
}

function line(x: number, y: number, length: number): string {
  return length === 0 ? "" : path(`M${number(x)} ${number(y)}h${number(length)}`);
}

function path(d: string): string {
  return `<path d="${d}"/>`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
