/** Only the build asks for it: it is in no file of the program. */
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { manifestSchema } from "./manifest.js";

/** The check of manifests that Ajv makes of their schema, as the text of a module that needs no Ajv and exports it as `knownManifestCheck`. */
export function manifestCheckCode(): string {
  const ajv = new Ajv({ strict: true, code: { source: true, esm: true } });
  return `${standalone.default(ajv, ajv.compile(manifestSchema))}\nexport const knownManifestCheck = validate;\n`;
}
