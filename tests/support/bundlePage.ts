import { bundleInMemory } from "../../scripts/lib/bundle.mjs";

/**
 * Bundles a script for a page of a test, as one classic script.
 *
 * @param entry - its file
 * @param define - what takes the place of names
 */
export async function bundlePage(
  entry: string,
  define: Readonly<Record<string, string>> = {},
): Promise<string> {
  const lib = { entry, formats: ["iife" as const], name: "page" };
  const [output] = await bundleInMemory({ minify: false, lib }, define);
  if (output?.code === undefined) throw new Error(`Cannot bundle ${entry}: no output`);
  return output.code;
}
