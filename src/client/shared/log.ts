/** Tells the console what happens, for whoever looks for a fault. */

/** Writes one line. Whoever calls it keeps tokens out. */
export type Log = (text: string) => void;

/** A log of one part of the client; a silent one unless it is asked for. */
export function makeLog(part: "view" | "worker", isWanted: boolean): Log {
  return isWanted ? (text) => console.info(`[jupyter-rfb-ts ${part}] ${text}`) : () => undefined;
}
