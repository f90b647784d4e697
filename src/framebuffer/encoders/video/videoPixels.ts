import type { RawFrame } from "../../source/frame";
import type { NodeAv } from "./videoModule";
import type { VideoPixels } from "./videoSettings";

type AvFrame = InstanceType<NodeAv["lib"]["Frame"]>;
type Scaler = InstanceType<NodeAv["lib"]["SoftwareScaleContext"]>;

/** 4:2:0 has one colour sample for 2 x 2 pixels. */
const CHROMA_STEP = 2;

/** Width and height in pixels. */
export type Size = Pick<RawFrame, "width" | "height">;

/** @returns the side of the coded picture for a side of the frame, in pixels */
export function codedSide(side: number): number {
  return Math.ceil(side / CHROMA_STEP) * CHROMA_STEP;
}

/**
 * Turns frames of one size into what video encoders take: scaled, 4:2:0, BT.709, limited range. An odd side gets its last column or
 * row once more. The work is done on other threads, but for the padding.
 */
export class PixelConverter {
  readonly width: number;
  readonly height: number;
  readonly #source: Pick<RawFrame, "width" | "height" | "channels">;
  readonly #size: Size;
  readonly #scaler: Scaler;
  readonly #converter: Scaler;
  readonly #packed: AvFrame;
  readonly #packedPlane: Buffer;
  readonly #packedStride: number;
  readonly #planar: AvFrame;
  #scalingSeconds = 0;
  /** What the native side reads. It does not keep the memory from being collected. */
  #pixels: Buffer | undefined;

  /**
   * @param size - what is shown of a picture, not larger than the frame
   * @param threads - at most so many work on one picture
   */
  constructor(
    { lib, constants }: NodeAv,
    { width, height, channels }: RawFrame,
    size: Size,
    pixels: VideoPixels,
    threads: number,
  ) {
    this.#source = { width, height, channels };
    this.#size = size;
    this.width = codedSide(size.width);
    this.height = codedSide(size.height);
    const packed = {
      1: constants.AV_PIX_FMT_GRAY8,
      3: constants.AV_PIX_FMT_RGB24,
      4: constants.AV_PIX_FMT_RGB0,
    }[channels];
    const planar = pixels === "yuv420p" ? constants.AV_PIX_FMT_YUV420P : constants.AV_PIX_FMT_NV12;

    const allocate = (format: AvFrame["format"]): AvFrame => {
      const frame = new lib.Frame();
      frame.alloc();
      frame.format = format;
      frame.width = this.width;
      frame.height = this.height;
      lib.FFmpegError.throwIfError(frame.getBuffer(), "allocating a picture");
      return frame;
    };
    this.#packed = allocate(packed);
    this.#planar = allocate(planar);
    const [plane] = this.#packed.data ?? [];
    const [stride] = this.#packed.linesize;
    if (!plane || stride === undefined) {
      throw new Error("Cannot encode video: FFmpeg gave no memory");
    }
    this.#packedPlane = plane;
    this.#packedStride = stride;

    // Neither node-av nor FFmpeg's own scaler takes memory from outside as a picture, so it is copied first, on another thread.
    this.#scaler = new lib.SoftwareScaleContext();
    const area = constants.SWS_AREA;
    this.#scaler.getContext(width, height, packed, size.width, size.height, packed, area);

    this.#packed.colorRange = constants.AVCOL_RANGE_JPEG;
    this.#packed.colorSpace = channels === 1 ? constants.AVCOL_SPC_BT709 : constants.AVCOL_SPC_RGB;
    this.#planar.colorRange = constants.AVCOL_RANGE_MPEG;
    this.#planar.colorSpace = constants.AVCOL_SPC_BT709;
    for (const frame of [this.#packed, this.#planar]) {
      frame.colorPrimaries = constants.AVCOL_PRI_BT709;
      frame.colorTrc = constants.AVCOL_TRC_BT709;
    }
    this.#converter = new lib.SoftwareScaleContext();
    // Not initialized here: it then takes the colour space from the pictures, which its other interface cannot be told.
    this.#converter.allocContext();
    // Colour is the mean of the pixels that share it.
    lib.Option.set(this.#converter.getNative(), "sws_flags", "area");
    lib.Option.setInt(this.#converter.getNative(), "threads", threads);
  }

  /** How long the last picture took to be scaled; 0 where it is not. */
  get scalingSeconds(): number {
    return isSameSize(this.#source, this.#size) ? 0 : this.#scalingSeconds;
  }

  /** Whether frames like this one can be converted, to this size. */
  takes(frame: RawFrame, size: Size): boolean {
    const source = this.#source;
    return (
      frame.channels === source.channels &&
      isSameSize(frame, source) &&
      isSameSize(size, this.#size)
    );
  }

  /** @returns the picture, which the next call overwrites */
  async convert({ lib }: NodeAv, { data, width, height, channels }: RawFrame): Promise<AvFrame> {
    this.#pixels = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const began = performance.now();
    try {
      const copied = await this.#scaler.scale(
        [this.#pixels],
        [width * channels],
        0,
        height,
        [this.#packedPlane],
        [this.#packedStride],
      );
      lib.FFmpegError.throwIfError(copied, "scaling the pixels");
    } finally {
      this.#pixels = undefined;
    }
    this.#scalingSeconds = (performance.now() - began) / 1000;
    this.#pad();
    lib.FFmpegError.throwIfError(this.#planar.makeWritable(), "allocating a picture");
    lib.FFmpegError.throwIfError(
      await this.#converter.scaleFrame(this.#planar, this.#packed),
      "converting the pixels",
    );
    return this.#planar;
  }

  #pad(): void {
    const { width, height } = this.#size;
    const { channels } = this.#source;
    const plane = this.#packedPlane;
    const stride = this.#packedStride;
    if (this.width > width) {
      const lastPixel = (width - 1) * channels;
      for (let row = 0; row < height * stride; row += stride) {
        plane.copyWithin(row + lastPixel + channels, row + lastPixel, row + lastPixel + channels);
      }
    }
    if (this.height > height) {
      plane.copyWithin(height * stride, (height - 1) * stride, height * stride);
    }
  }

  /** Frees the pictures. Not while {@link convert} runs. */
  dispose(): void {
    this.#scaler.freeContext();
    this.#converter.freeContext();
    this.#packed.free();
    this.#planar.free();
  }
}

function isSameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}
