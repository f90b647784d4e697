import { findNodeAv } from "../../src/framebuffer/encoders/video/videoPlace";

/** Why node-av can't be tested here, as it has no build for each system; undefined if it can. */
export function missingNodeAv(): string | undefined {
  try {
    findNodeAv();
    return undefined;
  } catch (error) {
    return String(error);
  }
}
