import { HeldInput } from "../framebuffer";
import { isInParts, type FrameMessage, type HelloMessage } from "../protocol/messages";
import type { Peer } from "../widgets";

/** Seconds without a word after which a page that owes receipts counts as gone. */
export const GONE_AFTER = 30;

/**
 * Seconds after which a page that acknowledges nothing may have lost what was sent: it gets one
 * more frame, and the next after twice the time. If it speaks, it has lost them.
 */
const LOST_AFTER = 5;

/** How many of the newest frames may be what a video chunk changes. */
const MAX_BASES = 16;

/** How many frames in flight are counted: more than a page ever owes. */
const MAX_IN_FLIGHT = 256;

/** What a PeerTransport knows of one page. */
export class Page {
  peer: Peer;
  readonly held = new HeldInput();
  /** Whether it missed the newest frame. */
  isBehind = false;
  /** What it can show; undefined before it has said so. */
  hello: HelloMessage | undefined;
  #inFlight: number[] = [];
  /** The newest frames that were sent to it, in order. */
  #sent: number[] = [];
  #lastSent = 0;
  #lastHeard = 0;
  /** How many frames it got without room since it last said anything. */
  #probes = 0;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  hasRoom(limit: number): boolean {
    return this.#inFlight.length < limit;
  }

  /** Whether it has room for a frame, and what the frame changes. If not, it is behind. */
  canTake(message: FrameMessage, limit: number, now: number): boolean {
    this.isBehind = !this.#hasBase(message) || !(this.hasRoom(limit) || this.#mayProbe(now));
    return !this.isBehind;
  }

  #hasBase(message: FrameMessage): boolean {
    const { base } = message as { readonly base?: number };
    if (base === undefined) return true;
    return isInParts(message) ? this.#sent.at(-1) === base : this.#sent.includes(base);
  }

  #mayProbe(now: number): boolean {
    if (now < this.#lastSent + LOST_AFTER * 2 ** this.#probes) return false;
    this.#probes += 1;
    return true;
  }

  record(message: FrameMessage, now: number): void {
    const { index } = message;
    this.isBehind = !this.#hasBase(message);
    // The session counts no frame that only refines what is there either.
    if (!isRefinement(message)) this.#inFlight = [...this.#inFlight, index].slice(-MAX_IN_FLIGHT);
    this.#sent = [...this.#sent, index].slice(-MAX_BASES);
    this.#lastSent = now;
  }

  /** @param confirmed - the frame that the page acknowledges, if it does */
  hear(now: number, confirmed: number | undefined): void {
    this.#lastHeard = now;
    this.#probes = 0;
    if (confirmed !== undefined) {
      this.#inFlight = this.#inFlight.filter((index) => index > confirmed);
    } else if (now > this.#lastSent + LOST_AFTER) this.#inFlight = [];
  }

  forgetInFlight(): void {
    this.#inFlight = [];
  }

  /** Whether it has this ability, or has not said what it has. */
  knows(ability: string): boolean {
    return this.hello?.accepts.includes(ability) ?? true;
  }

  /** The page was loaded, or has lost its frames. It can show this. */
  reset(hello: HelloMessage): void {
    this.hello = hello;
    this.#inFlight = [];
    this.#sent = [];
    this.isBehind = false;
  }

  isGone(now: number): boolean {
    return this.#inFlight.length > 0 && this.isSilent(now);
  }

  isSilent(now: number): boolean {
    return now >= this.#lastHeard + GONE_AFTER;
  }
}

/** Whether a frame only makes the picture exact where it rests. */
function isRefinement(message: FrameMessage): boolean {
  return "refines" in message && message.refines === true;
}
