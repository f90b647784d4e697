/** A debugging log on the browser's console. */

/** Logs one line. Callers keep tokens out of it. */
export type Log = (text: string) => void;

/** Creates the log of one part of the client; it logs nothing unless `isWanted`. */
export function makeLog(part: "view" | "worker", isWanted: boolean): Log {
  return isWanted ? (text) => console.info(`[jupyter-rfb-ts ${part}] ${text}`) : () => undefined;
}
