/** Names that objects of JavaScript, or its syntax, already have: each is a good name in a spec. */
export const heldNames = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "toLocaleString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
  "toJSON",
  "then",
  "length",
  "size",
  "name",
  "kind",
  "map",
  "get",
  "has",
  "arguments",
  "caller",
  "eval",
  "undefined",
  "null",
  "NaN",
  "Infinity",
  "class",
  "function",
  "default",
  "await",
  "delete",
  "this",
  "new",
  "return",
  "id",
  "B",
] as const;

/** A spec whose features, labels, tensors and heads are called by one of the names each. */
export function networkSpec(names: readonly string[]): string {
  const third = Math.ceil(names.length / 4);
  const kinds = [
    "categorical(vocab: 9, embed: 4)",
    "numeric",
    "bucket(quantiles: 3, embed: 4)",
    "bag(hash: 20, embed: 4)",
  ];
  const features = names.map((name, i) => `  ${name}: ${kinds[Math.floor(i / third)] ?? "numeric"}`);
  return `model ${names[0] ?? "m"}

data { train: csv("train.csv"), test: csv("train.csv") }

features {
${features.join("\n")}
}

labels {
  click: event
}

tower tower_all = mlp([${names.join(", ")}], [8])

task ctr: P(click) = sigmoid(logit(tower_all))

loss { ctr: bce }

train { batch: 16 }
`;
}

/** A spec whose labels, network, tasks and penalties are called by the names. */
export function headsSpec(names: readonly string[]): string {
  const [network, tasks] = [names.filter((_, i) => i % 2 === 0), names.filter((_, i) => i % 2 === 1)];
  const parts = network.map((name, i) => {
    const from = `x${i % 2 === 0 ? "" : "_both"}`;
    if (i % 5 === 0) return `input ${name} = [${from}]`;
    if (i % 5 === 1) return `table ${name} = embedding(user, 4)`;
    if (i % 5 === 2) return `experts ${name}[2] = mlp(${from}, [4])\ngate ${name}_gate = softmax(${from}) over ${name}`;
    if (i % 5 === 3) return `bottoms ${name} [${names.slice(0, 6).join(", ")}] = mlp(${from}, [3])`;
    return `tower ${name} = mlp(${from}, [4])`;
  });
  const read = network.flatMap((name, i) => {
    if (i % 5 === 2) return [`${name}_gate`];
    return i % 5 === 3 ? names.slice(0, 6).map((member) => `${name}.${member}`) : [name];
  });
  return `model ${names[1] ?? "m"}

data { train: csv("train.csv"), test: csv("train.csv") }

features { user: categorical(vocab: 9, embed: 4) }

labels {
${names.map((name) => `  ${name}: event`).join("\n")}
}

input x = [user]
input x_both = [user, user]
${parts.join("\n")}
tower joined = mlp([${read.join(", ")}], [4])
${tasks.map((name) => `task ${name}: P(${name}) = sigmoid(logit(joined))`).join("\n")}
${network.map((name) => `task p_${name}: P(${name}) = sigmoid(logit(joined))`).join("\n")}

loss {
${tasks.map((name) => `  ${name}: bce`).join("\n")}
${network.map((name) => `  p_${name}: bce\n  ${name}: 1e-6 * l2(${name})`).join("\n")}
}

train { batch: 16 }
`;
}

/** A spec whose inputs, parameters, formulas, rules, rankings, arms and candidates are called by the names. */
export function servingSpec(names: readonly string[]): string {
  const at = (k: number): readonly string[] => names.filter((_, i) => i % 5 === k);
  const [signals, params, attributes, formulas, requests] = [at(0), at(1), at(2), at(3), at(4)];
  const last = formulas.at(-1) ?? "f";
  const fields = [...signals.map((name) => `${name}: 0.5`), ...attributes.map((name) => `${name}: 2`)];
  return `model ${names[2] ?? "m"}

signals {
${signals.map((name) => `  ${name}: P(${name})`).join("\n")}
}
attributes {
${attributes.map((name) => `  ${name}: number in [0, 9] missing 1`).join("\n")}
}
request {
${requests.map((name) => `  ${name}: number in [0, 9] missing 3`).join("\n")}
  user: text missing "u"
}
params {
${params.map((name, i) => `  ${name}: ${1 + i / 8} in [0, 4]`).join("\n")}
}
def p_all(x) = x + 1
fusion start = ${[...signals, ...params, ...attributes, ...requests].join(" + ")}
${formulas.map((name, i) => `fusion ${name} = p_all(${formulas[i - 1] ?? "start"})`).join("\n")}
rules page_rules {
${names.map((name) => `  boost ${name} when ${attributes[0] ?? "x"} > 5 by 1.01`).join("\n")}
}
rank page_rank = top 5 by ${last} with page_rules
experiment trial {
  by: user
${names
  .slice(0, 8)
  .map((name) => `  ${name}: arm(0.125, ${params[0] ?? "a"}: 2)`)
  .join("\n")}
}
test "all" {
${names.map((name, i) => `  candidate ${name} { ${fields.map((field) => (i === 0 ? field : field.replace("2", "1"))).join(", ")} }`).join("\n")}
  expect ${last}(${names[0] ?? "a"}) > ${last}(${names[1] ?? "b"})
  expect page_rank == [${names[0] ?? "a"}, ${[...names].slice(1).toSorted().slice(0, 4).join(", ")}]
}
`;
}

/** Declarations of one kind, each called by a name: macros, formulas, rankings, blocks of rules and experiments. */
export function declarationSpec(
  kind: "def" | "fusion" | "rank" | "rules" | "experiment",
  names: readonly string[],
): string {
  const one = (name: string, i: number): string => {
    switch (kind) {
      case "def":
        return `def ${name}(${names[(i + 1) % names.length] ?? "x"}) = ${names[(i + 1) % names.length] ?? "x"} + ${i}\nfusion f_${i} = ${name}(ctr)`;
      case "fusion":
        return `fusion ${name} = ctr + ${i}`;
      case "rank":
        return `rank ${name} = top ${i + 1} by ctr`;
      case "rules":
        return `rules ${name} { drop ${name} when ctr > 0.5 }\nrank r_${i} = top 3 by ctr with ${name}`;
      case "experiment":
        return `params { a_${i}: 1 in [0, 2] }\nexperiment ${name} { by: user, ${name}: arm(0.5), other: arm(0.5, a_${i}: 2) }`;
    }
  };
  const params = kind === "experiment" ? `params { ${names.map((_, i) => `a_${i}: 1 in [0, 2]`).join(", ")} }` : "";
  const body = names
    .map(one)
    .join("\n")
    .replaceAll(/params \{ a_\d+: 1 in \[0, 2\] \}\n/g, "");
  return `model held\nsignals { ctr: P(click) }\nrequest { user: text }\n${params}\n${body}\n`;
}
