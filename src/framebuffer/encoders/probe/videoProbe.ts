/** Finds out which video encoders work here, without loading any of them into this process. */
import type { VideoCodec } from "../../../protocol/messages";
import { tryProgram } from "./tryProgram";
import type { VideoDevice } from "../videoEncoder";
import type { NodeAvPlace } from "../video/videoPlace";

/** What a probe's process is to try. */
export interface VideoProbe {
  readonly codec: VideoCodec;
  readonly device: VideoDevice;
  readonly place: NodeAvPlace;
}

const probes = new Map<string, Promise<string | undefined>>();

/**
 * Encodes one small frame in a process of its own: an encoder or a driver that crashes must not take the kernel with it.
 *
 * @returns what was wrong, or undefined
 */
export function probeVideo(probe: VideoProbe): Promise<string | undefined> {
  const key = JSON.stringify(probe);
  let result = probes.get(key);
  if (result === undefined) {
    result = tryProgram("probe/videoProbeProgram", key);
    probes.set(key, result);
    // What did not work is tried again: it may have been repaired meanwhile.
    void result.then((problem) => {
      if (problem !== undefined) probes.delete(key);
    });
  }
  return result;
}
