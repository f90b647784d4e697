import type { CodecChoice } from "../framebuffer/node";
import { VIDEO_CODECS, VIEW_ABILITIES, type ViewAbility } from "../protocol/messages";
import { CAPABILITY_OF } from "../protocol/streamMessages";

/** What server and viewer agree on. */
export interface Negotiated {
  /** How frames in motion travel. */
  readonly codec: CodecChoice;
  /** What the viewer can show in addition to JPEG and PNG, and the server can send. */
  readonly accepts: readonly ViewAbility[];
  /** Whether the viewer can show PNG, and so lossless stills. */
  readonly hasPng: boolean;
}

/** What a server can send. */
export interface ServerAbilities {
  /** The publisher's choice. */
  readonly codec: CodecChoice;
  /** Whether video can be encoded here. */
  readonly hasVideo: boolean;
  /** Whether H.264 may be used. */
  readonly allowsH264: boolean;
}

/**
 * Chooses how frames travel to a viewer, from what both sides can do.
 *
 * @param supported - the capabilities in the viewer's hello
 * @returns undefined if the viewer can show neither JPEG nor PNG
 */
export function negotiate(
  supported: readonly string[],
  { codec, hasVideo, allowsH264 }: ServerAbilities,
): Negotiated | undefined {
  const hasPng = supported.includes("image/png");
  const hasJpeg = supported.includes("image/jpeg");
  if (!hasJpeg && !hasPng) return undefined;
  const accepts = VIEW_ABILITIES.filter((ability) => {
    if (!supported.includes(CAPABILITY_OF[ability])) return false;
    if (!VIDEO_CODECS.some((one) => one === ability)) return true;
    return hasVideo && (ability !== "h264" || allowsH264);
  });
  const image: CodecChoice = hasJpeg ? "jpeg" : "png";
  const choose = (): CodecChoice => {
    if (codec === "auto") return accepts.includes("h264") ? "h264" : image;
    if (codec === "png" && hasPng) return "png";
    return accepts.some((ability) => ability === codec) ? codec : image;
  };
  return { codec: choose(), accepts, hasPng };
}
