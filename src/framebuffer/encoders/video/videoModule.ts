/**
 * Loads node-av, FFmpeg's libraries for Node: an optional package of some 200 MB, installed by
 * users who want video.
 */
import { pathToFileURL } from "node:url";
import type * as nodeAvConstants from "node-av/constants" with { "resolution-mode": "import" };
import type * as nodeAvLibrary from "node-av/lib" with { "resolution-mode": "import" };
import { PlainError } from "../../../protocol/errors";
import { INSTALL_NODE_AV, type NodeAvPlace } from "./videoPlace";

type AvLibrary = typeof nodeAvLibrary;
type AvConstants = typeof nodeAvConstants;

/** The two parts of node-av that are used here. */
export interface NodeAv {
  readonly lib: AvLibrary;
  readonly constants: AvConstants;
}

const loaded = new Map<string, Promise<NodeAv>>();

/**
 * Loads node-av into this process, once. This blocks for about 0.1 s.
 *
 * @throws PlainError (as a rejection) with the reason when it doesn't load
 */
export function loadNodeAv(place: NodeAvPlace): Promise<NodeAv> {
  let loading = loaded.get(place.library);
  if (loading === undefined) {
    loading = importNodeAv(place);
    loaded.set(place.library, loading);
    // A failure isn't remembered: the user may fix it.
    loading.catch(() => loaded.delete(place.library));
  }
  return loading;
}

async function importNodeAv(place: NodeAvPlace): Promise<NodeAv> {
  try {
    const lib = (await import(pathToFileURL(place.library).href)) as AvLibrary;
    const constants = (await import(pathToFileURL(place.constants).href)) as AvConstants;
    // Otherwise FFmpeg prints about each stream to the terminal. A level that the user has set
    // stays.
    if (lib.Log.getLevel() === constants.AV_LOG_INFO) lib.Log.setLevel(constants.AV_LOG_ERROR);
    return { lib, constants };
  } catch (error) {
    throw new PlainError(
      `Cannot encode video: node-av ${place.version} does not load: ${String(error)}; ${INSTALL_NODE_AV}`,
      { cause: error },
    );
  }
}
