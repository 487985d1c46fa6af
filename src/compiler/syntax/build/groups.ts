/** What one text says of several names: tasks over members, keys with one value. */
import type { AnyNode } from "../visit.js";
import type { Entry, Name, TaskDeclaration } from "../ast.js";

/** The name that stands for each member, in the type and the value of tasks over members. */
export const memberWord = "member";

const tasks = new WeakMap<TaskDeclaration, readonly TaskDeclaration[]>();
const entries = new WeakMap<Entry, readonly Entry[]>();

/** The tasks of a declaration, one for each of its members. The same declaration gives the same tasks. */
export function tasksOf(task: TaskDeclaration): readonly TaskDeclaration[] {
  const { members, ...rest } = task;
  if (members === undefined) return [task];
  return remembered(tasks, task, () =>
    members.map((name) => {
      const member = (node: Name): Name =>
        node.text === memberWord ? { ...name, span: node.span, derived: true } : node;
      return { ...rest, name, type: withNames(task.type, member), value: withNames(task.value, member) };
    }),
  );
}

/** An entry for each of its keys. The same entry gives the same ones. */
export function entriesOf(entry: Entry): readonly Entry[] {
  const { keys, ...rest } = entry;
  if (keys === undefined) return [entry];
  return remembered(entries, entry, () => keys.map((key) => ({ ...rest, key })));
}

function remembered<K extends object, V>(known: WeakMap<K, V>, key: K, make: () => V): V {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** A tree with other names; what has none of them stays the same object. */
function withNames<T extends AnyNode>(node: T, rename: (name: Name) => Name): T {
  if (node.kind === "Name") return rename(node) as T;
  let changed = false;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]: readonly [string, unknown]) => {
      const next = Array.isArray(value)
        ? renamedItems(value, rename)
        : isNode(value)
          ? withNames(value, rename)
          : value;
      if (next !== value) changed = true;
      return [key, next];
    }),
  );
  // The form of the node is kept.
  return changed ? (copy as unknown as T) : node;
}

function renamedItems(items: readonly unknown[], rename: (name: Name) => Name): readonly unknown[] {
  const next = items.map((item) => (isNode(item) ? withNames(item, rename) : item));
  return next.every((item, i) => item === items[i]) ? items : next;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "kind" in value && "span" in value;
}
