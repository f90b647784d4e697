/** What is known of a picture beside its pixels. */

/** What the colours of a stream mean. Absent fields: as in sRGB. The names are WebCodecs'. */
export interface ColorDescriptor {
  readonly primaries?: "bt709" | "display-p3" | "bt2020";
  readonly transfer?: "srgb" | "bt709" | "pq" | "hlg" | "linear";
  readonly matrix?: "rgb" | "bt709" | "bt2020-ncl";
  readonly full_range?: boolean;
  readonly bit_depth?: number;
}

/** What the publisher says of a frame beside its pixels. */
export interface FrameMetadata {
  /** Device pixels per logical pixel that the frame was drawn for, above 0. @defaultValue 1 */
  readonly pixel_ratio?: number;
  /** @defaultValue sRGB */
  readonly color?: ColorDescriptor;
}
