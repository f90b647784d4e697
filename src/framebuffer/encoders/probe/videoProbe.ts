/** Finds out which video encoders work here without loading them into this process. */
import type { VideoCodec } from "../../../protocol/messages";
import type { NodeAvPlace } from "../video/videoPlace";
import type { VideoDevice } from "../videoEncoder";
import { tryProgram } from "./tryProgram";

/** What a probe tries. */
export interface VideoProbe {
  readonly codec: VideoCodec;
  readonly device: VideoDevice;
  readonly place: NodeAvPlace;
}

const probes = new Map<string, Promise<string | undefined>>();

/**
 * Encodes one small frame in a child process, so that a crash of an encoder or a driver doesn't end
 * the kernel.
 *
 * @returns why it failed; undefined when it works
 */
export function probeVideo(probe: VideoProbe): Promise<string | undefined> {
  const key = JSON.stringify(probe);
  let result = probes.get(key);
  if (result === undefined) {
    result = tryProgram("probe/videoProbeProgram", key);
    probes.set(key, result);
    // A failure isn't remembered: the user may fix it.
    void result.then((problem) => {
      if (problem !== undefined) probes.delete(key);
    });
  }
  return result;
}
