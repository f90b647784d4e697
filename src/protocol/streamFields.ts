/** What both directions of the WebSocket route's messages have. */
import { integer, type Check } from "./checks";
import { ProtocolError } from "./errors";

/** The number of a frame. One below the safe integers, since sessions count one higher. */
export const SEQ: Check<number> = integer(0, Number.MAX_SAFE_INTEGER - 1);

/** The content of a text message. @throws ProtocolError */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError(`message: expected JSON, got a text of ${text.length} characters`);
  }
}
