import { FlightLimit } from "../../src/framebuffer/pacing/flightLimit";
import { FrameLedger } from "../../src/framebuffer/pacing/frameLedger";
import { LatencyProbe } from "../../src/framebuffer/pacing/latencyProbe";
import { LinkPace } from "../../src/framebuffer/pacing/linkPace";
import { SCREEN_INTERVAL } from "../../src/framebuffer/pacing/screenInterval";
import { AdaptiveQuality } from "../../src/framebuffer/planning/adaptive";
import { LinkEstimate } from "../../src/framebuffer/planning/linkEstimate";
import { relativeBytes } from "../../src/framebuffer/planning/qualityLevel";
import { imagePlan, send } from "./departures";

/** What frames meet on their way. May change while a simulation runs. Times in seconds. */
export interface SimulatedConditions {
  /** Bytes per second. */
  bandwidth: number;
  /** There and back, without transfer and decoding. */
  roundTrip: number;
  /** What the view takes for a frame at scale 1. */
  decode: number;
  /** What it takes in addition, whatever the scale. */
  fixedDecode: number;
  /** What it takes in addition for each byte. */
  decodeByte: number;
  /** How many frames it decodes at a time. */
  decoders: number;
  /** What get_frame takes, one after the other. */
  draw: number;
  /** What the encoder takes at scale 1. */
  encode: number;
  /** How many times as long drawing, encoding and decoding take, as the processor is busy. */
  load: number;
  /** Bytes of a frame at quality 80 and scale 1. */
  bytes: number;
  /** By what power of the scale the bytes fall: 1.7 for most pictures, 3 for noise. */
  scalePower: number;
  /** By what share the bytes vary at random, to both sides. */
  noise: number;
  /** How often a second the link stands still, at random, as after a loss. */
  stalls: number;
  /** The share of the packets that are lost: each comes a stall later, and all behind it too. */
  losses: number;
  /** Seconds by which a receipt comes late, at most, at random. */
  jitter: number;
  /** Frames in flight; with `plans` what the user asks for. */
  maxInFlight: number;
  /** Seconds from one request of a draw to the next; 0: at once. */
  requestInterval: number;
  maxQuality: number;
  targetFps: number;
}

/** 720p JPEG over 20 Mbit/s with a round trip of 50 ms. */
export const SLOW_LINK: SimulatedConditions = {
  bandwidth: 2.5e6,
  roundTrip: 0.05,
  decode: 0.005,
  fixedDecode: 0,
  decodeByte: 0,
  decoders: 1,
  draw: 0.001,
  encode: 0.004,
  load: 1,
  bytes: 190_000,
  scalePower: 1.7,
  noise: 0.1,
  jitter: 0.002,
  stalls: 0,
  losses: 0,
  maxInFlight: 2,
  requestInterval: 0,
  maxQuality: 80,
  targetFps: 30,
};

/** What became of a frame. Times in seconds. */
export interface SimulatedFrame {
  readonly drawnAt: number;
  readonly sentAt: number;
  /** How long the link takes to carry what was sent before, without stalls. */
  readonly queued: number;
  /** When its receipt came. */
  readonly ackedAt: number;
  readonly shownAt: number;
  readonly bytes: number;
  readonly quality: number;
  readonly scale: number;
}

/** What a stretch of time amounts to. */
export interface SimulatedResult {
  readonly fps: number;
  /** 95th percentile of the time from an input to the picture that shows it. */
  readonly inputToPhoton: number;
  /** How often quality or scale changed. */
  readonly changes: number;
  readonly averageBytes: number;
  readonly last: { readonly quality: number; readonly scale: number };
}

interface Step {
  readonly time: number;
  readonly step: () => void;
}

/** How long a stall of the link takes, in seconds. */
const STALL = 0.2;

/** What a packet carries, in bytes. */
const PACKET = 1460;

/** Draws, encodes, sends and acknowledges as a session does, with a made-up clock. */
export class SimulatedLink {
  readonly conditions: SimulatedConditions;
  readonly ledger = new FrameLedger({ maxInFlight: () => Infinity, onChange: () => undefined });
  readonly link = new LinkEstimate();
  readonly adaptive: AdaptiveQuality;
  readonly frames: SimulatedFrame[] = [];
  now = 0;
  readonly #adapts: boolean;
  /** Undefined where as many are in flight as the conditions say. */
  readonly #flight: FlightLimit | undefined;
  readonly #pace: LinkPace;
  readonly #latency: LatencyProbe;
  /** When the link stands still, in order. */
  readonly #stalls: { readonly begin: number; readonly isBurst: boolean }[] = [];
  readonly #random = seededRandom();
  #events: Step[] = [];
  /** What a session's ledger counts, from the draw on. */
  readonly #counts = { bytesAwaited: 0, encoding: 0, inFlight: 0 };
  #drawing = false;
  #nextRequest = 0;
  #wireFree = 0;
  /** What the link has not carried yet, and when it will have. */
  #queue: { readonly bytes: number; readonly free: number }[] = [];
  /** When each decoder is free. */
  #decodersFree: number[] = [];
  #shownUntil = 0;
  #sentUntil = 0;
  #ackedUntil = 0;
  #pausedUntil = 0;
  #heldUntil = 0;
  /** Animation frames that had something new to show, and which the newest of them was. */
  #seen = 0;
  #seenAt = -1;

  constructor(
    conditions: Partial<SimulatedConditions> = {},
    {
      adapts = true,
      plans = false,
      answersPings = false,
    }: {
      readonly adapts?: boolean;
      /** Whether as many are in flight as the planner would allow. */
      readonly plans?: boolean;
      readonly answersPings?: boolean;
    } = {},
  ) {
    this.conditions = { ...SLOW_LINK, ...conditions };
    this.#adapts = adapts;
    if (plans) {
      this.#flight = new FlightLimit({
        link: this.link,
        usual: () => this.conditions.maxInFlight,
        areFramesSmall: () => true,
        isDrawWanted: () => this.now >= this.#nextRequest,
        interval: () => Math.max(SCREEN_INTERVAL, 1 / this.conditions.targetFps),
      });
    }
    this.adaptive = new AdaptiveQuality({
      link: this.link,
      maxQuality: () => this.conditions.maxQuality,
      targetFps: () => this.conditions.targetFps,
      maxInFlight: () => this.maxInFlight,
      maxInFlightAtTarget: () =>
        this.#flight?.at(1 / this.conditions.targetFps) ?? this.maxInFlight,
    });
    this.ledger.observe(this.link);
    this.ledger.observe(this.adaptive);
    if (this.#flight !== undefined) this.ledger.observe(this.#flight);
    this.#pace = new LinkPace({
      clock: {
        monotonic: () => this.now,
        delay: (seconds, callback) => {
          this.#at(this.now + seconds, callback);
          return { dispose: () => undefined };
        },
      },
      link: this.link,
      ledger: this.#counts,
      onFree: () => this.#tryDraw(),
    });
    this.ledger.observe(this.#pace);
    this.#latency = new LatencyProbe({
      clock: { monotonic: () => this.now },
      link: this.link,
      transport: { send: ({ id }) => this.#sendPing(id) },
    });
    this.#latency.reset(answersPings);
    this.ledger.observe(this.#latency);
  }

  get maxInFlight(): number {
    return this.#flight?.current ?? this.conditions.maxInFlight;
  }

  /** Continues for so many seconds, and returns the figures of that time. */
  run(seconds: number): SimulatedResult {
    const from = this.now;
    const end = from + seconds;
    const first = this.frames.length;
    this.#tryDraw();
    for (;;) {
      const next = this.#takeNext(end);
      if (next === undefined) break;
      this.now = Math.max(this.now, next.time);
      next.step();
    }
    this.now = end;
    return this.#judge(from, end, this.frames.slice(first));
  }

  /** Receipts stand still for so many seconds from now on, as when the page is busy. */
  pause(seconds: number): void {
    this.#pausedUntil = this.now + seconds;
  }

  #at(time: number, step: () => void): void {
    this.#events.push({ time, step });
  }

  #takeNext(end: number): Step | undefined {
    let best: Step | undefined;
    for (const event of this.#events)
      if (best === undefined || event.time < best.time) best = event;
    if (best === undefined || best.time > end) return undefined;
    this.#events = this.#events.filter((event) => event !== best);
    return best;
  }

  #tryDraw(): void {
    const { requestInterval, load } = this.conditions;
    const draw = this.conditions.draw * load;
    if (this.#drawing || this.#counts.inFlight >= this.maxInFlight) return;
    if (this.#flight !== undefined && this.#pace.isFull()) return;
    this.#drawing = true;
    const begin = Math.max(this.now, this.#nextRequest);
    this.#nextRequest = begin + requestInterval;
    this.#at(begin + draw, () => {
      this.#drawing = false;
      this.#counts.inFlight += 1;
      this.#counts.encoding += 1;
      this.adaptive.frameDrawn(draw);
      this.#flight?.drew(draw);
      this.link.processor.frameDrawn(draw);
      this.#encode(begin);
      this.#tryDraw();
    });
  }

  #encode(drawnAt: number): void {
    const { maxQuality, encode, bytes, noise, load, scalePower } = this.conditions;
    const { quality, scale } = this.#adapts
      ? this.adaptive.current
      : { quality: maxQuality, scale: 1 };
    const size = bytes * relativeBytes(quality, 1) * scale ** scalePower;
    const noisy = size * (1 + noise * (2 * this.#random() - 1));
    const encodingSeconds = encode * load * scale * scale;
    this.#sentUntil = Math.max(this.#sentUntil, this.now + encodingSeconds);
    this.#at(this.#sentUntil, () => {
      this.#send({ drawnAt, bytes: noisy, quality, scale, encodingSeconds });
    });
  }

  #send(
    frame: Omit<SimulatedFrame, "shownAt" | "sentAt" | "queued" | "ackedAt"> & {
      readonly encodingSeconds: number;
    },
  ): void {
    const { bandwidth, roundTrip, jitter } = this.conditions;
    const { drawnAt, bytes, quality, scale, encodingSeconds } = frame;
    this.#counts.encoding -= 1;
    const sentAt = this.now;
    const plan = { ...imagePlan, quality, scale };
    const parts = { sentAt, bytes, encodingSeconds, plan, width: 1280, height: 720 };
    const { index } = send(this.ledger, parts);
    this.#counts.bytesAwaited = this.ledger.bytesAwaited;
    const begin = Math.max(sentAt, this.#wireFree);
    const carried = this.#carry(begin, bytes / bandwidth);
    const { free } = carried;
    const held = Math.max(carried.held, this.#lose(begin, free, bytes));
    this.#queue = this.#queue.filter((one) => one.free > sentAt);
    const queued = this.#queue.reduce(
      (sum, one) => sum + Math.min(one.bytes / bandwidth, one.free - sentAt),
      0,
    );
    this.#queue.push({ bytes, free });
    this.#wireFree = free;
    const arrivedAt = Math.max(held + roundTrip / 2, this.#pausedUntil);
    const shownAt = Math.max(this.#shownUntil, this.#decode(arrivedAt, scale, bytes));
    this.#shownUntil = shownAt;
    const ack = Math.max(this.#ackedUntil, shownAt + roundTrip / 2 + jitter * this.#random());
    this.#ackedUntil = ack;
    this.frames.push({ drawnAt, sentAt, queued, shownAt, ackedAt: ack, bytes, quality, scale });
    this.#at(ack, () => {
      this.#counts.inFlight -= 1;
      if (this.#seenAt !== Math.floor(shownAt * 60)) this.#seen += 1;
      this.#seenAt = Math.floor(shownAt * 60);
      const view = { view_time: shownAt - arrivedAt, seen: this.#seen };
      this.ledger.confirm({ index, localtime: 0, ...view }, this.now);
      this.#counts.bytesAwaited = this.ledger.bytesAwaited;
      this.#tryDraw();
    });
  }

  /** It waits for what was sent before, as in a TCP connection, and a receipt may wait for it. */
  #sendPing(id: number): void {
    const { jitter, roundTrip } = this.conditions;
    const { held } = this.#carry(Math.max(this.now, this.#wireFree), 0);
    const arrivedAt = Math.max(held, this.#heldUntil) + roundTrip / 2;
    const answered = Math.max(arrivedAt, this.#pausedUntil) + roundTrip / 2;
    this.#ackedUntil = Math.max(this.#ackedUntil, answered + jitter * this.#random());
    this.#at(this.#ackedUntil, () => this.#latency.answered(id));
  }

  /** When the view has decoded a frame that came at a time. */
  #decode(arrivedAt: number, scale: number, bytes: number): number {
    const { decode, decodeByte, decoders, fixedDecode, load } = this.conditions;
    const free = this.#decodersFree.length < decoders ? 0 : (this.#decodersFree.shift() ?? 0);
    const seconds = fixedDecode + decode * scale * scale + decodeByte * bytes;
    const done = Math.max(arrivedAt, free) + seconds * load;
    this.#decodersFree = [...this.#decodersFree, done].sort((one, other) => one - other);
    return done;
  }

  /**
   * Carries for so many seconds from a time on. In a stall the link either carries nothing, or what
   * it carries is held back until the stall is over, and comes at once.
   */
  #carry(from: number, seconds: number): { free: number; held: number } {
    const { stalls } = this.conditions;
    let free = from + seconds;
    let held = free;
    if (stalls === 0) return { free, held };
    for (let last = this.#stalls.at(-1)?.begin ?? from; last < free + 1;) {
      last += STALL - Math.log(1 - this.#random()) / stalls;
      this.#stalls.push({ begin: last, isBurst: this.#random() < 0.5 });
    }
    for (const { begin, isBurst } of this.#stalls) {
      const end = begin + STALL;
      if (end <= from) continue;
      if (!isBurst && begin < free) free += end - Math.max(begin, from);
      held = Math.max(held, free);
      if (isBurst && begin < free && free < end) held = Math.max(held, end);
    }
    return { free, held };
  }

  /** When all of a frame's packets have arrived, and those that were lost before. */
  #lose(begin: number, end: number, bytes: number): number {
    const packets = Math.ceil(bytes / PACKET);
    for (let packet = 1; packet <= packets; packet++) {
      if (this.#random() >= this.conditions.losses) continue;
      const arrives = begin + ((end - begin) * packet) / packets;
      this.#heldUntil = Math.max(this.#heldUntil, arrives) + STALL;
    }
    return this.#heldUntil;
  }

  #judge(from: number, end: number, frames: readonly SimulatedFrame[]): SimulatedResult {
    const shown = frames.filter((frame) => frame.shownAt <= end);
    const delays: number[] = [];
    for (let input = from; input < end - 0.5; input += 0.0137) {
      const arrives = input + this.conditions.roundTrip / 2;
      const shows = frames.find((frame) => frame.drawnAt >= arrives);
      if (shows !== undefined) delays.push(shows.shownAt - input);
    }
    delays.sort((one, other) => one - other);
    const changes = frames.filter(
      ({ quality, scale }, at) =>
        at > 0 && (quality !== frames[at - 1]?.quality || scale !== frames[at - 1]?.scale),
    ).length;
    return {
      fps: shown.length / (end - from),
      inputToPhoton: delays[Math.floor(delays.length * 0.95)] ?? Infinity,
      changes,
      averageBytes: frames.reduce((sum, { bytes }) => sum + bytes, 0) / frames.length,
      last: this.adaptive.current,
    };
  }
}

/** Numbers from 0 to 1, the same each time. A linear congruential generator with the constants of Numerical Recipes. */
function seededRandom(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
