import { asBuffer } from "../../node/asBuffer";
import type { RawFrame } from "../../source/frame";
import { codedSide } from "../codedSize";
import type { NodeAv } from "./videoModule";
import type { VideoPixels } from "./videoSettings";

type AvFrame = InstanceType<NodeAv["lib"]["Frame"]>;
type Scaler = InstanceType<NodeAv["lib"]["SoftwareScaleContext"]>;

/** Width and height in pixels. */
export type Size = Pick<RawFrame, "width" | "height">;

/**
 * Converts frames of one size for video encoders: scaled, 4:2:0, BT.709, limited range. An odd side
 * is padded by repeating the last column or row. All but the padding runs on other threads.
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
  /** What native code reads now. The reference keeps the memory from being collected. */
  #pixels: Buffer | undefined;

  /**
   * @param size - the visible part of a picture, not larger than the frame
   * @param threads - the most threads that work on one picture
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

    this.#packed = new lib.Frame();
    this.#planar = new lib.Frame();
    this.#scaler = new lib.SoftwareScaleContext();
    this.#converter = new lib.SoftwareScaleContext();
    try {
      const allocate = (frame: AvFrame, format: AvFrame["format"]): void => {
        frame.alloc();
        frame.format = format;
        frame.width = this.width;
        frame.height = this.height;
        lib.FFmpegError.throwIfError(frame.getBuffer(), "allocating a picture");
      };
      allocate(this.#packed, packed);
      allocate(this.#planar, planar);
      const [plane] = this.#packed.data ?? [];
      const [stride] = this.#packed.linesize;
      if (!plane || stride === undefined) {
        throw new Error("Cannot encode video: FFmpeg has no memory left");
      }
      this.#packedPlane = plane;
      this.#packedStride = stride;

      // FFmpeg takes no foreign memory as a picture, so another thread copies the pixels first.
      const area = constants.SWS_AREA;
      this.#scaler.getContext(width, height, packed, size.width, size.height, packed, area);

      this.#packed.colorRange = constants.AVCOL_RANGE_JPEG;
      this.#packed.colorSpace =
        channels === 1 ? constants.AVCOL_SPC_BT709 : constants.AVCOL_SPC_RGB;
      this.#planar.colorRange = constants.AVCOL_RANGE_MPEG;
      this.#planar.colorSpace = constants.AVCOL_SPC_BT709;
      for (const frame of [this.#packed, this.#planar]) {
        frame.colorPrimaries = constants.AVCOL_PRI_BT709;
        frame.colorTrc = constants.AVCOL_TRC_BT709;
      }
      // Left uninitialized: only then does it take the colour space from the pictures.
      this.#converter.allocContext();
      // The colour of 2 x 2 pixels is their mean.
      lib.Option.set(this.#converter.getNative(), "sws_flags", "area");
      lib.Option.setInt(this.#converter.getNative(), "threads", threads);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Seconds that scaling the last picture took; 0 at full size. */
  get scalingSeconds(): number {
    return isSameSize(this.#source, this.#size) ? 0 : this.#scalingSeconds;
  }

  /** Whether this converter takes frames like this one, and makes pictures of this size. */
  takes(frame: RawFrame, size: Size): boolean {
    const source = this.#source;
    return (
      frame.channels === source.channels &&
      isSameSize(frame, source) &&
      isSameSize(size, this.#size)
    );
  }

  /** @returns the picture; the next call overwrites it */
  async convert({ lib }: NodeAv, { data, width, height, channels }: RawFrame): Promise<AvFrame> {
    this.#pixels = asBuffer(data);
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

  /** Frees the pictures. Must not be called while {@link convert} runs. */
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
