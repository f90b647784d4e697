/** Finds out which video encoders work here, without loading any of them into this process. */
import { execFile } from "node:child_process";
import type { VideoCodec } from "../../protocol/messages";
import { builtFile } from "./builtFile";
import { PROBE_TIMEOUT_MS, reasonOf } from "./nativeProbe";
import type { VideoDevice } from "./videoEncoder";
import type { NodeAvPlace } from "./videoModule";

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
    result = runProbe(key);
    probes.set(key, result);
    // What did not work is tried again: it may have been repaired meanwhile.
    void result.then((problem) => {
      if (problem !== undefined) probes.delete(key);
    });
  }
  return result;
}

function runProbe(probe: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [builtFile("videoProbeProgram"), probe],
      { timeout: PROBE_TIMEOUT_MS, windowsHide: true },
      (error, _stdout, stderr) => {
        resolve(error === null ? undefined : reasonOf(error, stderr));
      },
    );
  });
}
