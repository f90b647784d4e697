/** Parses a session's ping to its view. */
import { integer, type Check } from "./checks";
import { Fields } from "./fields";
import type { PingMessage } from "./messages";

/** The number of a ping. */
export const PING_ID: Check<number> = integer(0);

/** Whether a message claims to be a {@link PingMessage}. */
export function isPing(content: unknown): boolean {
  return (content as { readonly type?: unknown } | null | undefined)?.type === "ping";
}

/** @throws {@link ProtocolError} */
export function parsePing(content: unknown): PingMessage {
  return { type: "ping", id: new Fields("ping", content).read("id", PING_ID) };
}
