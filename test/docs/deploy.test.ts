import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serveVerb } from "../../src/cli/commands/serve/command.js";
import { healthRoutes } from "../../src/runtime/serve/routes/health.js";
import { serverDefaults } from "../../src/runtime/serve/server.js";
import { pageCalled, readPages, root } from "./pages.js";

/** What docs/deploy.md and the files of deploy/ tell the system is true of the server and of the repository. */
const page = pageCalled(readPages(), "docs/deploy.md");
const dockerfile = readFileSync(join(root, "deploy/Dockerfile"), "utf8");
const unit = readFileSync(join(root, "deploy/mtlc-serve.service"), "utf8");
const commands = page.fences
  .filter(({ language }) => language === "console")
  .flatMap(({ text }) => text.split("\n"))
  .flatMap((line) => (line.startsWith("$ ") ? [line.slice(2)] : []));
const packageFile = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** The words of an instruction that begins a line and has the form of JSON: `CMD ["a", "b"]`. */
function instruction(name: string): readonly string[] {
  const found = new RegExp(`^${name} (\\[.*\\])$`, "m").exec(dockerfile)?.[1];
  return JSON.parse(found ?? "[]") as readonly string[];
}

function setting(name: string): string {
  return new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
}

describe("options of the server", () => {
  const lines: readonly (readonly [string, string])[] = [
    ["Dockerfile", [...instruction("ENTRYPOINT"), ...instruction("CMD")].join(" ")],
    ["mtlc-serve.service", setting("ExecStart")],
    ...commands.flatMap((line): [string, string][] => {
      const after = /^docker run .* mtlc-serve( \/.*)?$/.exec(line)?.[1];
      return after === undefined ? [] : [["deploy.md", `mtlc.js serve${after}`]];
    }),
  ];

  it.each(lines)("of %s are real", (_, line) => {
    const [, path = "", rest = ""] = /mtlc\.js serve (\/\S+)(.*)$/.exec(line) ?? [];
    expect(path).toMatch(/^\/(srv\/)?models$/);
    const flags = [...rest.matchAll(/--([\w-]+) (\S+)/g)];
    expect(rest.trim().split(/ +/)).toHaveLength(2 * flags.length);
    const options: Readonly<Record<string, object>> = serveVerb.spec.options;
    for (const [, name = "", value = ""] of flags) {
      const option = options[name];
      expect(option, name).toBeDefined();
      if (option !== undefined && "values" in option) expect(option.values).toContain(value);
    }
  });

  it("named in the prose are real", () => {
    const named = [...page.text.matchAll(/`--([a-z-]+)`/g)].map(([, name]) => name ?? "");
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((name) => !(name in serveVerb.spec.options))).toEqual([]);
  });
});

describe("the image", () => {
  it("copies what there is, and gives the builder what packing needs", () => {
    const given = readFileSync(join(root, "deploy/Dockerfile.dockerignore"), "utf8").matchAll(/^!(.*)$/gm);
    const names = [...given].map(([, name]) => name ?? "");
    expect(names.filter((name) => !existsSync(join(root, name)))).toEqual([]);
    const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly files: string[] };
    const packed = files.filter((name) => !/^!|^dist/.test(name)).map((name) => name.split("/")[0] ?? "");
    expect([...packed, "src", "scripts", "tsconfig.json"].filter((name) => !names.includes(name))).toEqual([]);
  });

  it("runs as nobody of the system", () => {
    expect(/^USER (\d+):(\d+)$/m.exec(dockerfile)?.slice(1)).toEqual(["65532", "65532"]);
  });

  it("is healthy while the server is ready", async () => {
    const [node, flag = "", script = ""] = instruction("  CMD");
    expect([node, flag]).toEqual(["node", "-e"]);
    const paths: (string | undefined)[] = [];
    let status = 200;
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.writeHead(status).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const here = script.replace("8080", String((server.address() as AddressInfo).port));
    const check = async (): Promise<unknown> => (await once(spawn(process.execPath, [flag, here]), "exit"))[0];
    expect(await check()).toBe(0);
    status = 503;
    expect(await check()).toBe(1);
    server.close();
    server.closeAllConnections();
    expect(await check()).toBe(1);
    expect(new Set(paths)).toEqual(new Set(["/v2/health/ready"]));
  });
});

describe("the unit", () => {
  it("waits for the server to end, and runs it without rights", () => {
    const [, grace] = /default: (\d+)/.exec(serveVerb.spec.options["grace"]?.doc ?? "") ?? [];
    expect(Number(setting("TimeoutStopSec")) * 1000).toBeGreaterThan(Number(grace));
    expect(unit).toMatch(/^DynamicUser=yes$/m);
    expect(unit).toMatch(/^NoNewPrivileges=yes$/m);
    expect(unit).toMatch(/^ProtectSystem=strict$/m);
    expect(unit).toMatch(/^CapabilityBoundingSet=$/m);
  });

  const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
  it.skipIf(!hasSystemd)("is one for systemd (needs systemd-analyze)", () => {
    const folder = mkdtempSync(join(tmpdir(), "mtlc-unit-"));
    const file = join(folder, "mtlc-serve.service");
    // It looks whether the program is there.
    writeFileSync(file, unit.replace("/usr/bin/node", process.execPath));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect(`${status} ${stderr}`).toBe("0 ");
  });
});

describe("docs/deploy.md", () => {
  it("names files, versions and paths that there are", () => {
    const files = commands.flatMap((line) => line.match(/\bdeploy\/[\w.-]+/g) ?? []);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((name) => !existsSync(join(root, name)))).toEqual([]);
    const text = commands.join("\n");
    expect(/mtlc-([\d.]+)\.tgz/.exec(text)?.[1]).toBe(packageFile.version);
    expect(/onnxruntime-node@(\S+)/.exec(text)?.[1]).toBe(packageFile.devDependencies["onnxruntime-node"]);
    const health = [...page.text.matchAll(/\/v2\/health\/\w+/g)].map(([path]) => path);
    const routes = healthRoutes.map(({ path }) => path);
    expect(health.length).toBeGreaterThan(2);
    expect(health.filter((path) => !routes.includes(path))).toEqual([]);
    expect(text).toContain("localhost:8080");
    expect(serverDefaults.poll).toBe(2_000);
  });
});
