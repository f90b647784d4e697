import { patientDelay, type Runtime } from "../framebuffer";
import type {
  FrameMessage,
  HelloMessage,
  PingMessage,
  RequestStatsMessage,
  SessionMessage,
  StatsMessage,
} from "../protocol/messages";
import { parseViewMessage, type ParsedViewMessage } from "../protocol/parseViewMessage";
import type { Disposable, Transport } from "../protocol/transport";
import { widgetRuntime, type Peer } from "../widgets";
import { GONE_AFTER, Page } from "./page";

type Receiver = (message: unknown, buffers: readonly Uint8Array[]) => void;

/** Seconds between two whole frames that are sent because a page missed some. */
const CATCH_UP_INTERVAL = 0.5;

/** Seconds before one is asked for: the next frame of an animation may be whole anyway. */
const CATCH_UP_DELAY = 0.1;

/**
 * In the environment of a kernel that VS Code or a kernel gateway has started. VS Code turns bytes
 * into an array of numbers. A Jupyter server decodes what comes from a gateway as UTF-8: a binary
 * message stops it.
 */
const BASE64_VARIABLES = ["VSCODE_PID", "KERNEL_GATEWAY"];

/** How many pages are remembered: far more than show one widget. */
const MAX_PAGES = 32;

/** What {@link PeerTransport} needs. */
export interface PeerTransportOptions {
  readonly clock: Pick<Runtime, "delay" | "monotonic">;
  /**
   * Whether binary messages are likely to be slow or lost. Views that know base64 then get that.
   * @defaultValue whether VS Code or a kernel gateway has started the kernel
   */
  readonly prefersBase64?: boolean;
  /** How many frames may be in flight to one page. */
  maxInFlight(): number;
  /** Sends a message to all pages. */
  broadcast(message: SessionMessage | StatsMessage, buffers: readonly Uint8Array[]): void;
  /** The only page has removed the outputs of widgets, given by their model ids. */
  onOutputsRemoved(modelIds: readonly string[]): void;
  /** A page that may have shown the picture is closed, or is being loaded again. */
  onPageLeft(): void;
  /** Sends a message to one page. */
  sendTo(peer: Peer, message: SessionMessage | StatsMessage, buffers: readonly Uint8Array[]): void;
  /** The statistics that a page asks for. */
  stats(request: RequestStatsMessage): StatsMessage;
}

/**
 * The comm of a widget that several pages may show. A comm sends everything to all of them, so a
 * page on a slow link would fall behind without bound. Therefore, once there are two pages, each
 * gets its frames by itself, and misses those for which it has no room. The fastest page sets the
 * pace: its receipts are the session's.
 *
 * Where a page can't be reached by itself, all of them get every frame.
 */
export class PeerTransport implements Transport<SessionMessage> {
  readonly isReliable = false;
  readonly #options: PeerTransportOptions;
  /** By their id, in the order in which they spoke first. */
  readonly #pages = new Map<string, Page>();
  #receiver: Receiver | undefined;
  /** The newest frame that was sent. */
  #newest = 0;
  /** The newest frame that any page has acknowledged. */
  #confirmed = 0;
  /** The page that did, by its id. */
  #fastest: string | undefined;
  /** When a whole frame was last asked for. */
  #caughtUp = -Infinity;
  #timer: Disposable | undefined;
  /** Runs while any page holds down keys or buttons. */
  #heldTimer: Disposable | undefined;
  /** Whether there are more pages than are remembered. */
  #isCrowded = false;

  constructor(options: PeerTransportOptions) {
    this.#options = options;
  }

  send(message: SessionMessage, buffers: readonly Uint8Array[] = []): void {
    if (message.type === "ping") this.#sendPing(message);
    else this.#sendFrame(message, buffers);
  }

  /** To the page whose receipts the session gets, where it is one of several. */
  #sendPing(ping: PingMessage): void {
    const fastest = this.#fastestPeer;
    const isOneOfMany = this.#pages.size > 1 && fastest?.isReachable === true;
    if (isOneOfMany) this.#options.sendTo(fastest, ping, []);
    else this.#options.broadcast(ping, []);
  }

  get #fastestPeer(): Peer | undefined {
    return this.#pages.get(this.#fastest ?? "")?.peer;
  }

  #sendFrame(message: FrameMessage, buffers: readonly Uint8Array[]): void {
    const now = this.#options.clock.monotonic();
    this.#newest = message.index;
    this.#releaseGone(now);
    const pages = [...this.#pages.values()].filter((page) => !page.isGone(now));
    const isForAll = pages.length < 2 || this.#isCrowded;
    if (isForAll || pages.some(({ peer }) => !peer.isReachable)) {
      this.#options.broadcast(message, buffers);
      for (const page of pages) page.record(message, now);
      return;
    }
    for (const page of this.#pages.values()) {
      if (!page.peer.isReachable) continue;
      if (!page.canTake(message, this.#options.maxInFlight(), now)) continue;
      this.#options.sendTo(page.peer, message, buffers);
      page.record(message, now);
    }
    this.#catchUp();
  }

  framesLost(): void {
    for (const page of this.#pages.values()) page.forgetInFlight();
  }

  onMessage(receiver: Receiver): Disposable {
    this.#receiver = receiver;
    return { dispose: () => (this.#receiver = undefined) };
  }

  /**
   * Takes a message.
   *
   * @param peer - undefined where the kernel can't tell pages apart
   */
  receive(message: unknown, buffers: readonly Uint8Array[], peer: Peer | undefined): void {
    const parsed = tryToParse(message);
    if (parsed?.kind === "pong") {
      // It says nothing about frames, and one behind a goodbye brings no page back.
      const fastest = this.#fastestPeer;
      if (fastest === undefined || fastest.id === peer?.id) this.#receiver?.(message, buffers);
      return;
    }
    const page = peer && this.#hear(parsed, peer);
    if (parsed?.kind === "output_removed") this.#outputsRemoved(page, parsed.message.model_ids);
    else if (parsed?.kind === "goodbye") this.#pageLeft(peer);
    else if (parsed?.kind === "request_stats") this.#answer(parsed.message, peer);
    else if (parsed?.kind === "hello") this.#receiver?.(this.#helloOfAll(parsed.message), buffers);
    else if (this.#concernsSession(parsed, page)) this.#receiver?.(message, buffers);
    this.#catchUp();
  }

  /** A page's hello, with what suits all pages: all get the same frames. */
  #helloOfAll(hello: HelloMessage): HelloMessage {
    const now = this.#options.clock.monotonic();
    const pages = [...this.#pages.values()].filter((page) => !page.isGone(now));
    const accepts = hello.accepts.filter((ability) => pages.every((page) => page.knows(ability)));
    // A page that can't be told from others isn't among them.
    const wishes = [hello, ...pages.flatMap((page) => page.hello ?? [])].map((one) => one.base64);
    const isKnown = wishes.every((wish) => wish !== undefined);
    const base64 = isKnown && (this.#prefersBase64() || wishes.includes(true));
    return { ...hello, accepts, base64 };
  }

  #prefersBase64(): boolean {
    const isSet = (name: string): boolean =>
      widgetRuntime().environmentVariable(name) !== undefined;
    return this.#options.prefersBase64 ?? BASE64_VARIABLES.some(isSet);
  }

  /** No page shows the widget any more. */
  clear(): void {
    for (const page of this.#pages.values()) this.#release(page);
    this.#pages.clear();
    this.#isCrowded = false;
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#heldTimer?.dispose();
    this.#heldTimer = undefined;
  }

  /** To all pages where it can't be to one: the page that asked knows its request by its time. */
  #answer(request: RequestStatsMessage, peer: Peer | undefined): void {
    const stats = this.#options.stats(request);
    if (peer?.isReachable) this.#options.sendTo(peer, stats, []);
    else this.#options.broadcast(stats, []);
  }

  #hear(parsed: ParsedViewMessage | undefined, peer: Peer): Page {
    const page = this.#pageOf(peer);
    if (parsed?.kind === "hello") page.reset(parsed.message);
    if (parsed?.kind === "event") {
      page.held.record(parsed.event);
      this.#watchHeld();
    }
    const confirmed = parsed?.kind === "feedback" ? parsed.message.index : undefined;
    page.hear(this.#options.clock.monotonic(), confirmed);
    return page;
  }

  /** Whether the session must get a message: of the receipts for a frame only the first. */
  #concernsSession(parsed: ParsedViewMessage | undefined, page: Page | undefined): boolean {
    if (parsed?.kind !== "feedback" || page === undefined) return true;
    const { index } = parsed.message;
    // The session reports a receipt for a frame that was never sent.
    if (index > this.#newest) return true;
    if (index <= this.#confirmed) return false;
    this.#confirmed = index;
    this.#fastest = page.peer.id;
    return true;
  }

  /** Forgets the pages that are gone. Where none is, all of them get every frame from now on. */
  #forgetSome(): void {
    const now = this.#options.clock.monotonic();
    this.#releaseGone(now);
    for (const [id, page] of this.#pages) if (page.isGone(now)) this.#pages.delete(id);
    const [oldest] = this.#pages.values();
    if (this.#pages.size < MAX_PAGES || oldest === undefined) return;
    this.#release(oldest);
    this.#pages.delete(oldest.peer.id);
    this.#isCrowded = true;
  }

  #outputsRemoved(page: Page | undefined, modelIds: readonly string[]): void {
    const now = this.#options.clock.monotonic();
    const others = [...this.#pages.values()].filter((one) => one !== page && !one.isGone(now));
    if (others.length === 0) this.#options.onOutputsRemoved(modelIds);
  }

  #pageLeft(peer: Peer | undefined): void {
    const page = this.#pages.get(peer?.id ?? "");
    if (page === undefined) return;
    this.#release(page);
    this.#pages.delete(page.peer.id);
    this.#options.onPageLeft();
  }

  /** A page that holds something and is silent gets a frame: if it is gone, it owes a receipt. */
  #watchHeld(): void {
    const { clock } = this.#options;
    const isAnyHeld = [...this.#pages.values()].some(({ held }) => !held.isEmpty);
    if (this.#heldTimer !== undefined || !isAnyHeld) return;
    this.#heldTimer = patientDelay(clock, GONE_AFTER, () => {
      this.#heldTimer = undefined;
      const now = clock.monotonic();
      this.#releaseGone(now);
      const isAnySilent = [...this.#pages.values()].some(
        (page) => !page.held.isEmpty && page.isSilent(now),
      );
      if (isAnySilent) this.#askForWhole("a page that holds down keys is silent");
      this.#watchHeld();
    });
  }

  #askForWhole(reason: string): void {
    this.#receiver?.({ type: "request_keyframe", reason }, []);
  }

  #releaseGone(now: number): void {
    for (const page of this.#pages.values()) if (page.isGone(now)) this.#release(page);
  }

  /** A page that is gone sends no key_up and no pointer_up. */
  #release(page: Page): void {
    for (const event of page.held.release()) this.#receiver?.(event, []);
  }

  #pageOf(peer: Peer): Page {
    const known = this.#pages.get(peer.id);
    if (known !== undefined) {
      known.peer = peer;
      return known;
    }
    if (this.#pages.size >= MAX_PAGES) this.#forgetSome();
    const page = new Page(peer);
    this.#pages.set(peer.id, page);
    return page;
  }

  /** Asks for a whole frame, soon, for the pages that missed one and have room again. */
  #catchUp(): void {
    if (this.#timer !== undefined || !this.#isAnyBehind()) return;
    const { clock } = this.#options;
    const wait = this.#caughtUp + CATCH_UP_INTERVAL - clock.monotonic();
    this.#timer = clock.delay(Math.max(CATCH_UP_DELAY, wait), () => {
      this.#timer = undefined;
      if (!this.#isAnyBehind()) return;
      this.#caughtUp = clock.monotonic();
      this.#askForWhole("a page missed a frame");
    });
  }

  #isAnyBehind(): boolean {
    const limit = this.#options.maxInFlight();
    return [...this.#pages.values()].some((page) => page.isBehind && page.hasRoom(limit));
  }
}

/** undefined for a message that the session is to report. */
function tryToParse(message: unknown): ParsedViewMessage | undefined {
  try {
    return parseViewMessage(message);
  } catch {
    return undefined;
  }
}
