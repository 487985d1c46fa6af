import { describe, expect, it } from "vitest";
import { stdPath } from "../../src/compiler/std/index.js";
import { createRemoteDisk } from "../../src/server/web/remote-disk.js";
import { createUris, stdDocuments } from "../../src/server/web/uris.js";
import { createWorkspace } from "../../src/server/workspace.js";

describe("a disk whose files the editor reads", () => {
  it("asks once for each file, and has it when it has arrived", async () => {
    const asked: string[] = [];
    const disk = createRemoteDisk({
      list: () => Promise.resolve(["/a.mtl"]),
      read: (path) => {
        asked.push(path);
        return Promise.resolve(path === "/a.mtl" ? "model a\n" : undefined);
      },
    });
    expect(disk.stamp("/a.mtl")).toBeUndefined();
    expect(disk.stamp("/b.mtl")).toBeUndefined();
    await disk.arrival?.();
    expect(disk.arrival?.()).toBeUndefined();
    expect(disk.read("/a.mtl")).toBe("model a\n");
    expect([disk.stamp("/a.mtl"), disk.stamp("/b.mtl")]).toEqual([expect.any(String), undefined]);
    expect(asked).toEqual(["/a.mtl", "/b.mtl"]);
  });

  it("asks again for what changed, and has the old text until then", async () => {
    let text: string | undefined = "old";
    const disk = createRemoteDisk({ list: () => Promise.resolve([]), read: () => Promise.resolve(text) });
    disk.stamp("/a.mtl");
    await disk.arrival?.();
    const first = disk.stamp("/a.mtl");
    text = "new";
    disk.noteChanges?.(["/a.mtl", "/never-read.mtl"]);
    expect(disk.read("/a.mtl")).toBe("old");
    await disk.arrival?.();
    expect(disk.read("/a.mtl")).toBe("new");
    expect(disk.stamp("/a.mtl")).not.toBe(first);
    text = undefined;
    disk.noteChanges?.(["/a.mtl"]);
    await disk.arrival?.();
    expect(disk.stamp("/a.mtl")).toBeUndefined();
  });

  it("takes a file that the editor cannot read for one that is not there", async () => {
    const disk = createRemoteDisk({
      list: () => Promise.reject(new Error("no folders")),
      read: () => Promise.reject(new Error("no permission")),
    });
    disk.stamp("/a.mtl");
    expect(disk.specsUnder("/")).toEqual([]);
    await disk.arrival?.();
    expect(disk.stamp("/a.mtl")).toBeUndefined();
    expect(disk.specsUnder("/")).toEqual([]);
  });

  it("gives a spec its imports", async () => {
    const files = new Map([
      ["/w/m.mtl", 'model m\nimport { a } from "./parts/p.mtl"\ninput x = [a]\n'],
      ["/w/parts/p.mtl", "features {\n  a: numeric\n}\n"],
    ]);
    const disk = createRemoteDisk({
      list: () => Promise.resolve([...files.keys()]),
      read: (path) => Promise.resolve(files.get(path)),
    });
    const workspace = createWorkspace(disk);
    workspace.setFolders(["/w"]);
    workspace.open("/w/m.mtl", files.get("/w/m.mtl") ?? "");
    const codes = (): readonly string[] =>
      workspace
        .compilation("/w/m.mtl")
        .diagnostics.flatMap(({ severity, code }) => (severity === "error" ? [code] : []));
    expect(codes()).not.toEqual([]);
    for (let arrival = disk.arrival?.(); arrival !== undefined; arrival = disk.arrival?.()) await arrival;
    expect(codes()).toEqual([]);
    workspace.specs();
    await disk.arrival?.();
    workspace.noteChangedFiles();
    expect(workspace.specs()).toEqual(["/w/m.mtl", "/w/parts/p.mtl"]);
  });
});

describe("URIs of any scheme", () => {
  it.each([
    ["vscode-vfs://github/owner/a%20b/m.mtl", "/owner/a b/m.mtl"],
    ["file:///home/x/m.mtl", "/home/x/m.mtl"],
    ["vscode-test-web://mount/m.mtl", "/m.mtl"],
  ])("%s is a path and back", (uri, path) => {
    const { pathOfUri, uriOfPath } = createUris();
    expect(pathOfUri(uri)).toBe(path);
    expect(uriOfPath(path)).toBe(uri);
  });

  it("stand for themselves outside of the workspace", () => {
    const { pathOfUri, uriOfPath } = createUris();
    expect(pathOfUri("untitled:Untitled-1")).toBe("untitled:Untitled-1");
    expect(pathOfUri("vscode-vfs://github/o/r/m.mtl")).toBe("/o/r/m.mtl");
    expect(pathOfUri("file:///m.mtl")).toBe("file:///m.mtl");
    expect(uriOfPath("file:///m.mtl")).toBe("file:///m.mtl");
  });

  it("open the standard library as documents of a scheme", () => {
    const uri = stdDocuments.toEditor(stdPath("mmoe"));
    expect(uri).toBe("mtl-std:/2026/mmoe.mtl");
    expect(stdDocuments.fromEditor(uri)).toBe(stdPath("mmoe"));
    expect(stdDocuments.toEditor("/a.mtl")).toBe("/a.mtl");
  });
});
