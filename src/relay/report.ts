/** What an edge says to a publisher, each second and whenever something happens. */
import { integer, string, type Check } from "../protocol/checks";
import { ProtocolError } from "../protocol/errors";
import { NON_EMPTY_TEXT, type Fields } from "../protocol/fields";
import { parseStreamEvent, type StreamRfbEvent } from "../protocol/parseClientMessage";
import { messageFields, RELAY_VERSION, RENDITION_CHECK } from "./announcement";

/** Characters of a principal as JSON, at most. */
export const MAX_PRINCIPAL = 4096;

/** Items of a report, at most. */
export const MAX_ITEMS = 1000;

/** The id of a viewer: a UUID. */
const VIEWER = string(1, 64);

const PRINCIPAL: Check<unknown> = {
  expected: `what JSON can hold in ${MAX_PRINCIPAL} characters`,
  type: "object",
  accepts: (value): value is unknown => {
    try {
      return JSON.stringify(value ?? null).length <= MAX_PRINCIPAL;
    } catch {
      // It is nested too deeply.
      return false;
    }
  },
};

/** The check of an edge's name, which stands in logs. */
export const EDGE_NAME: Check<string> = {
  expected: "1 to 60 letters, digits, -, _, : and .",
  type: "string",
  accepts: (value): value is string => typeof value === "string" && /^[\w.:-]{1,60}$/.test(value),
};

/** Viewers of an edge, at most. */
const MAX_VIEWERS = 1_000_000;

/** Something that happened at an edge. */
export type ReportItem =
  /** All viewers follow, up to "complete". Others have disconnected. */
  | { readonly kind: "reset" }
  | { readonly kind: "complete" }
  | { readonly kind: "join"; readonly viewer: string; readonly principal: unknown }
  | { readonly kind: "leave" | "ask" | "silent"; readonly viewer: string }
  | { readonly kind: "hand_over"; readonly viewer: string; readonly to?: string }
  | { readonly kind: "event"; readonly viewer: string; readonly event: StreamRfbEvent }
  /** A viewer needs a frame that needs no other. */
  | { readonly kind: "keyframe"; readonly rendition: string };

/** What an edge says to a publisher. */
export interface Report {
  /** The edge's name, for people. */
  readonly edge: string;
  /** One more than in the report before. */
  readonly seq: number;
  /** How many viewers the edge has. */
  readonly viewers: number;
  /** How many of them it has reported. */
  readonly joined: number;
  /** How many viewers see each rendition. */
  readonly watching: Readonly<Record<string, number>>;
  readonly items: readonly ReportItem[];
}

/** Writes a report. */
export function packReport(report: Report): string {
  return JSON.stringify({ type: "report", version: RELAY_VERSION, ...report });
}

/** @throws {@link ProtocolError} that names the field */
export function parseReport(payload: Uint8Array): Report {
  const fields = messageFields("report", payload);
  const watching = fields.child("watching");
  const counts: Record<string, number> = {};
  for (const name of watching.names()) {
    if (!RENDITION_CHECK.accepts(name)) throw watching.error(name, RENDITION_CHECK, name);
    counts[name] = watching.read(name, integer(0, MAX_VIEWERS));
  }
  return {
    edge: fields.read("edge", EDGE_NAME),
    seq: fields.read("seq", integer(0)),
    viewers: fields.read("viewers", integer(0, MAX_VIEWERS)),
    joined: fields.read("joined", integer(0, MAX_VIEWERS)),
    watching: counts,
    items: fields.children("items", MAX_ITEMS).flatMap((item) => parseItem(item) ?? []),
  };
}

/** @returns undefined for a kind that only a newer edge knows */
function parseItem(fields: Fields): ReportItem | undefined {
  const kind = fields.read("kind", NON_EMPTY_TEXT);
  switch (kind) {
    case "reset":
    case "complete":
      return { kind };
    case "keyframe":
      return { kind, rendition: fields.read("rendition", RENDITION_CHECK) };
    case "join":
      return {
        kind,
        viewer: viewerOf(fields),
        principal: fields.read("principal", PRINCIPAL) ?? null,
      };
    case "leave":
    case "ask":
    case "silent":
      return { kind, viewer: viewerOf(fields) };
    case "hand_over":
      return { kind, viewer: viewerOf(fields), ...fields.optional("to", NON_EMPTY_TEXT) };
    case "event": {
      const parsed = parseStreamEvent(fields.value("event"));
      if (parsed.type === "unknown") return undefined;
      if (parsed.type !== "event")
        throw new ProtocolError(`event: expected an event, got ${parsed.type}`);
      return { kind, viewer: viewerOf(fields), event: parsed.event };
    }
    default:
      return undefined;
  }
}

function viewerOf(fields: Fields): string {
  return fields.read("viewer", VIEWER);
}

/** What a publisher says to one edge. */
export type Instruction =
  /** Reports are missing: report all viewers again. */
  | { readonly kind: "resync" }
  /** Viewers that may not drive, of those that the edge has reported. */
  | { readonly kind: "passive"; readonly viewers: readonly string[] };

/** Writes an instruction. */
export function packInstruction(instruction: Instruction): string {
  return JSON.stringify({ type: "edge", version: RELAY_VERSION, ...instruction });
}

/**
 * @returns undefined for one that only a newer publisher knows
 * @throws {@link ProtocolError} that names the field
 */
export function parseInstruction(payload: Uint8Array): Instruction | undefined {
  const fields = messageFields("edge", payload);
  const kind = fields.read("kind", NON_EMPTY_TEXT);
  if (kind === "resync") return { kind };
  if (kind !== "passive") return undefined;
  return { kind, viewers: fields.list("viewers", NON_EMPTY_TEXT, MAX_ITEMS) };
}
