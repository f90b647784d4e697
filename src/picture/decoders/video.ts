/** Decodes video chunks with the browser's VideoDecoder. */
import type { VideoCodec, VideoFrameMessage } from "../../protocol/messages";
import type { Painting } from "../painting";
import type { Timers } from "../timers";
import { VideoStream, type VideoDecoderCallbacks, type VideoDecoderPort } from "./videoStream";

/** A {@link VideoStream} that uses the browser's VideoDecoder. */
export function browserVideoStream(
  timers: Timers,
  onGiveUp: (codec: VideoCodec) => void,
): VideoStream<VideoFrame> {
  return new VideoStream({ open: openVideoDecoder, timers, onGiveUp });
}

/**
 * Decodes a chunk into a painting: without the columns and rows that pad the picture, and scaled
 * when the frame has another size.
 *
 * @throws Error (as a rejection) when the stream cannot decode the chunk.
 * @throws RangeError when the decoded picture is smaller than the frame's visible size.
 */
export async function decodeChunk(
  stream: VideoStream<VideoFrame>,
  frame: VideoFrameMessage,
  data: Uint8Array,
): Promise<Painting> {
  const image = await stream.decode(frame, data);
  const { width, height, visible_width, visible_height } = frame;
  const { displayWidth, displayHeight } = image;
  if (visible_width > displayWidth || visible_height > displayHeight) {
    image.close();
    throw new RangeError(
      `Cannot show a video chunk: expected at least ${visible_width} x ${visible_height} pixels, got ${displayWidth} x ${displayHeight}`,
    );
  }
  return {
    size: { width, height },
    parts: [
      { image, source: [0, 0, visible_width, visible_height], target: [0, 0, width, height] },
    ],
    close: () => image.close(),
  };
}

/** @throws ReferenceError when the browser has no VideoDecoder, as outside secure contexts. */
function openVideoDecoder(callbacks: VideoDecoderCallbacks<VideoFrame>): VideoDecoderPort {
  const decoder = new VideoDecoder({
    output: (picture) => callbacks.output(picture),
    error: (error) => callbacks.error(error),
  });
  return {
    configure: (config) => decoder.configure(config),
    decode: (type, timestamp, data) =>
      decoder.decode(new EncodedVideoChunk({ type, timestamp, data })),
    close: () => {
      // A decoder that has failed is closed already, and would throw.
      if (decoder.state !== "closed") decoder.close();
    },
  };
}
