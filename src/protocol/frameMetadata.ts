/** What a frame says beyond its pixels, and what its values may be. */
import { boolean, integer, number, oneOf, type Check } from "./checks";

/** What the colours of a stream mean. An absent field is as in sRGB. The names are WebCodecs'. */
export interface ColorDescriptor {
  /** The primary colours. @defaultValue "bt709" */
  readonly primaries?: "bt709" | "display-p3" | "bt2020";
  /** The transfer function. @defaultValue "srgb" */
  readonly transfer?: "srgb" | "bt709" | "pq" | "hlg" | "linear";
  /** How colours became luma and chroma. @defaultValue "rgb" */
  readonly matrix?: "rgb" | "bt709" | "bt2020-ncl";
  /** Whether samples use their whole range, as RGB does. @defaultValue true */
  readonly full_range?: boolean;
  /** Bits per sample, 1..32. */
  readonly bit_depth?: number;
}

/** What a publisher says about a frame beyond its pixels. */
export interface FrameMetadata {
  /** Device pixels per logical pixel that the frame was drawn for, 0.01..100. @defaultValue 1 */
  readonly pixel_ratio?: number;
  /** @defaultValue sRGB */
  readonly color?: ColorDescriptor;
}

/**
 * Device pixels per logical pixel. A screen and the browser's zoom give some 0.25 to 20 together.
 */
export const PIXEL_RATIO: Check<number> = number(0.01, 100);

/** The fields of a {@link ColorDescriptor}. */
export const COLOR_CHECKS: {
  readonly [Name in keyof ColorDescriptor]-?: Check<NonNullable<ColorDescriptor[Name]>>;
} = {
  primaries: oneOf(["bt709", "display-p3", "bt2020"]),
  transfer: oneOf(["srgb", "bt709", "pq", "hlg", "linear"]),
  matrix: oneOf(["rgb", "bt709", "bt2020-ncl"]),
  full_range: boolean,
  bit_depth: integer(1, 32),
};
