/** The page of the drawing: shows the SVG, marks the card under the cursor, says which card was clicked. */
import type { Direction, FromView, ToView } from "../src/drawing-messages.js";

declare function acquireVsCodeApi(): { readonly postMessage: (message: FromView) => void };

const editor = acquireVsCodeApi();
const stage = element("stage");
const note = element("note");
const step = 1.25;
/** A card this near to a side, in pixels, hides what it is connected with. */
const rim = 40;
const limits = { least: 0.1, most: 4 } as const;

/** Below this scale, names cannot be read. */
const readable = 0.8;
/** A page less wide than this many times its height is filled better by a drawing that goes down. */
const wide = 1.6;
let asked: Direction | undefined;
/** Undefined: as large as the page where that can be read. */
let scale: number | undefined;
let spec = "";
let marked: string | undefined;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

function picture(): SVGSVGElement | null {
  return stage.querySelector("svg");
}

function show(message: Extract<ToView, { kind: "show" }>): void {
  const { answer } = message;
  const isOther = message.spec !== spec;
  spec = message.spec;
  note.hidden = answer.kind === "drawing";
  if (answer.kind === "none") {
    if (isOther) stage.replaceChildren();
    note.textContent =
      picture() === null ? answer.reason : `${answer.reason} This is the drawing from before the last change.`;
    stage.classList.toggle("old", true);
    return;
  }
  stage.classList.toggle("old", false);
  const parsed = new DOMParser().parseFromString(answer.svg, "image/svg+xml").documentElement;
  stage.replaceChildren(document.importNode(parsed, true));
  if (isOther) scale = undefined;
  resize();
  for (const card of cards()) {
    card.setAttribute("tabindex", "0");
    card.setAttribute("role", "button");
    card.setAttribute("aria-label", `go to ${card.dataset["card"] ?? ""}`);
  }
}

function cards(): readonly SVGElement[] {
  return [...stage.querySelectorAll<SVGElement>("[data-card]")];
}

function mark(id: string | undefined): void {
  const isOther = id !== marked;
  marked = id;
  for (const card of cards()) card.classList.toggle("current", card.dataset["card"] === id);
  for (const edge of stage.querySelectorAll<SVGElement>("[data-from]"))
    edge.classList.toggle("near", edge.dataset["from"] === id || edge.dataset["to"] === id);
  stage.classList.toggle("marking", id !== undefined);
  if (isOther) reveal(stage.querySelector(".current"));
}

/** Scrolls only when the card is not wholly seen: a picture that jumps is hard to read. */
function reveal(card: Element | null): void {
  if (card === null) return;
  const [box, seen] = [card.getBoundingClientRect(), stage.getBoundingClientRect()];
  const isSeen =
    box.left >= seen.left + rim &&
    box.right <= seen.right - rim &&
    box.top >= seen.top + rim &&
    box.bottom <= seen.bottom - rim;
  if (!isSeen) card.scrollIntoView({ block: "center", inline: "center", behavior: "smooth" });
}

function naturalWidth(): number {
  return picture()?.viewBox.baseVal.width ?? 1;
}

function fitting(): number {
  const height = picture()?.viewBox.baseVal.height ?? 1;
  return Math.min(1, stage.clientWidth / naturalWidth(), stage.clientHeight / height);
}

/** Asks for the drawing when the page's shape needs another one. */
function askForShape(): void {
  if (stage.clientWidth === 0) return;
  const direction = stage.clientWidth < wide * stage.clientHeight ? "down" : "right";
  if (direction === asked) return;
  asked = direction;
  scale = undefined;
  editor.postMessage({ kind: "draw", direction });
}

function currentScale(): number {
  return scale ?? Math.max(readable, fitting());
}

function resize(): void {
  const svg = picture();
  if (svg === null) return;
  svg.removeAttribute("height");
  svg.style.width = `${naturalWidth() * currentScale()}px`;
}

/** Zooms around a point of the stage, its middle unless given. */
function zoom(factor: number, x = stage.clientWidth / 2, y = stage.clientHeight / 2): void {
  const before = currentScale();
  scale = Math.min(limits.most, Math.max(limits.least, before * factor));
  const grown = scale / before;
  const [left, top] = [(stage.scrollLeft + x) * grown - x, (stage.scrollTop + y) * grown - y];
  resize();
  stage.scrollTo(left, top);
}

function open(target: EventTarget | null): void {
  const card = target instanceof Element ? target.closest<SVGElement>("[data-card]") : null;
  if (card !== null) editor.postMessage({ kind: "open", card: card.dataset["card"] ?? "" });
}

window.addEventListener("message", ({ data }: MessageEvent<ToView>) => {
  if (data.kind === "show") {
    show(data);
    mark(marked);
  } else mark(data.card);
});
window.addEventListener("resize", () => {
  askForShape();
  resize();
});
stage.addEventListener("click", ({ target }) => open(target));
stage.addEventListener("keydown", (event) => {
  if (event.key === "Enter" || event.key === " ") open(event.target);
  else if (event.key === "+") zoom(step);
  else if (event.key === "-") zoom(1 / step);
});
stage.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
  },
  { passive: false },
);
element("in").addEventListener("click", () => zoom(step));
element("out").addEventListener("click", () => zoom(1 / step));
element("fit").addEventListener("click", () => {
  scale = fitting();
  resize();
});
askForShape();
