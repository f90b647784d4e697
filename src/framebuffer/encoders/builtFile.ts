import { join, sep } from "node:path";

/**
 * The built JavaScript file beside this one, for another thread or process: also when the sources run themselves, in a test.
 *
 * @param name - without the extension
 */
export function builtFile(name: string): string {
  const sources = join("src", "framebuffer", "encoders");
  const isSource = __filename.endsWith(".ts") && __dirname.endsWith(`${sep}${sources}`);
  const folder = isSource
    ? join(__dirname.slice(0, -sources.length), "lib", "framebuffer", "encoders")
    : __dirname;
  return join(folder, `${name}.js`);
}
