/** A stream that is published to a broker in memory, edges that show it, and viewers that the test plays. */
import { Heartbeat } from "../../src/hosting/heartbeat";
import { hubSettings } from "../../src/hosting/options";
import { ViewerConnection } from "../../src/hosting/viewerConnection";
import type { Authenticate } from "../../src/hosting/auth";
import { EdgeStreams } from "../../src/relay/edge/edgeStreams";
import { RelayPublisher } from "../../src/relay/publisher/relayPublisher";
import { relayedStream } from "../../src/server/relayedStream";
import type { StreamOptions } from "../../src/server/streamOptions";
import { FakeNats, type FakeBroker } from "./fakeBroker";
import { FakeClock } from "./fakeClock";
import { FakeSocket, fakeRequest, HELLO, setUpStream, type SeenFrame } from "./streamHarness";

/** The name under which the stream is published. */
export const NAME = "lecture";

type StreamParts = NonNullable<Parameters<typeof setUpStream>[1]>;

/** A broker, and one clock for everything that is connected to it. */
export function setUpRelay() {
  const clock = new FakeClock();
  const nats = new FakeNats(clock);
  const sockets: FakeSocket[] = [];

  /** Lets time pass in steps, in which each viewer shows that it is there. */
  const pass = async (seconds: number, step = 0.25): Promise<void> => {
    await clock.settle();
    for (let left = seconds; left > 1e-6; left -= step) {
      clock.advance(Math.min(step, left));
      for (const socket of sockets) if (socket.isOpen) socket.listener?.onPong();
      await clock.settle();
    }
  };

  /** Starts to publish a stream. */
  const publish = async (
    options: StreamOptions = {},
    parts: StreamParts & { readonly takeover?: boolean } = {},
  ) => {
    const { takeover = false, ...streamParts } = parts;
    const source = setUpStream({ codec: "jpeg", ...options }, { ...streamParts, clock });
    const broker = nats.connect();
    const seen = { lost: 0 };
    const starting = RelayPublisher.start({
      ...{ broker, name: NAME, takeover, clock },
      stream: relayedStream(source.stream),
      onLost: () => (seen.lost += 1),
    });
    await clock.settle();
    clock.advance(0.6);
    await clock.settle();
    const relay = await starting;
    return { ...source, broker, relay, seen };
  };

  /** Starts an edge. */
  const edge = (
    options: { maxViewers?: number; authenticate?: Authenticate; name?: string } = {},
  ) => new FakeEdge({ clock, broker: nats.connect(), sockets, ...options });

  return { clock, nats, pass, publish, edge };
}

/** An edge, with viewers that the test plays. */
class FakeEdge {
  readonly broker: FakeBroker;
  readonly streams: EdgeStreams;
  /** What it reported. */
  readonly errors: string[] = [];
  readonly #clock: FakeClock;
  readonly #heartbeat: Heartbeat;
  readonly #sockets: FakeSocket[];

  constructor(parts: {
    readonly clock: FakeClock;
    readonly broker: FakeBroker;
    readonly sockets: FakeSocket[];
    readonly maxViewers?: number;
    readonly authenticate?: Authenticate;
    readonly name?: string;
  }) {
    const { clock, broker, sockets, maxViewers = 100, authenticate, name = "edge" } = parts;
    this.broker = broker;
    this.#clock = clock;
    this.#sockets = sockets;
    this.#heartbeat = new Heartbeat(clock, 3);
    this.streams = new EdgeStreams({
      ...{ broker, edge: name, clock, authenticate, maxViewers, statsInterval: null },
      reportError: (error, during) => this.errors.push(`${during}: ${(error as Error).message}`),
    });
  }

  /** Its stream. */
  get stream() {
    const stream = this.streams.all.get(NAME);
    if (stream === undefined) throw new Error("the edge doesn't know the stream");
    return stream;
  }

  /** Connects a viewer that has said hello. */
  async join(hello: object = HELLO): Promise<FakeSocket> {
    const socket = new FakeSocket();
    new ViewerConnection({
      stream: this.stream,
      request: fakeRequest(),
      limits: hubSettings({}),
      clock: this.#clock,
      heartbeat: this.#heartbeat,
      connect: (listener) => {
        socket.listener = listener;
        return socket;
      },
      onEnd: () => undefined,
    });
    this.#sockets.push(socket);
    socket.say(hello);
    await this.#clock.settle();
    return socket;
  }

  /** Ends it. */
  close(): void {
    this.streams.dispose();
  }
}

/** The connection of a viewer ends. */
export function leave(socket: FakeSocket): void {
  socket.isOpen = false;
  socket.listener?.onClose();
}

/** The gray of a frame that shows the whole picture. */
export function grayOf(socket: FakeSocket): number | undefined {
  return socket.frames.at(-1)?.payload[0];
}

/** Whether a frame needs no other. */
function isWhole({ header }: SeenFrame): boolean {
  return header.type === "image_frame" || (header.type === "video_chunk" && header.keyframe);
}

/**
 * What is wrong with the numbers of a viewer's frames: each is one more than the one before, and a
 * frame that needs another names one that the viewer got.
 */
export function numberFaults({ frames }: FakeSocket): string[] {
  return frames.flatMap((frame, at) => {
    const { header } = frame;
    const before = frames[at - 1]?.header.seq;
    const faults: string[] = [];
    if (before !== undefined && header.seq !== before + 1) {
      faults.push(`${header.seq} after ${before}`);
    }
    const base = "base" in header ? header.base : undefined;
    if (base !== undefined && !frames.slice(0, at).some(({ header: { seq } }) => seq === base)) {
      faults.push(`${header.seq} needs ${base}`);
    }
    if (!isWhole(frame) && base === undefined && at === 0) faults.push("the first needs another");
    return faults;
  });
}

/** Whether each frame of a viewer needs none: "key" or "delta". */
export function kindsOf({ frames }: FakeSocket): string[] {
  return frames.map((frame) => (isWhole(frame) ? "key" : "delta"));
}
