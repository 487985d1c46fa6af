/** A window of VS Code in a browser, with what a user does in it. */
import { join } from "node:path";

const longest = 20_000;

/** Opens a window and waits until the workbench is there. */
export async function openWindow(browser, { url, shots }) {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await page.waitForSelector(".monaco-workbench .explorer-folders-view .monaco-list-row", { timeout: 60_000 });

  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const press = async (...keys) => {
    for (const key of keys.slice(0, -1)) await page.keyboard.down(key);
    await page.keyboard.press(keys.at(-1));
    for (const key of keys.slice(0, -1).reverse()) await page.keyboard.up(key);
  };
  const type = (text) => page.keyboard.type(text, { delay: 8 });
  /** Waits until a condition in a frame is true. */
  const untilIn = async (frame, what, condition, ...given) => {
    try {
      await frame.waitForFunction(condition, { timeout: longest, polling: 100 }, ...given);
    } catch {
      throw new Error(`this did not happen: ${what}`);
    }
  };
  const until = (what, condition, ...given) => untilIn(page, what, condition, ...given);
  const seen = (selector, text = "") =>
    until(
      `${selector} with "${text}"`,
      (css, wanted) =>
        [...document.querySelectorAll(css)].some((each) =>
          (each.textContent ?? "").replaceAll("\u00a0", " ").includes(wanted),
        ),
      selector,
      text,
    );
  const pick = async (text) => {
    await page.waitForSelector(".quick-input-widget:not([style*='display: none']) input", { timeout: longest });
    await type(text);
    await pause(500);
    await press("Enter");
    await pause(300);
  };
  const choose = async (text, label) => {
    await page.waitForSelector(".quick-input-widget:not([style*='display: none']) input", { timeout: longest });
    await type(text);
    const row = await page.waitForSelector(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`, {
      timeout: longest,
    });
    await pause(300);
    await row.click();
    await pause(300);
  };
  return {
    choose,
    pick,
    page,
    pause,
    press,
    type,
    until,
    seen,
    /** A command by its title. */
    command: async (title) => {
      await press("F1");
      await pick(title);
    },
    open: async (name) => {
      // By the explorer: finding files by name needs ripgrep, which code-server's package downloads from elsewhere.
      await page.click(`.explorer-folders-view [aria-label="${name}"]`, { count: 2 });
      await seen(".tab.active", name);
      await page.waitForSelector(".editor-instance .view-line", { timeout: longest });
    },
    goTo: async (line, column) => {
      await press("Control", "g");
      await pick(`${line}:${column}`);
    },
    /**
     * The webview that holds an element. All goes through the page's own world: VS Code writes the page of a webview into a
     * frame that is there already, and the world that puppeteer's selectors use may still see the empty page before.
     */
    viewWith: async (selector) => {
      const holds = (css) => document.querySelector(css) !== null;
      for (let tries = 0; tries < longest / 200; tries++) {
        for (const frame of page.frames()) {
          if (!(await frame.evaluate(holds, selector).catch(() => false))) continue;
          const wait = (what, condition, ...given) => untilIn(frame, what, condition, ...given);
          return {
            until: wait,
            has: (css) => wait(`the view holds ${css}`, holds, css),
            click: async (css) => {
              const handle = await frame.evaluateHandle((wanted) => document.querySelector(wanted), css);
              await handle.asElement().click();
            },
          };
        }
        await pause(200);
      }
      throw new Error(`no view holds ${selector}`);
    },
    /** Only the editors, as in a picture of a page. */
    plain: async () => {
      await press("Control", "b");
      await pause(300);
    },
    /** Makes the window this high. */
    height: (height) => page.setViewport({ width: 1120, height }),
    shot: (name) => page.screenshot({ path: join(shots, `${name}.png`) }),
    /** Without what is around the editors, as the pages of the extension show it. */
    picture: (name, { height = 470 } = {}) =>
      page.screenshot({ path: join(shots, `${name}.png`), clip: { x: 48, y: 0, width: 1072, height } }),
    close: async () => {
      await page.close({ runBeforeUnload: false });
    },
  };
}
