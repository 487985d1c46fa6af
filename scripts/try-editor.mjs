// Tries the extension in a real VS Code, the one in the npm package code-server, driven by a headless Chromium, and takes
// screenshots: `npm run try-editor -- FOLDER`. Nothing of it belongs to the project: code-server and puppeteer-core lie in a
// cache folder, where `--install` puts them (only from the registry, a few minutes and 400 MB).
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { scenarios } from "./try-editor/scenarios.mjs";
import { openWindow } from "./try-editor/window.mjs";
import { buildVsix } from "./vsix.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cache = process.env["MTLC_TRY_EDITOR"] ?? join(homedir(), ".cache", "mtlc", "try-editor");
/** VS Code 1.100 on Node 20, the last code-server for it. */
const versions = { "code-server": "4.100.3", "puppeteer-core": "24.43.1" };
const codeServer = join(cache, "node_modules", "code-server");

function findChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const paths = (process.env["PATH"] ?? "").split(delimiter).flatMap((bin) => names.map((name) => join(bin, name)));
  return [process.env["CHROMIUM"], ...paths].find((path) => path !== undefined && existsSync(path));
}

/** What is missing, a sentence each. */
function missing() {
  const isThere = (name) =>
    existsSync(join(cache, "node_modules", name)) &&
    JSON.parse(readFileSync(join(cache, "node_modules", name, "package.json"), "utf8")).version === versions[name];
  const major = Number(process.versions.node.split(".")[0]);
  return [
    ...(findChromium() === undefined ? ["no Chromium in PATH: `apt install chromium`, or set CHROMIUM to one"] : []),
    ...(major === 20 ? [] : [`code-server ${versions["code-server"]} runs on Node 20, and this is ${process.version}`]),
    ...Object.keys(versions).flatMap((name) =>
      isThere(name) ? [] : [`no ${name} ${versions[name]} in ${cache}: \`npm run try-editor -- --install\``],
    ),
  ];
}

function install() {
  mkdirSync(cache, { recursive: true });
  if (!existsSync(join(cache, "package.json"))) writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  const npm = (cwd, ...words) => {
    const { status } = spawnSync("npm", [...words, "--no-audit", "--no-fund"], {
      cwd,
      stdio: ["ignore", 2, 2],
      // Headers of the system's Node, so that node-gyp downloads none.
      env: { ...process.env, npm_config_nodedir: "/usr", npm_config_yes: "true" },
    });
    if (status !== 0) throw new Error(`npm ${words.join(" ")} failed in ${cwd}`);
  };
  const exact = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  npm(cache, "install", "--ignore-scripts", "--save-exact", ...exact);
  npm(cache, "rebuild", "argon2");
  // What code-server's own installation does, but for what downloads from elsewhere (ripgrep) or is not needed (kerberos).
  const editor = join(codeServer, "lib", "vscode");
  npm(editor, "install", "--omit=dev", "--ignore-scripts");
  npm(join(editor, "extensions"), "install", "--omit=dev", "--ignore-scripts");
  for (const name of ["@vscode/spdlog", "native-watchdog", "node-pty", "@parcel/watcher"]) npm(editor, "rebuild", name);
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function answering(url) {
  for (let tries = 0; tries < 150; tries++) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error("code-server does not answer");
}

const settings = {
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.layoutControl.enabled": false,
  "security.workspace.trust.enabled": false,
  "editor.minimap.enabled": false,
  "editor.fontSize": 13,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "git.enabled": false,
  "chat.commandCenter.enabled": false,
  "window.commandCenter": false,
};

/** A workspace of specs as a user would have it, with `mtlc` in its `node_modules`. */
function fillWorkspace(folder) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "specs", "examples", "feed.mtl"), join(folder, "feed.mtl"));
  cpSync(join(root, "editors", "vscode", "starter.mtl"), join(folder, "shop.mtl"));
  const shop = readFileSync(join(folder, "shop.mtl"), "utf8");
  writeFileSync(
    join(folder, "broken.mtl"),
    shop.replace("model shop", "model broken").replace("over pool", "over pol"),
  );
  for (const name of ["census.mtl", "mmoe.mtl"]) cpSync(join(root, "specs", "census", name), join(folder, name));
  writeFileSync(join(folder, "part.mtl"), "features {\n  user: categorical(embed: 8)\n  age:  numeric\n}\n");
  writeFileSync(
    join(folder, "importer.mtl"),
    [
      "model importer",
      "",
      'import "./part.mtl"',
      "",
      "labels {",
      "  click: event",
      "}",
      "",
      "tower t = mlp([user, age], [16])",
      "",
      "task ctr: P(click) = sigmoid(logit(t))",
      "",
      "loss {",
      "  ctr: bce",
      "}",
      "",
    ].join("\n"),
  );
  const bin = join(folder, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "mtlc"), `#!/bin/sh\nexec "${process.execPath}" "${join(root, "bin", "mtlc.js")}" "$@"\n`, {
    mode: 0o755,
  });
}

async function tryEditor(shots, wanted) {
  const base = mkdtempSync(join(tmpdir(), "mtl-editor-"));
  const at = (...parts) => join(base, ...parts);
  for (const folder of [at("data", "User"), shots]) mkdirSync(folder, { recursive: true });
  writeFileSync(at("config.yaml"), "auth: none\n");
  const port = await freePort();
  const entry = [
    join(codeServer, "out", "node", "entry.js"),
    "--config",
    at("config.yaml"),
    "--user-data-dir",
    at("data"),
    "--extensions-dir",
    at("extensions"),
  ];
  const vsix = await buildVsix(at("mtl.vsix"));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...entry, "--install-extension", vsix], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the extension cannot be installed:\n${stdout}${stderr}`);
  const server = spawn(
    process.execPath,
    [...entry, "--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"],
    { stdio: "ignore", detached: true },
  );
  await answering(`http://127.0.0.1:${port}/healthz`);
  const puppeteer = createRequire(join(cache, "package.json"))("puppeteer-core");
  const browser = await puppeteer.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"],
    userDataDir: at("chromium"),
    defaultViewport: { width: 1120, height: 660 },
  });
  let failed = 0;
  try {
    for (const { name, run, settings: own = {} } of scenarios.filter(
      (each) => wanted.length === 0 || wanted.includes(each.name),
    )) {
      // A folder each: an editor remembers what was open and not saved.
      const workspace = at(name, "shop");
      fillWorkspace(workspace);
      writeFileSync(at("data", "User", "settings.json"), JSON.stringify({ ...settings, ...own }));
      const editor = await openWindow(browser, { url: `http://127.0.0.1:${port}/?folder=${workspace}`, shots });
      try {
        await run(editor, workspace);
        process.stdout.write(`ok   ${name}\n`);
      } catch (error) {
        failed++;
        await editor.shot(`${name}-failed`);
        process.stdout.write(`FAIL ${name}: ${error.message}\n`);
      } finally {
        await editor.close();
      }
    }
  } finally {
    await browser.close();
    process.kill(-server.pid);
    rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  process.stdout.write(`screenshots: ${shots}\n`);
  return failed;
}

const words = process.argv.slice(2);
try {
  if (words.includes("--install")) install();
  const absent = missing();
  if (absent.length > 0) throw new Error(["this needs more than there is:", ...absent].join("\n  "));
  const [folder = join(root, ".mtlc", "try-editor"), ...wanted] = words.filter((word) => !word.startsWith("--"));
  process.exitCode = (await tryEditor(resolve(folder), wanted)) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
