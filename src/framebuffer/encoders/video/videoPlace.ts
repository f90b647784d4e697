/** Looks for node-av, FFmpeg's libraries for Node. Without its types, so that the public declarations need none of them. */
import { resolveFrom, versionOf } from "../probe/nativeProbe";

/** Where node-av lies. */
export interface NodeAvPlace {
  /** The files of its two parts that are used here. */
  readonly library: string;
  readonly constants: string;
  readonly version: string;
}

/** The command that brings node-av. */
export const INSTALL_NODE_AV = "npm install node-av";

/**
 * Looks for node-av, without loading it.
 *
 * @param from - folders whose node_modules may hold it: this package's, and the notebook's
 * @throws Error with the command that installs it
 */
export function findNodeAv(from: readonly string[] = [__dirname, process.cwd()]): NodeAvPlace {
  const library = resolveFrom("node-av/lib", from);
  const constants = resolveFrom("node-av/constants", from);
  if (library === undefined || constants === undefined) {
    throw new Error(`Cannot encode video: node-av is not installed; ${INSTALL_NODE_AV}`);
  }
  return { library, constants, version: versionOf("node-av", library) };
}
