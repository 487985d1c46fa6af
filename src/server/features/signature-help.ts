import { omitUndefined } from "../../compiler/text/index.js";
import { MarkupKind, type SignatureHelp } from "vscode-languageserver";
import { macrosOf, type Analysis } from "../analysis/analysis.js";
import { cursorAt, type Frame } from "../analysis/cursor.js";
import { callAround } from "../completion/call-around.js";
import { parameterOf, partsOf, type Signature } from "../language/signatures.js";

/** The parameters of the call around an offset, and which of them is being written. */
export function signatureHelpAt(analysis: Analysis, offset: number): SignatureHelp | undefined {
  const cursor = cursorAt(analysis.source, offset);
  const found = cursor === undefined ? undefined : callAround(cursor, macrosOf(analysis.tables));
  if (found === undefined) return undefined;
  const { signature, frame } = found;
  const active = activeOf(signature, frame);
  return {
    signatures: [
      {
        ...describe(signature),
        ...omitUndefined({ activeParameter: active }),
      },
    ],
    activeSignature: 0,
    ...omitUndefined({ activeParameter: active }),
  };
}

function describe(signature: Signature): SignatureHelp["signatures"][number] {
  const parts = partsOf(signature);
  const { inputs, parameters, summary, paper } = signature;
  let at = signature.name.length + 1;
  const labels = parts.map((part): [number, number] => {
    const start = at;
    at += part.length + 2;
    return [start, start + part.length];
  });
  return {
    label: `${signature.name}(${parts.join(", ")})`,
    documentation: {
      kind: MarkupKind.Markdown,
      value: paper === undefined ? summary : `${summary}\n\nFrom: ${paper}`,
    },
    parameters: labels.map((label, i) => {
      const parameter = parameters[i - inputs.length];
      return parameter === undefined
        ? { label }
        : { label, documentation: [parameter.expected, parameter.doc].filter((part) => part !== undefined).join(". ") };
    }),
  };
}

/** The part of the signature that the cursor writes. */
function activeOf(signature: Signature, { key, index, keys }: Frame): number | undefined {
  const { inputs, variadic, parameters } = signature;
  const parameter = parameterOf(signature, { name: key, index, named: keys });
  if (parameter !== undefined) return inputs.length + parameters.indexOf(parameter);
  if (key !== undefined) return undefined;
  if (index < inputs.length) return index;
  return variadic && inputs.length > 0 ? inputs.length - 1 : undefined;
}
