/** How all bundles of browsers' programs are made, by Vite. */
import { build } from "vite";
import { at } from "./paths.mjs";

/** Every browser with an OffscreenCanvas understands it: Safari, the last, since 16.4. */
export const TARGET = "es2022";

/** @type {import("vite").InlineConfig} */
export const COMMON = { root: at(), configFile: false, logLevel: "warn", publicDir: false };

/** Writes one ES module.
 * @param {object} module
 * @param {string} module.source relative to src/
 * @param {string} module.folder where it is written, relative to the root
 * @param {string} module.name with its ending
 * @param {Record<string, string>} [module.define] what takes the place of names
 * @param {readonly string[]} [module.external] modules that it imports
 * @param {boolean} [module.keepsClassNames] whether users see names of classes. Default: false */
export async function bundleModule({
  source,
  folder,
  name,
  define = {},
  external = [],
  keepsClassNames = false,
}) {
  const keepNames = { class: keepsClassNames, function: false };
  await build({
    ...COMMON,
    define,
    build: {
      target: TARGET,
      outDir: at(folder),
      emptyOutDir: false,
      lib: { entry: at("src", source), formats: ["es"], fileName: () => name },
      // Vite leaves the spaces in ES modules; not much is left of the comments of one that is minified.
      rolldownOptions: {
        external: [...external],
        output: { minify: { mangle: { keepNames }, compress: { keepNames }, codegen: true } },
      },
    },
  });
}

/** Bundles without writing.
 * @param {import("vite").BuildOptions} options
 * @param {Record<string, string>} [define] what takes the place of names
 * @returns {Promise<readonly { readonly fileName: string; readonly code?: string; readonly source?: string | Uint8Array }[]>} */
export async function bundleInMemory(options, define = {}) {
  const output = await build({
    ...COMMON,
    define,
    build: { target: TARGET, write: false, ...options },
  });
  const [first] = Array.isArray(output) ? output : [output];
  return first !== undefined && "output" in first ? first.output : [];
}
