/** `mtlc` as tasks, whose output becomes problems: for a folder, and for the spec in the editor. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import {
  ShellExecution,
  ShellQuoting,
  Task,
  TaskGroup,
  tasks,
  window,
  workspace,
  type Disposable,
  type TaskDefinition,
  type WorkspaceFolder,
} from "vscode";

/** What a task of the type `mtlc` says, in a `tasks.json` as well. */
interface Run {
  readonly command: string;
  /** Relative to the folder; absent: all specs of the folder. */
  readonly spec?: string;
  readonly args?: readonly string[];
}

const commandsOfFolder: readonly Run[] = [{ command: "check" }, { command: "test" }];
const commandsOfSpec: readonly Run[] = [
  { command: "check" },
  { command: "test" },
  { command: "train" },
  { command: "cost" },
];

export function registerTasks(): Disposable {
  return tasks.registerTaskProvider("mtlc", {
    provideTasks: () =>
      (workspace.workspaceFolders ?? []).flatMap((folder) => {
        // Tasks that cannot run are not offered; how to install `mtlc` is in the walkthrough.
        if (findMtlc(folder) === undefined) return [];
        const spec = specIn(folder);
        return [
          ...commandsOfFolder.map((task) => create(folder, task)),
          ...(spec === undefined ? [] : commandsOfSpec.map((task) => create(folder, { ...task, spec }))),
        ];
      }),
    resolveTask: ({ definition, scope }) => {
      const folder = typeof scope === "object" ? scope : workspace.workspaceFolders?.[0];
      return folder === undefined ? undefined : create(folder, definition as TaskDefinition & Run, definition);
    },
  });
}

/** The spec in the editor, when it is a file of the folder. */
function specIn(folder: WorkspaceFolder): string | undefined {
  const document = window.activeTextEditor?.document;
  if (document?.languageId !== "mtl" || document.uri.scheme !== "file") return undefined;
  if (workspace.getWorkspaceFolder(document.uri) !== folder) return undefined;
  return relative(folder.uri.fsPath, document.uri.fsPath).replaceAll("\\", "/");
}

/** `definition`: the one of a `tasks.json`, which VS Code knows the task by. */
function create(
  folder: WorkspaceFolder,
  { command, spec, args = [] }: Run,
  definition: TaskDefinition = {
    type: "mtlc",
    command,
    ...(spec === undefined ? {} : { spec }),
    ...(args.length === 0 ? {} : { args }),
  },
): Task {
  const execution = new ShellExecution(
    { value: findMtlc(folder) ?? "mtlc", quoting: ShellQuoting.Strong },
    [command, spec ?? ".", ...args].map((value) => ({ value, quoting: ShellQuoting.Strong })),
    { cwd: folder.uri.fsPath },
  );
  const name = [command, spec ?? "all specs"].join(" ");
  // What `check` finds in an open file, the editor has marked already.
  const matchers = { check: ["$mtlc-check"], test: ["$mtlc-check", "$mtlc-test"] }[command] ?? ["$mtlc"];
  const task = new Task(definition, folder, name, "mtlc", execution, matchers);
  if (command === "check") task.group = TaskGroup.Build;
  if (command === "test") task.group = TaskGroup.Test;
  return task;
}

/** What the settings name, or the project's own `mtlc`, or the one in PATH. */
function findMtlc(folder: WorkspaceFolder): string | undefined {
  const set = workspace.getConfiguration("mtl", folder).get<string>("server.path", "").trim();
  if (set !== "") return set;
  const names = process.platform === "win32" ? ["mtlc.cmd", "mtlc.exe"] : ["mtlc"];
  const bins: string[] = [];
  for (let at = folder.uri.fsPath; ; at = dirname(at)) {
    bins.push(join(at, "node_modules", ".bin"));
    if (dirname(at) === at) break;
  }
  const searched = [...bins, ...(process.env["PATH"] ?? "").split(delimiter).filter((each) => each !== "")];
  return searched.flatMap((bin) => names.map((name) => join(bin, name))).find((path) => existsSync(path));
}
