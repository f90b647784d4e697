/** What this browser can show beside JPEG and PNG. Found by trying, once for each page. */
import { VIDEO_CODECS, type VideoCodec, type ViewAbility } from "../protocol/messages";
import { browserTimers, type Timers } from "./timers";

/** A browser that does not answer in this time, in milliseconds, cannot. It usually takes a few. */
const PROBE_TIMEOUT_MS = 1000;

/** What is tried of each video codec: the simplest stream, and one for a large picture (1080p30 and more). */
const CODEC_PROBES: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ["avc1.42E01F", "avc1.640028"],
  vp9: ["vp09.00.10.08", "vp09.00.41.08"],
};

/** One white pixel, as a lossless WebP file in base64. */
const TINY_WEBP = "UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAfQ//73v/+BiOh/AAA=";

/** What is asked of the browser. */
export interface AbilityProbes {
  /** Whether a video decoder for this codec string is there. */
  isVideoSupported(codec: string): Promise<boolean>;
  /** Whether this image file can be decoded. */
  isImageSupported(file: Blob): Promise<boolean>;
  readonly timers: Timers;
}

/** Finds out what the browser can show. Never rejects: what fails or does not answer in time is not there. */
export async function probeAbilities(probes: AbilityProbes): Promise<ViewAbility[]> {
  const answer = (question: () => Promise<boolean>): Promise<boolean> =>
    inTime(question, probes.timers);
  const webp = Uint8Array.from(atob(TINY_WEBP), (character) => character.charCodeAt(0));
  const hasWebp = answer(() => probes.isImageSupported(new Blob([webp], { type: "image/webp" })));
  const codecs = VIDEO_CODECS.map(async (codec) => {
    const answers = CODEC_PROBES[codec].map((string) =>
      answer(() => probes.isVideoSupported(string)),
    );
    return (await Promise.all(answers)).every(Boolean) ? [codec] : [];
  });
  return [
    ...((await hasWebp) ? (["webp"] as const) : []),
    "patches",
    ...(await Promise.all(codecs)).flat(),
  ];
}

/** What a display's hello can say. */
export interface ViewAbilities {
  /** What is known by now. */
  readonly current: readonly ViewAbility[];
  /** Settles when all is known. Never rejects. */
  readonly known: Promise<readonly ViewAbility[]>;
}

/** Begins to probe, and keeps the result. */
export function startProbing(probes: AbilityProbes): ViewAbilities {
  let current: readonly ViewAbility[] = ["patches"];
  const known = probeAbilities(probes).then((abilities) => (current = abilities));
  return {
    get current() {
      return current;
    },
    known,
  };
}

/** Asks this browser. */
const browserProbes: AbilityProbes = {
  async isVideoSupported(codec) {
    // Absent outside secure contexts too, that is where a server other than localhost is reached without https.
    if (!("VideoDecoder" in globalThis)) return false;
    const { supported } = await VideoDecoder.isConfigSupported({ codec, optimizeForLatency: true });
    return supported === true;
  },
  async isImageSupported(file) {
    const image = await createImageBitmap(file);
    image.close();
    return true;
  },
  timers: browserTimers,
};

/** This page's abilities, probed as soon as the module is loaded: the answer is there before the first hello. */
export const browserAbilities: ViewAbilities = startProbing(browserProbes);

function inTime(question: () => Promise<boolean>, timers: Timers): Promise<boolean> {
  return new Promise((resolve) => {
    const timeout = timers.after(PROBE_TIMEOUT_MS, () => resolve(false));
    const answer = (isYes: boolean): void => {
      timeout.dispose();
      resolve(isYes);
    };
    Promise.resolve()
      .then(question)
      .then(answer, () => answer(false));
  });
}
