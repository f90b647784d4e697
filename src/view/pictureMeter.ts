/** Counts and measures the frames of one picture in this page. */
import type { PaintTimes } from "../picture/index";
import type { FrameMessage } from "../protocol/messages";
import { RunningMean } from "../protocol/runningMean";
import type { PictureStatistics } from "./pictureStatistics";
import type { SessionTimes } from "./sessionStats";

/** The time over which frames are counted for their rate, in milliseconds. */
const RATE_WINDOW_MS = 1000;

/** Measures until now. */
export class PictureMeter {
  readonly #decode = new RunningMean();
  readonly #paint = new RunningMean();
  /** From when frames were passed on to be encoded until they came, by two clocks, in seconds. */
  readonly #delivery = new RunningMean();
  #framesReceived = 0;
  #framesShown = 0;
  #bytesReceived = 0;
  #codec: string | undefined;
  #size = { width: 0, height: 0 };
  /** When the newest frames were painted, in milliseconds. */
  #painted: readonly number[] = [];

  /** A frame came. */
  received({ data_b64 }: FrameMessage, buffers: readonly Uint8Array[]): void {
    this.#framesReceived += 1;
    const texts = data_b64 === null ? [] : [data_b64].flat();
    // Base64 has four characters for three bytes.
    this.#bytesReceived += texts.reduce((sum, { length }) => sum + Math.floor(length * 0.75), 0);
    this.#bytesReceived += buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** A frame was painted. @param size - of the picture, in device pixels */
  painted(
    { mimetype, timestamp }: FrameMessage,
    { here, decode, paint }: PaintTimes,
    { width, height }: { readonly width: number; readonly height: number },
  ): void {
    this.#framesShown += 1;
    this.#painted = [...this.#recent(), performance.now()];
    this.#codec = mimetype.replace(/^.*\//, "");
    this.#size = { width, height };
    this.#decode.add(decode);
    this.#paint.add(paint);
    this.#delivery.add((Date.now() - here) / 1000 - timestamp);
  }

  /** @param session - what is known of the other end */
  get(session: SessionTimes | undefined): PictureStatistics {
    const delivery = this.#delivery.value;
    const way =
      delivery === undefined || session?.encode === undefined
        ? undefined
        : Math.max(0, (delivery + session.ahead) * 1000 - session.encode);
    return {
      framesReceived: this.#framesReceived,
      framesShown: this.#framesShown,
      fps: this.#recent().length,
      bytesReceived: this.#bytesReceived,
      codec: this.#codec,
      ...this.#size,
      roundTripMs: session?.roundTrip,
      stages: {
        event: session?.event,
        draw: session?.draw,
        encode: session?.encode,
        way,
        decode: this.#decode.value,
        paint: this.#paint.value,
      },
    };
  }

  #recent(): readonly number[] {
    const begin = performance.now() - RATE_WINDOW_MS;
    return this.#painted.filter((at) => at > begin);
  }
}
