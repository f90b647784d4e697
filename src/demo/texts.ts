/** What the page says, as texts. Pure. */
import type { ConnectionState, Stats } from "../client/index";

/** How far the connection has come, for people. */
export const STATE_TEXTS: Readonly<Record<ConnectionState, string>> = {
  connecting: "Connecting",
  open: "Connected, waiting for the server",
  negotiated: "Live",
  reconnecting: "Connection lost, trying again",
  closed: "Closed",
  error: "Cannot run here",
};

/** The most of the stream's figures that a person wants to see at once: name and value. */
export function statsTexts(stats: Stats, bitsPerSecond: number): readonly (readonly string[])[] {
  const { fps, frameWidth, frameHeight, framesDropped, serverDropped } = stats;
  const hasFrame = frameWidth > 0;
  return [
    ["Shown", `${fps} frames/s`],
    ["Sent as", hasFrame ? sentAs(stats) : "nothing yet"],
    ["Frame size", hasFrame ? `${frameWidth} × ${frameHeight}` : "none yet"],
    ["Round trip", milliseconds(stats.serverRttMs)],
    ["Bit rate", bitRateText(bitsPerSecond)],
    ["Encoding", milliseconds(stats.serverEncodeMs)],
    ["Dropped", `${(serverDropped ?? 0) + framesDropped}`],
  ];
}

function sentAs({ transport, codec = "" }: Stats): string {
  if (transport === "none") return "nothing yet";
  if (transport === "image") return `${codec.replace("image/", "").toUpperCase()} images`;
  if (codec.startsWith("avc1.")) return "H.264 video";
  if (codec.startsWith("vp09.")) return "VP9 video";
  return `${codec} video`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? "not told" : `${value.toFixed(1)} ms`;
}

/** A rate with a unit that suits it. */
export function bitRateText(bitsPerSecond: number): string {
  if (bitsPerSecond >= 1e6) return `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
  return `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

/** Bytes are counted over so many milliseconds. */
const RATE_WINDOW_MS = 2000;

/** How many bits come in a second, from counts of bytes that only grow. */
export class BitRate {
  #counts: { readonly at: number; readonly bytes: number }[] = [];

  /**
   * Takes a count.
   *
   * @param at - when, in milliseconds
   * @returns bits per second over the last two seconds
   */
  add(at: number, bytes: number): number {
    // A count that is less is that of another connection.
    if (bytes < (this.#counts.at(-1)?.bytes ?? 0)) this.#counts = [];
    this.#counts.push({ at, bytes });
    while (this.#counts.length > 2 && (this.#counts[1]?.at ?? at) <= at - RATE_WINDOW_MS) {
      this.#counts.shift();
    }
    const first = this.#counts[0];
    if (first === undefined || at === first.at) return 0;
    return ((bytes - first.bytes) * 8000) / (at - first.at);
  }
}

/** The token in a URL's fragment, "#token=...": what follows "#" never leaves the browser. */
export function tokenIn(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("token") || undefined;
}

/** The name of a screenshot's file: the time in the computer's own zone, without characters that files cannot have. */
export function screenshotName(now: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-");
  return `frame-${date}-${time}.png`;
}
