/**
 * Finds node-av, FFmpeg's libraries for Node. This file doesn't import node-av's types, so that our
 * public declarations don't need them.
 */
import { PlainError } from "../../../protocol/errors";
import { resolveFrom, versionOf } from "../probe/nativeProbe";

/** Where node-av is installed. */
export interface NodeAvPlace {
  /** The main files of its two parts that are used here. */
  readonly library: string;
  readonly constants: string;
  readonly version: string;
}

/** The command that installs node-av. */
export const INSTALL_NODE_AV = "npm install node-av";

/**
 * Finds node-av without loading it.
 *
 * @param from - folders whose node_modules may hold it: this package's, and the notebook's
 * @throws PlainError with the command that installs it
 */
export function findNodeAv(from: readonly string[] = [__dirname, process.cwd()]): NodeAvPlace {
  const library = resolveFrom("node-av/lib", from);
  const constants = resolveFrom("node-av/constants", from);
  if (library === undefined || constants === undefined) {
    throw new PlainError(`Cannot encode video: node-av is not installed; ${INSTALL_NODE_AV}`);
  }
  return { library, constants, version: versionOf("node-av", library) };
}
