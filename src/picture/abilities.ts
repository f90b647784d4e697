/**
 * Finds out which formats this browser can show besides JPEG and PNG, by trying them once per page.
 */
import { bytesOfBase64 } from "../protocol/base64";
import { VIDEO_CODECS, type VideoCodec, type ViewAbility } from "../protocol/messages";
import { browserTimers, type Timers } from "./timers";

/** How long to wait for the browser's answer, in milliseconds. An answer usually takes a few. */
const PROBE_TIMEOUT_MS = 1000;

/**
 * The codec strings that are tried: for each codec the simplest stream, and one for large pictures
 * (1080p30 and more).
 */
const CODEC_PROBES: Readonly<Record<VideoCodec, readonly string[]>> = {
  h264: ["avc1.42E01F", "avc1.640028"],
  vp9: ["vp09.00.10.08", "vp09.00.41.08"],
};

/** One white pixel: a lossless WebP file in base64. */
const TINY_WEBP = "UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAfQ//73v/+BiOh/AAA=";

/** Abilities that need no probe: any browser that shows images has them. */
const PLAIN_ABILITIES = ["patches", "atlas", "ping"] as const;

/** The questions to the browser. */
export interface AbilityProbes {
  /** Whether the browser has a video decoder for this codec string. */
  isVideoSupported(codec: string): Promise<boolean>;
  /** Whether the browser can decode this image file. */
  isImageSupported(file: Blob): Promise<boolean>;
  readonly timers: Timers;
}

/**
 * Probes what the browser can show. Never rejects: a probe that fails or does not answer in time
 * counts as unsupported.
 */
export async function probeAbilities(probes: AbilityProbes): Promise<ViewAbility[]> {
  const answer = (question: () => Promise<boolean>): Promise<boolean> =>
    inTime(question, probes.timers);
  const webp = bytesOfBase64(TINY_WEBP);
  const hasWebp = answer(() => probes.isImageSupported(new Blob([webp], { type: "image/webp" })));
  const codecs = VIDEO_CODECS.map(async (codec) => {
    const answers = CODEC_PROBES[codec].map((string) =>
      answer(() => probes.isVideoSupported(string)),
    );
    return (await Promise.all(answers)).every(Boolean) ? [codec] : [];
  });
  return [
    ...((await hasWebp) ? (["webp"] as const) : []),
    ...PLAIN_ABILITIES,
    ...(await Promise.all(codecs)).flat(),
  ];
}

/** The abilities of a browser, as far as they are known. */
export interface ViewAbilities {
  /** The abilities that are known so far. */
  readonly current: readonly ViewAbility[];
  /** Resolves when every probe has ended. Never rejects. */
  readonly known: Promise<readonly ViewAbility[]>;
}

/** Starts the probes and keeps their result. */
export function startProbing(probes: AbilityProbes): ViewAbilities {
  let current: readonly ViewAbility[] = PLAIN_ABILITIES;
  const known = probeAbilities(probes).then((abilities) => (current = abilities));
  return {
    get current() {
      return current;
    },
    known,
  };
}

/** Probes that ask this browser. */
const browserProbes: AbilityProbes = {
  async isVideoSupported(codec) {
    // Browsers have no VideoDecoder outside secure contexts: pages that were not loaded over https
    // or from localhost.
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

/**
 * This browser's abilities. The probes start when the module is loaded, so that they usually end
 * before the first hello.
 *
 * Marked as pure, so that a bundle that does not use the abilities does not probe them.
 */
export const browserAbilities: ViewAbilities = /* @__PURE__ */ startProbing(browserProbes);

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
