/** What Ajv makes of a schema: whether a value follows it, and after a value that does not, why. */
export interface SchemaCheck {
  (value: unknown): boolean;
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}

/**
 * The check of manifests as the build had Ajv write it; undefined in the sources themselves, where Ajv makes it of the schema, which takes longer than all
 * else of reading a manifest. `scripts/build.mjs` puts the function into this module.
 */
export const knownManifestCheck: SchemaCheck | undefined = undefined;
