/** A session whose variables are rows of larger ones, read and written by their own names. */
import type { StackedState } from "../../compiler/graph/passes/stack-state.js";
import type { StateVariable } from "../../compiler/graph/graph.js";
import { sizeOfShape } from "../../compiler/graph/tensor.js";
import type { HostTensor, Session } from "./engine.js";

/** The session as it was before variables were stacked; itself where none are. */
export function withParts(session: Session, stacked: readonly StackedState[]): Session {
  if (stacked.length === 0) return session;
  const wholes = new Map(stacked.map((each) => [each.whole.name, each]));
  const wholeOf = new Map(stacked.flatMap((each) => each.parts.map(({ name }) => [name, each] as const)));
  const get = (names?: readonly string[]): ReadonlyMap<string, HostTensor> => {
    const asked =
      names === undefined ? undefined : [...new Set(names.map((name) => wholeOf.get(name)?.whole.name ?? name))];
    const found = new Map<string, HostTensor>();
    for (const [name, value] of session.get(asked)) {
      const whole = wholes.get(name);
      if (whole === undefined) found.set(name, value);
      else for (const [part, own] of partsOf(whole, value)) found.set(part, own);
    }
    return names === undefined ? found : new Map(names.map((name) => [name, found.get(name) ?? missing(name)]));
  };
  const set = (values: ReadonlyMap<string, HostTensor>): void => {
    const changed = new Map<string, HostTensor>();
    const touched = new Set<StackedState>();
    for (const [name, value] of values) {
      const whole = wholeOf.get(name);
      if (whole === undefined) changed.set(name, value);
      else touched.add(whole);
    }
    for (const each of touched) {
      const left = each.parts.map(({ name }) => name).filter((name) => !values.has(name));
      const others = left.length === 0 ? new Map<string, HostTensor>() : get(left);
      changed.set(
        each.whole.name,
        stackedValue(each, (name) => values.get(name) ?? others.get(name) ?? missing(name)),
      );
    }
    session.set(changed);
  };
  const { stepsPerCall, runSteps, compileSteps } = session;
  return {
    run: (name, feeds) => session.run(name, feeds),
    ...(stepsPerCall === undefined ? {} : { stepsPerCall: stepsPerCall.bind(session) }),
    ...(runSteps === undefined ? {} : { runSteps: runSteps.bind(session) }),
    ...(compileSteps === undefined ? {} : { compileSteps: compileSteps.bind(session) }),
    get,
    set,
    readRows: (name, first, count) => session.readRows(name, first, count),
    writeRows: (name, first, values) => {
      session.writeRows(name, first, values);
    },
    close: () => {
      session.close();
    },
  };
}

function* partsOf({ parts }: StackedState, { data }: HostTensor): IterableIterator<readonly [string, HostTensor]> {
  let first = 0;
  for (const { name, type } of parts) {
    const shape = type.shape.map(Number);
    const size = sizeOfShape(shape);
    yield [name, { shape, data: data.slice(first, first + size) }];
    first += size;
  }
}

/** Throws where a part has another size than its variable. */
function stackedValue({ whole, parts }: StackedState, valueOf: (name: string) => HostTensor): HostTensor {
  const shape = whole.type.shape.map(Number);
  const data =
    whole.type.dtype === "float32" ? new Float32Array(sizeOfShape(shape)) : new Int32Array(sizeOfShape(shape));
  let first = 0;
  for (const part of parts) {
    const value = valueOf(part.name);
    checkShape(part, value);
    data.set(value.data, first);
    first += value.data.length;
  }
  return { shape, data };
}

function checkShape({ name, type }: StateVariable, { shape, data }: HostTensor): void {
  if (shape.join() !== type.shape.join() || data.length !== sizeOfShape(type.shape.map(Number)))
    throw new Error(`state \`${name}\` is [${type.shape.join(", ")}], was given [${shape.join(", ")}]`);
}

function missing(name: string): never {
  throw new Error(`the program has no state \`${name}\``);
}
