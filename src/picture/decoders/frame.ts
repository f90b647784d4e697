/** Decodes images, patches, atlases and video with the browser's decoders. */
import { bytesOfBase64 } from "../../protocol/base64";
import type { FrameMessage, VideoCodec } from "../../protocol/messages";
import type { Disposable } from "../../protocol/transport";
import type { Painting } from "../painting";
import type { Timers } from "../timers";
import { decodeAtlas } from "./atlas";
import { decodeImage, decodePatches } from "./image";
import { expectShowable } from "./imageSize";
import { browserVideoStream, decodeChunk } from "./video";
import type { VideoStream } from "./videoStream";

/** Decodes the frames of one session, which has one video stream at most. */
export class BrowserFrameDecoder implements Disposable {
  readonly #video: VideoStream<VideoFrame>;

  /** @param onGiveUp - Called when a video codec has failed repeatedly. */
  constructor(timers: Timers, onGiveUp: (codec: VideoCodec) => void) {
    this.#video = browserVideoStream(timers, onGiveUp);
  }

  /**
   * Decodes a frame. The caller must close the painting.
   *
   * @param binary - Its buffers; empty where its bytes came as base64.
   * @throws Error (as a rejection) when the bytes are broken, their size is not the frame's, or the
   *   picture is too large.
   */
  async decode(frame: FrameMessage, binary: readonly Uint8Array[]): Promise<Painting> {
    const { data_b64 } = frame;
    const buffers = data_b64 instanceof Array ? data_b64.map(bytesOfBase64) : binary;
    if ("patches" in frame) return decodePatches(frame, buffers);
    if ("atlas" in frame) return decodeAtlas(frame, buffers);
    const { width = 0, height = 0 } = frame;
    expectShowable({ width, height });
    if ("chunk" in frame) return decodeChunk(this.#video, frame, buffers[0] ?? new Uint8Array());
    return decodeImage(frame, buffers[0]);
  }

  /** Closes the video decoder. */
  dispose(): void {
    this.#video.dispose();
  }
}
