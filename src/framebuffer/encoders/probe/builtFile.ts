import { dirname, join } from "node:path";

/**
 * A built JavaScript file of encoders/, for another thread or process. In tests, where the TypeScript
 * sources run, it is the file in lib/.
 *
 * @param name - its path from encoders/, without the extension: "image/imageWorkerMain"
 */
export function builtFile(name: string): string {
  const encoders = dirname(__dirname);
  const sources = join("src", "framebuffer", "encoders");
  const isSource = __filename.endsWith(".ts") && encoders.endsWith(sources);
  const folder = isSource
    ? join(encoders.slice(0, -sources.length), "lib", "framebuffer", "encoders")
    : encoders;
  return join(folder, `${name}.js`);
}
