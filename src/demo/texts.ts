/** The texts of the page. Pure. */
import type { ConnectionState, Stats, ViewerRole } from "../client/index";

/** The text for each state of the connection. */
export const STATE_TEXTS: Readonly<Record<ConnectionState, string>> = {
  connecting: "Connecting",
  open: "Connected, waiting for the server",
  negotiated: "Live",
  reconnecting: "Connection lost, reconnecting",
  closed: "Closed",
  error: "Cannot run in this browser",
};

/** Who drives, for a viewer of a stream that not every viewer drives. */
export function roleText({ drives, mayDrive, hasDriver, asks, asking }: ViewerRole): string {
  if (drives) {
    if (asking.length === 0) return "You drive.";
    return `You drive. ${asking.length === 1 ? "A viewer asks" : `${asking.length} viewers ask`} to.`;
  }
  if (hasDriver) return `Another viewer drives.${asks ? " You have asked." : ""}`;
  return mayDrive ? "Nobody drives." : "You can look, but not drive.";
}

/** The statistics that the page shows: pairs of name and value. */
export function statsTexts(stats: Stats, bitsPerSecond: number): readonly (readonly string[])[] {
  const { fps, frameWidth, frameHeight, framesDropped, serverDropped } = stats;
  const hasFrame = frameWidth > 0;
  return [
    ["Frame rate", `${fps} frames/s`],
    ["Format", hasFrame ? formatText(stats) : "none yet"],
    ["Frame size", hasFrame ? `${frameWidth} × ${frameHeight}` : "none yet"],
    ["Round trip", milliseconds(stats.serverRttMs)],
    ["Bit rate", bitRateText(bitsPerSecond)],
    ["Encoding", milliseconds(stats.serverEncodeMs)],
    ["Dropped", `${(serverDropped ?? 0) + framesDropped}`],
  ];
}

function formatText({ transport, codec = "" }: Stats): string {
  if (transport === "none") return "none yet";
  if (transport === "image") return `${codec.replace("image/", "").toUpperCase()} images`;
  if (codec.startsWith("avc1.")) return "H.264 video";
  if (codec.startsWith("vp09.")) return "VP9 video";
  return `${codec} video`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? "unknown" : `${value.toFixed(1)} ms`;
}

/** A bit rate with a suitable unit. */
export function bitRateText(bitsPerSecond: number): string {
  if (bitsPerSecond >= 1e6) return `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
  return `${Math.round(bitsPerSecond / 1000)} kbit/s`;
}

/** The time over which bytes are counted, in milliseconds. */
const RATE_WINDOW_MS = 2000;

/** Computes a bit rate from a growing count of bytes. */
export class BitRate {
  #counts: { readonly at: number; readonly bytes: number }[] = [];

  /**
   * Takes the current count.
   *
   * @param at - The time in milliseconds.
   * @returns bits per second over the last two seconds.
   */
  add(at: number, bytes: number): number {
    // A smaller count belongs to a new view.
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

/** The token in a URL's fragment, "#token=...". Browsers never send the fragment to a server. */
export function tokenIn(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("token") || undefined;
}
