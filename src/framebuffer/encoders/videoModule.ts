/** Loads node-av, FFmpeg's libraries for Node: an optional package of some 200 MB that a user installs who wants video. */

/** What this room needs of node-av. */
export type NodeAv = Awaited<ReturnType<typeof importNodeAv>>;

let loading: Promise<NodeAv> | undefined;

/**
 * Loads node-av, once.
 *
 * @throws Error (as a rejection) with the command that installs it, or with why it does not load
 */
export function loadNodeAv(): Promise<NodeAv> {
  // What failed is tried again: the user may have installed it meanwhile.
  loading ??= importNodeAv().catch((error: unknown) => {
    loading = undefined;
    throw explain(error);
  });
  return loading;
}

async function importNodeAv() {
  const [lib, constants] = await Promise.all([import("node-av/lib"), import("node-av/constants")]);
  // FFmpeg's libraries else print on each stream, past the notebook. Whoever has chosen another level keeps it.
  if (lib.Log.getLevel() === constants.AV_LOG_INFO) lib.Log.setLevel(constants.AV_LOG_ERROR);
  return { lib, constants };
}

function explain(error: unknown): Error {
  const missing =
    error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  const reason = missing ? "it is not installed" : String(error);
  return new Error(`Cannot load node-av, which encodes video: ${reason}; npm install node-av`, {
    cause: error,
  });
}
