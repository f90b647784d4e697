/** Decides whether and when to reconnect after a connection is lost. Pure. */
import { CLOSE_CODES } from "../../protocol/streamMessages";

/** The first pause in milliseconds: about the time that a server needs to restart. */
const FIRST_PAUSE_MS = 500;
/**
 * The longest pause in milliseconds, so that a user does not wait much longer once the server is
 * back.
 */
const LONGEST_PAUSE_MS = 15_000;
/**
 * Each pause is shortened by a random share up to this one, so that the viewers of a restarted
 * server do not all reconnect at once.
 */
const JITTER = 0.5;

/** What to do about a closed WebSocket. */
export type CloseVerdict =
  | { readonly kind: "retry" }
  /** Reconnect, and show the user the reason. */
  | { readonly kind: "retry-and-report"; readonly reason: string }
  /** This server accepts no view of this page, but another one may. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Do not reconnect, because the connection would end the same way. */
  | { readonly kind: "give-up"; readonly reason: string };

/**
 * What to do about a close code.
 *
 * @param detail - The reason that the server sent with the code; may be empty.
 */
export function verdictOn(code: number, detail: string): CloseVerdict {
  const said = detail === "" ? "" : `: ${detail}`;
  switch (code) {
    case CLOSE_CODES.unauthorized:
      return { kind: "give-up", reason: `the server refused the token (${code})${said}` };
    case CLOSE_CODES.forbiddenPage:
      return { kind: "refused", reason: `the server does not accept this page (${code})${said}` };
    case CLOSE_CODES.badMessage:
      return {
        kind: "give-up",
        reason: `the server did not understand a message (${code})${said}`,
      };
    case CLOSE_CODES.unsupported:
      return {
        kind: "give-up",
        reason: `the server has no codec that this browser can show (${code})${said}`,
      };
    case CLOSE_CODES.unknownStream:
      return { kind: "retry-and-report", reason: `the server has no such stream (${code})${said}` };
    case CLOSE_CODES.tooManyViewers:
      return {
        kind: "retry-and-report",
        reason: `the server takes no more viewers (${code})${said}`,
      };
    case CLOSE_CODES.tooManyMessages:
      return { kind: "retry-and-report", reason: `the server cut this view off (${code})${said}` };
    default:
      return { kind: "retry" };
  }
}

/**
 * The pause before an attempt, in milliseconds.
 *
 * @param attempt - The number of failed attempts since the last working connection.
 * @param random - A random number from 0 up to, not including, 1.
 */
export function pauseBefore(attempt: number, random: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 20));
  return pause * (1 - JITTER * random);
}
