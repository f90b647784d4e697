import { FrameLedger } from "../../src/framebuffer/pacing/frameLedger";
import { AdaptiveQuality, relativeBytes } from "../../src/framebuffer/planning/adaptive";
import { LinkEstimate } from "../../src/framebuffer/planning/linkEstimate";
import { imagePlan, send } from "./departures";

/** What frames meet on their way. May change while a simulation runs. Times in seconds. */
export interface SimulatedConditions {
  /** Bytes per second. */
  bandwidth: number;
  /** There and back, without transfer and decoding. */
  roundTrip: number;
  /** What the view takes for a frame at scale 1, one after the other. */
  decode: number;
  /** What get_frame takes, one after the other. */
  draw: number;
  /** What the encoder takes at scale 1. */
  encode: number;
  /** Bytes of a frame at quality 80 and scale 1. */
  bytes: number;
  /** By what share the bytes vary at random, to both sides. */
  noise: number;
  /** Seconds by which a receipt comes late, at most, at random. */
  jitter: number;
  /** Frames in flight at most. */
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
  draw: 0.001,
  encode: 0.004,
  bytes: 190_000,
  noise: 0.1,
  jitter: 0.002,
  maxInFlight: 2,
  requestInterval: 0,
  maxQuality: 80,
  targetFps: 30,
};

/** What became of a frame. Times in seconds. */
export interface SimulatedFrame {
  readonly drawnAt: number;
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

/** Draws, encodes, sends and acknowledges as a session does, with a made-up clock. */
export class SimulatedLink {
  readonly conditions: SimulatedConditions;
  readonly ledger = new FrameLedger({ maxInFlight: () => Infinity, onChange: () => undefined });
  readonly link = new LinkEstimate();
  readonly adaptive: AdaptiveQuality;
  readonly frames: SimulatedFrame[] = [];
  now = 0;
  readonly #adapts: boolean;
  readonly #random = seededRandom();
  #events: Step[] = [];
  #inFlight = 0;
  #drawing = false;
  #nextRequest = 0;
  #wireFree = 0;
  #decoderFree = 0;
  #sentUntil = 0;
  #ackedUntil = 0;
  #pausedUntil = 0;

  constructor(
    conditions: Partial<SimulatedConditions> = {},
    { adapts = true }: { readonly adapts?: boolean } = {},
  ) {
    this.conditions = { ...SLOW_LINK, ...conditions };
    this.#adapts = adapts;
    this.adaptive = new AdaptiveQuality({
      link: this.link,
      maxQuality: () => this.conditions.maxQuality,
      targetFps: () => this.conditions.targetFps,
      maxInFlight: () => this.conditions.maxInFlight,
    });
    this.ledger.observe(this.link);
    this.ledger.observe(this.adaptive);
  }

  /** Goes on for so many seconds, and tells how it went. */
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
    const { maxInFlight, draw, requestInterval } = this.conditions;
    if (this.#drawing || this.#inFlight >= maxInFlight) return;
    this.#drawing = true;
    const begin = Math.max(this.now, this.#nextRequest);
    this.#nextRequest = begin + requestInterval;
    this.#at(begin + draw, () => {
      this.#drawing = false;
      this.#inFlight += 1;
      this.adaptive.frameDrawn(draw);
      this.#encode(begin);
      this.#tryDraw();
    });
  }

  #encode(drawnAt: number): void {
    const { maxQuality, encode, bytes, noise } = this.conditions;
    const { quality, scale } = this.#adapts
      ? this.adaptive.current
      : { quality: maxQuality, scale: 1 };
    const size = (bytes * relativeBytes(quality, scale)) / relativeBytes(80, 1);
    const noisy = size * (1 + noise * (2 * this.#random() - 1));
    const encodingSeconds = encode * scale * scale;
    this.#sentUntil = Math.max(this.#sentUntil, this.now + encodingSeconds);
    this.#at(this.#sentUntil, () => {
      this.#send({ drawnAt, bytes: noisy, quality, scale, encodingSeconds });
    });
  }

  #send(frame: Omit<SimulatedFrame, "shownAt"> & { readonly encodingSeconds: number }): void {
    const { bandwidth, roundTrip, decode, jitter } = this.conditions;
    const { drawnAt, bytes, quality, scale, encodingSeconds } = frame;
    const sentAt = this.now;
    const plan = { ...imagePlan, quality, scale };
    const { index } = send(this.ledger, { sentAt, bytes, encodingSeconds, plan });
    this.#wireFree = Math.max(this.#wireFree, sentAt) + bytes / bandwidth;
    const arrived = Math.max(this.#wireFree + roundTrip / 2, this.#decoderFree, this.#pausedUntil);
    const shownAt = arrived + decode * scale * scale;
    this.#decoderFree = shownAt;
    this.frames.push({ drawnAt, shownAt, bytes, quality, scale });
    const ack = Math.max(this.#ackedUntil, shownAt + roundTrip / 2 + jitter * this.#random());
    this.#ackedUntil = ack;
    this.#at(ack, () => {
      this.#inFlight -= 1;
      this.ledger.confirm({ index, localtime: 0 }, this.now);
      this.#tryDraw();
    });
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
