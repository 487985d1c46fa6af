/** A headless Chromium before a server of modules whose pages may not evaluate text. */
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";

/** Where a Chromium is: `MTLC_CHROMIUM`, else where Linux has it; undefined where there is none. */
export const chromiumPath: string | undefined = [
  process.env["MTLC_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && path !== "" && existsSync(path));

/** What scripts may do: only those of the server run, WebAssembly does, and no text is evaluated. */
export const wasmPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
/** The same, and no WebAssembly. */
export const scriptPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'";

export interface WebBrowser {
  /** Puts a file on the server. */
  readonly put: (path: string, content: string | Uint8Array) => void;
  /** A page that runs `page.js` under a policy. */
  readonly open: (policy: string) => Promise<WebPage>;
  readonly close: () => Promise<void>;
}

export interface WebPage {
  /** What a call of one of the page's functions comes to; rejects with what it throws. */
  readonly call: (name: string, ...values: readonly unknown[]) => Promise<unknown>;
}

export async function openBrowser(): Promise<WebBrowser> {
  const files = new Map<string, string | Uint8Array>();
  const policies = new Map<string, string>();
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const policy = policies.get(pathname);
    const file =
      policy === undefined ? files.get(pathname) : '<!doctype html><script type="module" src="/page.js"></script>';
    const headers = {
      "content-type": policy === undefined ? "text/javascript" : "text/html",
      ...(policy === undefined ? {} : { "content-security-policy": policy }),
    };
    response.writeHead(file === undefined ? 404 : 200, headers).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let browser: Browser | undefined;
  return {
    put: (path, content) => void files.set(path, content),
    open: async (policy) => {
      browser ??= await chromium.launch({
        executablePath: chromiumPath ?? "",
        args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
      });
      const path = `/policy-${policies.size}`;
      policies.set(path, policy);
      const page = await browser.newPage();
      await page.goto(origin + path);
      const session = await page.context().newCDPSession(page);
      return {
        // Playwright's own way evaluates text in the page, which the policy forbids.
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
    },
    close: async () => {
      await browser?.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
