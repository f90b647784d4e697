/** Parses the answer to a view's request for statistics. */
import { number } from "./checks";
import { Fields } from "./fields";
import type { StatsMessage } from "./messages";

/** Seconds. */
const TIME = number(0);
/** Seconds; below 0 where one clock is ahead of the other. */
const AGE = number();

/** Whether a message claims to be a {@link StatsMessage}. */
export function isStatsMessage(content: unknown): boolean {
  return (content as { readonly type?: unknown } | null | undefined)?.type === "stats";
}

/** @throws {@link ProtocolError} */
export function parseStatsMessage(content: unknown): StatsMessage {
  const fields = new Fields("stats", content);
  const mean = (name: string, check = TIME): number | null =>
    fields.has(name) ? fields.read(name, check) : null;
  return {
    type: "stats",
    localtime: fields.read("localtime", TIME),
    monotonic: fields.read("monotonic", TIME),
    now: fields.read("now", TIME),
    event_age: mean("event_age", AGE),
    drawing: mean("drawing"),
    encoding: mean("encoding"),
  };
}
