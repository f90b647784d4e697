import { dirname, join } from "node:path";

/**
 * The path of a built JavaScript file of encoders/, to run in another thread or process. In tests,
 * which run the TypeScript sources, it is the file in lib/.
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
