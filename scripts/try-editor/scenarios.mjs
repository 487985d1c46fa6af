/** What is tried, in the order of a user's first minutes. Each throws when something does not come. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The first line and column, counted from 1, of a text in a file. */
function positionOf(folder, name, text, offset = 0) {
  const whole = readFileSync(join(folder, name), "utf8");
  const index = whole.indexOf(text);
  if (index < 0) throw new Error(`${name} has no ${text}`);
  const before = whole.slice(0, index);
  const lines = before.split("\n");
  return [lines.length, (lines.at(-1)?.length ?? 0) + 1 + offset];
}

export const scenarios = [
  {
    name: "diagnostics",
    run: async (editor) => {
      await editor.open("broken.mtl");
      await editor.seen(".squiggly-error");
      await editor.plain();
      await editor.goTo(10, 1);
      await editor.press("F8");
      await editor.seen(".marker-widget", "did you mean `pool`");
      await editor.pause(400);
      await editor.picture("diagnostics");
      await editor.press("Escape");
      await editor.press("Control", ".");
      await editor.seen(".action-widget", "write `pool`");
      await editor.shot("fixes");
    },
  },
  {
    name: "hover",
    run: async (editor, folder) => {
      await editor.open("feed.mtl");
      await editor.seen(".codelens-decoration", "Run test");
      await editor.goTo(...positionOf(folder, "feed.mtl", "t_ctr ", 1));
      await editor.command("Show or Focus Hover");
      await editor.seen(".monaco-hover", "a tower");
      await editor.pause(400);
      await editor.shot("hover");
    },
  },
  {
    name: "completion",
    run: async (editor, folder) => {
      await editor.open("shop.mtl");
      await editor.seen(".codelens-decoration");
      await editor.goTo(...positionOf(folder, "shop.mtl", "ctr:   bce", 7));
      await editor.press("Control", "Shift", "ArrowRight");
      await editor.press("Delete");
      await editor.press("Control", "Space");
      await editor.seen(".suggest-widget", "focal");
      await editor.shot("completion");
    },
  },
  {
    name: "tests",
    run: async (editor, folder) => {
      const [line] = positionOf(folder, "shop.mtl", "expect page");
      await editor.open("shop.mtl");
      await editor.goTo(line, 1);
      await editor.seen(".codelens-decoration", "Run test");
      await editor.command("mtl: Run all tests");
      await editor.seen(".codelens-decoration", "✓ passed");
      // A failed expectation, after a change: the test runs again by itself.
      await editor.goTo(...positionOf(folder, "shop.mtl", "> value(plain)"));
      await editor.press("Delete");
      await editor.type("<");
      await editor.seen(".codelens-decoration", "✗ 1 of 2 expectations failed");
      await editor.seen(".squiggly-error");
      await editor.plain();
      await editor.press("F8");
      await editor.seen(".marker-widget", "this expectation failed");
      await editor.pause(300);
      await editor.picture("tests");
    },
  },
  {
    name: "drawing",
    run: async (editor, folder) => {
      await editor.height(940);
      await editor.open("shop.mtl");
      await editor.goTo(...positionOf(folder, "shop.mtl", "t_ctr ", 1));
      await editor.seen(".codelens-decoration");
      await editor.plain();
      await editor.command("mtl: Show the drawing");
      const view = await editor.viewWith("#stage svg");
      await view.has(".current[data-card='t_ctr']");
      await editor.goTo(...positionOf(folder, "shop.mtl", "fusion value", 8));
      await view.has(".current[data-card='value']");
      await view.click("[data-card='for_cvr']");
      await view.has(".current[data-card='for_cvr']");
      await editor.seen(".selected-text, .view-overlays .cslr");
      await editor.pause(800);
      await editor.picture("drawing", { height: 918 });
      await editor.height(660);
      await editor.press("Delete");
      await view.until("the note is there", () => document.getElementById("note")?.hidden === false);
      await editor.shot("drawing-old");
    },
  },
  {
    // A typo and its fix, a name changed in two files, one that is taken, and the drawing meanwhile.
    name: "census",
    run: async (editor, folder) => {
      const declared = positionOf(folder, "census.mtl", "input person");
      const line = async (text) => editor.seen(".view-line", text);
      await editor.open("mmoe.mtl");
      await editor.goTo(...positionOf(folder, "mmoe.mtl", "over pool", 9));
      await line("8 × [32]");
      await editor.press("Backspace");
      await editor.seen(".squiggly-error");
      await editor.shot("census-typo");
      await editor.press("Control", ".");
      await editor.seen(".action-widget", "write `pool`");
      await editor.press("Enter");
      await line("for_income: [32]  = softmax(person) over pool");
      await editor.until("the error is gone", () => document.querySelector(".squiggly-error") === null);
      await editor.command("mtl: Show the drawing");
      const view = await editor.viewWith("#stage svg");
      await editor.goTo(...positionOf(folder, "mmoe.mtl", "t_income ", 1));
      await view.has(".current[data-card='t_income']");
      await editor.press("ArrowDown");
      await view.has(".current[data-card='t_marital']");
      await editor.shot("census-drawing");
      const rename = async (text, name, result) => {
        await editor.goTo(...positionOf(folder, "mmoe.mtl", text, 1));
        await editor.press("F2");
        await editor.until("the name can be typed", () => document.activeElement?.closest(".rename-box") !== null);
        await editor.press("Control", "a");
        await editor.type(name);
        await editor.pause(300);
        await editor.shot(`census-rename-${name}`);
        await editor.press("Enter");
        await result();
      };
      await rename("pool[8]", "shared", () => line("softmax(person) over shared"));
      await view.has("[data-card='shared']");
      await rename("person)", "who", () => line("softmax(who) over shared"));
      await editor.open("census.mtl");
      await editor.goTo(...declared);
      await line("input who");
      await editor.shot("census-renamed");
      await editor.open("mmoe.mtl");
      await rename("t_income ", "t_marital", () => editor.seen(".notification-toast", "`t_marital` is declared twice"));
      await editor.shot("census-refused");
    },
  },
  {
    name: "task",
    run: async (editor) => {
      await editor.open("shop.mtl");
      await editor.seen(".codelens-decoration");
      await editor.press("F1");
      await editor.choose("Tasks: Run Task", "Tasks: Run Task");
      await editor.seen(".quick-input-list", "mtlc");
      await editor.pick("mtlc");
      await editor.seen(".quick-input-list", "train shop.mtl");
      await editor.shot("tasks");
      await editor.pick("check all");
      await editor.seen(".xterm");
      await editor.pause(4000);
      await editor.command("Problems: Focus on Problems View");
      await editor.seen(".monaco-list-row", "did you mean `pool`?");
      await editor.shot("problems");
    },
  },
  {
    // Nothing is saved and nothing is installed; on light ground.
    name: "first-minutes",
    settings: { "workbench.colorTheme": "Default Light Modern", "mtl.server.path": "" },
    run: async (editor) => {
      // The palette lists what extensions contribute only once they are known.
      await editor.pause(3000);
      await editor.press("F1");
      await editor.choose("mtl: New spec", "mtl: New spec");
      await editor.seen(".tab.active", "Untitled");
      await editor.plain();
      await editor.goTo(46, 1);
      await editor.seen(".codelens-decoration", "Run test");
      await editor.page.click(".codelens-decoration a");
      await editor.seen(".codelens-decoration", "✓ passed");
      await editor.goTo(38, 9);
      await editor.page.click(".editor-actions .codicon-type-hierarchy-sub");
      const view = await editor.viewWith("#stage svg");
      await view.has(".current[data-card='value']");
      await editor.pause(800);
      await editor.shot("first-minutes");
    },
  },
  {
    name: "walkthrough",
    run: async (editor) => {
      await editor.plain();
      await editor.command("Welcome: Open Walkthrough");
      await editor.seen(".quick-input-list", "Start with mtl");
      await editor.type("Start with mtl");
      await editor.pause(400);
      await editor.press("Enter");
      await editor.seen(".gettingStartedContainer", "Fix it as you write");
      await editor.page.click("[data-step-id$='#draw']");
      await editor.pause(2500);
      await editor.shot("walkthrough");
    },
  },
  {
    // The server in a worker of the browser; the import is a file that only the editor can read.
    name: "browser",
    settings: { "remote.extensionKind": { "mtlc.mtl": ["web"] } },
    run: async (editor, folder) => {
      await editor.open("importer.mtl");
      await editor.until("the import is read", () => document.querySelector(".squiggly-error") === null);
      await editor.goTo(...positionOf(folder, "importer.mtl", "tower t", 6));
      await editor.command("Show or Focus Hover");
      await editor.seen(".monaco-hover", "a tower");
      await editor.shot("browser");
    },
  },
];
