import { errorMessage, PlainError } from "../../protocol/errors";
import type { PatchRect } from "../../protocol/messages";
import type { Disposable } from "../../protocol/transport";
import { cropFrame } from "../changes/cropFrame";
import type { Rect } from "../changes/rects";
import type { EncodedImage, FrameEncoder } from "../encoders/encoder";
import {
  MissingEncoderError,
  type EncoderChoice,
  type ImageEncoders,
} from "../encoders/imageEncoders";
import {
  scaledSize,
  type AtlasPlan,
  type FramePlan,
  type ImagePlan,
  type PatchPlan,
  type VideoPlan,
} from "../planning/framePlan";
import type { Memory } from "../runtime";
import { checkAttached, type RawFrame } from "../source/frame";
import { AtlasPacker, type Atlas } from "./atlas";
import type { CodedFrame } from "./codedFrame";
import type { SharedFrames } from "./sharedFrames";
import type { VideoStreams } from "./videoStreams";

/** What a {@link FrameCoder} needs. */
export interface FrameCoderOptions {
  readonly encoders: ImageEncoders;
  readonly videos: VideoStreams;
  /** Memory for the pixels of patches. */
  readonly memory: Pick<Memory, "allocate">;
  /** Has what other sessions encoded of the same frames. */
  readonly shared?: SharedFrames | undefined;
  /** The user's choice of a library for JPEG. */
  encoderChoice(): EncoderChoice;
  /** An encoder is missing or was given up; another one is used. Called once for each reason. */
  onMissing(error: unknown): void;
}

/** A plan for one image file or more. */
type ImageFilePlan = ImagePlan | PatchPlan | AtlasPlan;

/** Encodes frames as planned. */
export class FrameCoder implements Disposable {
  readonly #options: FrameCoderOptions;
  readonly #atlases: AtlasPacker;
  /** The problems that were reported. */
  readonly #missing = new Set<string>();

  constructor(options: FrameCoderOptions) {
    this.#options = options;
    this.#atlases = new AtlasPacker(options.memory);
  }

  /**
   * Encodes one frame. Chunks of video come in the order of the calls. The pixels must not change
   * until the Promise has settled; those of patches and cells are copied before the call returns.
   *
   * @throws TypeError (as a rejection) when the memory of the pixels is gone
   */
  async encode(frame: RawFrame, plan: FramePlan): Promise<CodedFrame> {
    checkAttached(frame);
    if (plan.form === "video") return this.#encodeVideo(frame, plan);
    const encode = (): Promise<CodedFrame> => this.#encodeImages(frame, plan);
    const { shared } = this.#options;
    if (shared === undefined) return encode();
    return shared.encoded(frame, plan, this.#options.encoderChoice(), encode);
  }

  /** Closes the video encoder. It opens again when it is next needed. */
  rest(): void {
    this.#options.videos.release();
    this.#atlases.trim();
  }

  /** Releases the encoders. */
  dispose(): void {
    this.#options.videos.dispose();
    this.#options.encoders.dispose();
  }

  #encodeImages(frame: RawFrame, plan: ImageFilePlan): Promise<CodedFrame> {
    if (plan.form === "image") return this.#encodeImage(frame, plan);
    if (plan.form === "atlas") {
      return this.#encodeAtlas(frame, this.#atlases.pack(frame, plan.cells), plan);
    }
    const crops = plan.rects.map((rect) => cropFrame(frame, rect, this.#options.memory));
    return this.#encodePatches(frame, crops, plan);
  }

  async #encodeImage(frame: RawFrame, plan: ImagePlan): Promise<CodedFrame> {
    const { width, height } = frame;
    const scaled = await this.#scale(frame, plan.scale);
    const { encoder, result: image } = await this.#encodeBy(plan, (one) =>
      one.encode(scaled, plan),
    );
    const { mimetype } = image;
    return {
      fields: { mimetype, width, height },
      buffers: [image.data],
      encodingSeconds: image.encodingSeconds,
      encoder: encoder.name,
    };
  }

  async #encodePatches(
    { width, height }: RawFrame,
    crops: readonly RawFrame[],
    plan: PatchPlan,
  ): Promise<CodedFrame> {
    const { encoder, result: images } = await this.#encodeBy(plan, (one) =>
      Promise.all(crops.map((crop) => one.encode(crop, plan))),
    );
    return {
      fields: { mimetype: encoder.mimetype, width, height, patches: plan.rects.map(asTuple) },
      buffers: images.map(({ data }) => data),
      // They are encoded at the same time, and each one's time includes waiting for the others.
      encodingSeconds: Math.max(...images.map((image: EncodedImage) => image.encodingSeconds)),
      encoder: encoder.name,
    };
  }

  async #encodeAtlas(
    { width, height }: RawFrame,
    atlas: Atlas,
    plan: AtlasPlan,
  ): Promise<CodedFrame> {
    try {
      const { encoder, result: image } = await this.#encodeBy(plan, (one) =>
        one.encode(atlas.frame, plan),
      );
      const { columns } = atlas;
      return {
        fields: { mimetype: image.mimetype, width, height, atlas: { columns } },
        buffers: [image.data, plan.cells.bits],
        encodingSeconds: image.encodingSeconds,
        encoder: encoder.name,
      };
    } finally {
      atlas.release();
    }
  }

  async #encodeVideo(frame: RawFrame, plan: VideoPlan): Promise<CodedFrame> {
    const { codec } = plan;
    const { width, height } = frame;
    const { chunk, name } = await this.#options.videos.encode(codec, frame, plan);
    return {
      fields: {
        mimetype: `video/${codec}`,
        chunk: chunk.chunk,
        codec: chunk.codec,
        width,
        height,
        visible_width: chunk.visibleWidth,
        visible_height: chunk.visibleHeight,
      },
      buffers: [chunk.data],
      encodingSeconds: chunk.encodingSeconds,
      encoder: name,
    };
  }

  #scale(frame: RawFrame, scale: number): Promise<RawFrame> | RawFrame {
    if (scale === 1) return frame;
    const { width, height } = scaledSize(frame, scale);
    return this.#options.encoders.scale(frame, width, height);
  }

  /** Encodes by the encoder of a format, and by another one if that has just been given up. */
  async #encodeBy<Result>(
    plan: ImageFilePlan,
    encode: (encoder: FrameEncoder) => Promise<Result>,
  ): Promise<{ readonly encoder: FrameEncoder; readonly result: Result }> {
    for (;;) {
      const encoder = await this.#encoder(plan);
      try {
        return { encoder, result: await encode(encoder) };
      } catch (error) {
        if (!(error instanceof MissingEncoderError)) throw error;
        this.#reportMissing(error, plan);
      }
    }
  }

  /** The encoder of a format, or its replacement where that one is missing. */
  async #encoder(plan: ImageFilePlan): Promise<FrameEncoder> {
    const { format, lossless } = plan;
    const { encoders } = this.#options;
    try {
      return await encoders.get(format, lossless, this.#options.encoderChoice());
    } catch (error) {
      this.#reportMissing(error, plan);
      return encoders.get(lossless ? "png" : "jpeg", lossless, "auto");
    }
  }

  #reportMissing(error: unknown, { lossless }: ImageFilePlan): void {
    const reason = errorMessage(error);
    if (this.#missing.has(reason)) return;
    this.#missing.add(reason);
    const other = lossless ? "PNG" : "JPEG by another library";
    this.#options.onMissing(
      new PlainError(`${reason}; frames are sent as ${other}`, { cause: error }),
    );
  }
}

function asTuple({ x, y, width, height }: Rect): PatchRect {
  return [x, y, width, height];
}
