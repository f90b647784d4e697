/** Records of frames as a session's sender makes them. */
import type { Departure, FrameLedger } from "../../src/framebuffer/pacing/frameLedger";
import type { ImagePlan } from "../../src/framebuffer/planning/framePlan";

/** A whole lossy image at quality 80. */
export const imagePlan: ImagePlan = {
  form: "image",
  format: "jpeg",
  lossless: false,
  quality: 80,
  chroma: "4:2:0",
  scale: 1,
};

/** A drawn frame of 1 x 1 pixel and 100 bytes that is sent at the time 0. */
export function departure(parts: Partial<Departure> = {}): Departure {
  return {
    index: 1,
    purpose: "draw",
    plan: imagePlan,
    width: 1,
    height: 1,
    timestamp: 0,
    queuedAt: 0,
    sentAt: 0,
    encodingSeconds: 0,
    base64Seconds: undefined,
    bytes: 100,
    codec: "jpeg",
    encoder: "fake 1.0",
    ...parts,
  };
}

/** Sends a frame as far as the ledger is concerned. */
export function send(ledger: FrameLedger, parts: Partial<Departure> = {}): Departure {
  ledger.begin();
  return ledger.send(departure(parts));
}
