/** A stream with viewers that the test plays: fake sockets, fake encoders, a clock that stands still. */
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { CreateVideoEncoder, FrameSource, ImageEncoders } from "../../src/framebuffer";
import { Heartbeat } from "../../src/hosting/heartbeat";
import { hubSettings, type HubOptions } from "../../src/hosting/options";
import type { SocketListener, StreamSocket } from "../../src/hosting/streamSocket";
import { ViewerConnection } from "../../src/hosting/viewerConnection";
import { unpackEnvelope } from "../../src/protocol/envelope";
import { parseFrameHeader, parseServerMessage } from "../../src/protocol/parseServerMessage";
import type { StreamFrameHeader, StreamServerMessage } from "../../src/protocol/streamMessages";
import { createDisplay } from "../../src/server/display";
import { servedStream } from "../../src/server/servedStream";
import { Stream } from "../../src/server/stream";
import { streamSettings, type StreamOptions } from "../../src/server/streamOptions";
import { FakeClock, runtimeWith } from "./fakeClock";
import { FakeEncoder, fakeEncoders, FakeVideoEncoder } from "./sessionHarness";

/** A frame that came, with its payload. */
export interface SeenFrame {
  readonly header: StreamFrameHeader;
  readonly payload: Uint8Array;
}

/** The server's end of a socket whose other end is the test. */
export class FakeSocket implements StreamSocket {
  isOpen = true;
  /** What the system has not taken. */
  waitingBytes = 0;
  /** Whether what is sent waits for good. */
  takesNothing = false;
  /** How many batches there were. */
  batches = 0;
  /** What was sent in a batch that has not ended. */
  #batched: number | undefined;
  pings = 0;
  isTerminated = false;
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly texts: StreamServerMessage[] = [];
  readonly frames: SeenFrame[] = [];
  listener: SocketListener | undefined;

  get bufferedBytes(): number {
    return this.waitingBytes + (this.#batched ?? 0);
  }

  sendText(text: string): void {
    this.#expectOpen();
    const message = parseServerMessage(text);
    if (message !== undefined) this.texts.push(message);
  }

  sendBinary(parts: readonly Uint8Array[]): void {
    this.#expectOpen();
    this.note(parts);
    const { header, payload } = unpackEnvelope(new Uint8Array(Buffer.concat(parts)));
    this.frames.push({ header: parseFrameHeader(header), payload });
  }

  /** Counts what is sent. */
  note(parts: readonly Uint8Array[]): void {
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    if (this.takesNothing) this.waitingBytes += bytes;
    else if (this.#batched !== undefined) this.#batched += bytes;
  }

  batch<Result>(send: () => Result): Result {
    this.#batched = 0;
    this.batches += 1;
    try {
      return send();
    } finally {
      this.#batched = undefined;
    }
  }

  ping(): void {
    this.pings += 1;
  }

  close(code: number, reason: string): void {
    if (this.closed === undefined) this.closed = { code, reason };
    this.isOpen = false;
  }

  terminate(): void {
    this.isTerminated = true;
    this.isOpen = false;
  }

  /** Sends what a viewer sends. */
  say(message: unknown): void {
    this.listener?.onMessage(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** Acknowledges a frame, by default the newest. */
  ack(seq = this.frames.at(-1)?.header.seq ?? 0): void {
    this.say({ type: "ack", seq, decode_queue_size: 0, displayed: true });
  }

  #expectOpen(): void {
    if (!this.isOpen) throw new Error("the socket is closed");
  }
}

/** What a viewer of pdum.rfb without video says. */
export const HELLO = {
  type: "hello",
  supported: ["image/jpeg", "image/png"],
  device_pixel_ratio: 1,
};
/** As {@link HELLO}, with H.264. */
export const HELLO_H264 = { ...HELLO, supported: [...HELLO.supported, "webcodecs/h264-annexb"] };

/** A request as the handshake has it. */
export function fakeRequest(
  url = "/",
  headers: Readonly<Record<string, string>> = {},
): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.url = url;
  Object.assign(request.headers, headers);
  return request;
}

/** Makes a stream, without viewers. */
export function setUpStream(
  options: StreamOptions = {},
  parts: {
    readonly source?: FrameSource;
    readonly limits?: HubOptions;
    readonly createVideoEncoder?: CreateVideoEncoder;
    /** Called by the stream once, and then by each viewer. */
    readonly acquireEncoders?: () => ImageEncoders;
    readonly hasVideo?: () => boolean;
    readonly maxExtraEncoders?: number;
    readonly clock?: FakeClock;
  } = {},
) {
  const clock = parts.clock ?? new FakeClock();
  const errors: { error: unknown; during: string }[] = [];
  const videos: FakeVideoEncoder[] = [];
  const lossy = new FakeEncoder("image/jpeg", clock);
  const lossless = new FakeEncoder("image/png", clock);
  const stream = new Stream({
    name: "default",
    width: 4,
    height: 2,
    settings: streamSettings({
      on_error: (error, during) => errors.push({ error, during }),
      ...options,
    }),
    source: parts.source,
    runtime: runtimeWith(clock),
    hasVideo: parts.hasVideo,
    maxExtraEncoders: parts.maxExtraEncoders,
    acquireEncoders: parts.acquireEncoders ?? (() => fakeEncoders(lossy, lossless)),
    createVideoEncoder:
      parts.createVideoEncoder ??
      ((codec) => {
        const video = new FakeVideoEncoder(codec);
        videos.push(video);
        return Promise.resolve(video);
      }),
  });
  const display = createDisplay(stream);
  const served = servedStream(stream);
  const limits = hubSettings(parts.limits ?? {});
  const heartbeat = new Heartbeat(clock, limits.ping_interval);
  const connect = (request = fakeRequest()): FakeSocket => {
    const socket = new FakeSocket();
    new ViewerConnection({
      stream: served,
      request,
      limits,
      clock,
      heartbeat,
      connect: (listener) => {
        socket.listener = listener;
        return socket;
      },
      onEnd: () => undefined,
    });
    return socket;
  };
  return {
    clock,
    connect,
    display,
    errors,
    lossy,
    lossless,
    stream,
    videos,
    /** Connects a viewer that has said hello. */
    join: async (hello: object = HELLO): Promise<FakeSocket> => {
      const socket = connect();
      socket.say(hello);
      await clock.settle();
      return socket;
    },
    publish: async (value: number, size = { width: 4, height: 2 }): Promise<void> => {
      display.publish(grayFrame(value, size));
      await clock.settle();
    },
  };
}

/** A frame of one gray. */
export function grayFrame(value: number, { width, height } = { width: 4, height: 2 }) {
  return { data: new Uint8Array(width * height).fill(value), shape: [height, width] };
}
