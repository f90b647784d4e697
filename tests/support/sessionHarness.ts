/** A session with a view that the test plays: fake encoders, a clock that stands still, and all that was shown and reported. */
import type { EncodedImage, FrameEncoder } from "../../src/framebuffer/encoders/encoder";
import type { ImageEncoders } from "../../src/framebuffer/encoders/imageEncoders";
import type {
  ChunkOptions,
  CreateVideoEncoder,
  EncodedChunk,
  VideoEncoder,
} from "../../src/framebuffer/encoders/videoEncoder";
import { FramebufferSession } from "../../src/framebuffer/session";
import { DEFAULT_SETTINGS, type SessionSettings } from "../../src/framebuffer/settings";
import type { RawFrame } from "../../src/framebuffer/source/frame";
import type { FrameSource } from "../../src/framebuffer/source/frameSource";
import type { RfbEvent } from "../../src/protocol/events";
import type {
  AtlasFrameMessage,
  FrameMessage,
  SessionMessage,
  VideoCodec,
  ViewMessage,
} from "../../src/protocol/messages";
import { parseFrameMessage } from "../../src/protocol/parseFrameMessage";
import { isPing, parsePing } from "../../src/protocol/parsePing";
import { ATLAS_CELL, cellGrid, cellRuns, unpackCellMap } from "../../src/protocol/atlas";
import { FakeClock, runtimeWith } from "./fakeClock";
import { linkTransports } from "./linkedTransport";

/** A frame of one gray pixel. */
export const pixel = (value: number) => ({ data: Uint8Array.of(value), shape: [1, 1] });
/** The same as the session keeps it. */
export const raw = (value: number): RawFrame => ({
  data: Uint8Array.of(value),
  width: 1,
  height: 1,
  channels: 1,
});

/** An encoder whose file is the pixels, ready at once or when the test says so. */
export class FakeEncoder implements FrameEncoder {
  readonly name = "fake 1.0";
  readonly qualities: number[] = [];
  /** Set: encoding waits until the test calls one of these. */
  held: { finish(): void; fail(error: Error): void }[] | undefined;
  seconds = 0;
  constructor(
    readonly mimetype: "image/jpeg" | "image/png",
    readonly clock: FakeClock,
  ) {}
  get lossless(): boolean {
    return this.mimetype === "image/png";
  }
  encode(frame: RawFrame, { quality }: { quality: number }): Promise<EncodedImage> {
    this.qualities.push(quality);
    this.clock.advance(this.seconds);
    const { mimetype, seconds, held } = this;
    // Read as late as a real encoder may.
    const encoded = (): EncodedImage => ({
      mimetype,
      data: new Uint8Array(frame.data),
      encodingSeconds: seconds,
    });
    if (held === undefined) return Promise.resolve(encoded());
    return new Promise((resolve, reject) =>
      held.push({ finish: () => resolve(encoded()), fail: reject }),
    );
  }
}

/** A video encoder whose chunk is the pixels. */
export class FakeVideoEncoder implements VideoEncoder {
  readonly name = "fake video 1.0";
  /** What each chunk was asked for, "key" or "delta". */
  readonly asked: string[] = [];
  isDisposed = false;
  constructor(readonly codec: VideoCodec) {}
  encode({ data, width, height }: RawFrame, { keyframe }: ChunkOptions): Promise<EncodedChunk> {
    const chunk = keyframe || this.asked.length === 0 ? "key" : "delta";
    this.asked.push(chunk);
    return Promise.resolve({
      chunk,
      codec: this.codec === "h264" ? "avc1.42E01F" : "vp09.00.10.08",
      data: new Uint8Array(data),
      visibleWidth: width,
      visibleHeight: height,
      encodingSeconds: 0,
    });
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

/** Image encoders that are always there. */
export function fakeEncoders(lossy: FrameEncoder, lossless: FrameEncoder): ImageEncoders {
  return {
    get: (_format, isLossless) => Promise.resolve(isLossless ? lossless : lossy),
    // The first pixels: a test sees the size.
    scale: ({ data, channels }, width, height) =>
      Promise.resolve({ data: data.slice(0, width * height * channels), width, height, channels }),
    dispose: () => undefined,
  };
}

/** What a view shows of gray frames whose files are their pixels: patches are put over the frame that they name. */
export class FakeScreen {
  pixels = new Uint8Array();
  width = 0;
  /** Frames that needed one that was not there. */
  readonly misfits: number[] = [];
  #index = 0;

  take(message: FrameMessage, buffers: readonly Uint8Array[], width: number): void {
    if ("base" in message && message.base !== this.#index) {
      this.misfits.push(message.index);
      return;
    }
    this.#index = message.index;
    if ("atlas" in message) {
      this.#takeAtlas(message, buffers);
    } else if ("patches" in message) {
      message.patches.forEach(([x, y, patchWidth, patchHeight], patch) => {
        for (let row = 0; row < patchHeight; row++) {
          const from = row * patchWidth;
          const line = buffers[patch]?.subarray(from, from + patchWidth) ?? [];
          this.pixels.set(line, (y + row) * this.width + x);
        }
      });
    } else {
      const [file = new Uint8Array()] = buffers;
      // A frame that came smaller is scaled up to its size.
      const { width: shownWidth = 0, height: shownHeight = 0 } = message;
      this.pixels = new Uint8Array(Math.max(file.length, shownWidth * shownHeight));
      this.pixels.set(file);
      this.width = width;
    }
  }

  #takeAtlas({ atlas, height, width }: AtlasFrameMessage, buffers: readonly Uint8Array[]): void {
    const [file = new Uint8Array(), map = new Uint8Array()] = buffers;
    const marks = unpackCellMap(map, { width, height });
    const stride = atlas.columns * ATLAS_CELL;
    for (const run of cellRuns(marks, cellGrid({ width, height }).columns, atlas.columns)) {
      const [x, y] = [run.column * ATLAS_CELL, run.row * ATLAS_CELL];
      const across = Math.min(run.length * ATLAS_CELL, width - x);
      for (let line = 0; line < Math.min(ATLAS_CELL, height - y); line++) {
        const from = (run.atlasRow * ATLAS_CELL + line) * stride + run.atlasColumn * ATLAS_CELL;
        this.pixels.set(file.subarray(from, from + across), (y + line) * width + x);
      }
    }
  }
}

/** A frame as the view got it. */
export interface Shown {
  readonly index: number;
  readonly mimetype: string;
  readonly pixel: number | undefined;
  readonly timestamp: number;
  readonly message: FrameMessage;
  readonly buffers: readonly Uint8Array[];
}

/** Makes the session and its view. */
export function setUp(
  source: Partial<FrameSource> = {},
  chosen: Partial<SessionSettings> = {},
  parts: {
    readonly createVideoEncoder?: CreateVideoEncoder;
    /** Whether the transport loses nothing. */
    readonly isReliable?: boolean;
  } = {},
) {
  const settings = { ...DEFAULT_SETTINGS, ...chosen };
  const clock = new FakeClock();
  const { left, right, close } = linkTransports<SessionMessage, ViewMessage>(parts);
  const lossy = new FakeEncoder("image/jpeg", clock);
  const lossless = new FakeEncoder("image/png", clock);
  const errors: { error: unknown; during: string }[] = [];
  const events: RfbEvent[] = [];
  const shown: Shown[] = [];
  const state = { draws: 0 };
  const screen = new FakeScreen();
  const videos: FakeVideoEncoder[] = [];
  const createVideoEncoder: CreateVideoEncoder = (codec) => {
    const video = new FakeVideoEncoder(codec);
    videos.push(video);
    return Promise.resolve(video);
  };
  const pings: number[] = [];
  right.onMessage((message, buffers) => {
    if (isPing(message)) {
      pings.push(parsePing(message).id);
      return;
    }
    const parsed = parseFrameMessage(message, buffers.length);
    const { index, mimetype, timestamp } = parsed;
    shown.push({ index, mimetype, timestamp, pixel: buffers[0]?.[0], message: parsed, buffers });
    screen.take(parsed, buffers, session.lastFrame?.width ?? 0);
  });
  const session = new FramebufferSession({
    source: {
      get_frame: () => pixel(++state.draws),
      handle_event: (event) => void events.push(event),
      ...source,
    },
    transport: left,
    settings,
    encoders: fakeEncoders(lossy, lossless),
    createVideoEncoder: parts.createVideoEncoder ?? createVideoEncoder,
    runtime: runtimeWith(clock),
    reportError: (error, during) => errors.push({ error, during }),
  });
  return {
    clock,
    close,
    errors,
    events,
    lossless,
    lossy,
    pings,
    session,
    settings,
    shown,
    screen,
    state,
    videos,
    view: right,
    settle: () => clock.settle(),
    show: async (accepts: readonly string[] = []): Promise<void> => {
      session.setVisible(true);
      right.send({ type: "hello", version: 1, accepts });
      await clock.settle();
    },
    acknowledge: async (index: number): Promise<void> => {
      const timestamp = shown.find((frame) => frame.index === index)?.timestamp ?? 0;
      right.send({ type: "frame_feedback", index, timestamp, localtime: clock.now() });
      await clock.settle();
    },
    draw: async (): Promise<void> => {
      session.requestDraw();
      await clock.settle();
    },
  };
}
