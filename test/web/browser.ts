/** A headless Chromium before a server of files. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Where a Chromium is: `MTLC_CHROMIUM`, else where Linux has it; undefined where there is none. */
export const chromiumPath: string | undefined = [
  process.env["MTLC_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && path !== "" && existsSync(path));

export interface WebBrowser {
  /** Puts a file on the server; `policy` is its Content Security Policy. */
  readonly put: (path: string, content: string | Uint8Array, policy?: string) => void;
  /** Opens a page of the server. */
  readonly open: (path: string) => Promise<WebPage>;
  readonly close: () => Promise<void>;
}

export interface WebPage {
  /** What a call of one of the page's functions comes to; rejects with what it throws. */
  readonly call: (name: string, ...values: readonly unknown[]) => Promise<unknown>;
  /** What the page said on its console, and errors that nobody caught. */
  readonly said: readonly string[];
}

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

export async function openBrowser(): Promise<WebBrowser> {
  const files = new Map<string, { readonly content: string | Uint8Array; readonly policy?: string }>();
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const file = files.get(pathname);
    const headers = {
      "content-type": types[extname(pathname)] ?? "text/plain",
      ...(file?.policy === undefined ? {} : { "content-security-policy": file.policy }),
    };
    response.writeHead(file === undefined ? 404 : 200, headers).end(file?.content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const graphics = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--enable-unsafe-webgpu"];
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: ["--no-sandbox", ...graphics, "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"],
  });
  return {
    put: (path, content, policy) => void files.set(path, { content, ...(policy === undefined ? {} : { policy }) }),
    open: (path) => openPage(browser, origin + path),
    close: async () => {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function openPage(browser: Browser, url: string): Promise<WebPage> {
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(url);
  const session = await page.context().newCDPSession(page);
  return {
    said,
    // Playwright's own way evaluates text in the page, which a strict policy forbids.
    call: async (name, ...values) => {
      const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
        expression: `${name}(...${JSON.stringify(values)})`,
        awaitPromise: true,
        returnByValue: true,
        allowUnsafeEvalBlockedByCSP: false,
      });
      if (exceptionDetails === undefined) return result.value;
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    },
  };
}
