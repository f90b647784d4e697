/** What a publisher says about its stream, each second and after a change. */
import { boolean, integer, number, oneOf, string } from "../protocol/checks";
import { Fields, NON_EMPTY_TEXT } from "../protocol/fields";
import { PICTURE_SIDE } from "../protocol/frameFields";
import { ProtocolError, errorMessage } from "../protocol/errors";
import { MAX_STATUS_TEXT, type StreamStatus } from "../protocol/streamMessages";

/** The version of the messages between publishers and edges. */
export const RELAY_VERSION = 1;

/** Seconds from one announcement, or report, to the next. */
export const BEAT = 1;

/** Seconds of silence after which a publisher, or an edge, is gone. */
export const SILENCE = 3.5;

/** A way to encode a stream, for viewers that can show it. */
export interface RenditionOffer {
  /** Letters, digits and "-". */
  readonly id: string;
  /** The capabilities that a viewer must have. */
  readonly needs: readonly string[];
  /** The rendition of fewer bytes for viewers on slow links. */
  readonly small?: string;
}

/** Who drives. */
export interface RoleSummary {
  /** "any" viewer, "none", or "one" at a time. */
  readonly mode: "any" | "none" | "one";
  /** The `client_id` of the one that drives. */
  readonly driver?: string;
  /** Ids of those who ask to drive, the first one first, at most 32. */
  readonly asking: readonly string[];
}

/** What a publisher says about its stream. */
export interface Announcement {
  /** Identifies the publisher. */
  readonly publisher: string;
  /** Grows from one publisher of this name to the next. The highest one counts. */
  readonly epoch: number;
  /** Whether the stream has ended. */
  readonly isClosed: boolean;
  readonly size: { readonly width: number; readonly height: number };
  /** Frames per second that are aimed at. */
  readonly fps: number;
  readonly status: Pick<StreamStatus, "kind" | "text">;
  readonly roles: RoleSummary;
  /** The best one first. */
  readonly renditions: readonly RenditionOffer[];
}

const RENDITION_ID = /^[a-z0-9-]{1,40}$/;
const RENDITION = {
  ...string(1, 40),
  expected: "1 to 40 small letters, digits and -",
  accepts: (value: unknown): value is string =>
    typeof value === "string" && RENDITION_ID.test(value),
};
const MAX_RENDITIONS = 16;
const STATUS_TEXT = string(0, MAX_STATUS_TEXT);

/** The check of the id of a rendition. */
export const RENDITION_CHECK = RENDITION;

/** Writes an announcement. */
export function packAnnouncement(announcement: Announcement): string {
  return JSON.stringify({ type: "info", version: RELAY_VERSION, ...announcement });
}

/** @throws {@link ProtocolError} that names the field */
export function parseAnnouncement(payload: Uint8Array): Announcement {
  const fields = messageFields("info", payload);
  const size = fields.child("size");
  const status = fields.child("status");
  const roles = fields.child("roles");
  return {
    publisher: fields.read("publisher", NON_EMPTY_TEXT),
    epoch: fields.read("epoch", integer(0)),
    isClosed: fields.readOr("isClosed", boolean, false),
    size: { width: size.read("width", PICTURE_SIDE), height: size.read("height", PICTURE_SIDE) },
    fps: fields.read("fps", number(1, 240)),
    status: {
      kind: status.read("kind", oneOf(["ok", "error", "empty"])),
      text: status.readOr("text", STATUS_TEXT, ""),
    },
    roles: {
      mode: roles.read("mode", oneOf(["any", "none", "one"])),
      ...roles.optional("driver", NON_EMPTY_TEXT),
      asking: roles.has("asking") ? roles.list("asking", NON_EMPTY_TEXT) : [],
    },
    renditions: fields.children("renditions", MAX_RENDITIONS).map((one) => ({
      id: one.read("id", RENDITION),
      needs: one.list("needs", NON_EMPTY_TEXT),
      ...one.optional("small", RENDITION),
    })),
  };
}

/**
 * The fields of a JSON message.
 *
 * @throws {@link ProtocolError} if it isn't one of this type and a known version
 */
export function messageFields(type: string, payload: Uint8Array): Fields {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    throw new ProtocolError(`${type}: expected JSON, got none: ${errorMessage(error)}`);
  }
  const fields = new Fields(type, content);
  fields.read("type", oneOf([type]));
  fields.integer("version", RELAY_VERSION, RELAY_VERSION);
  return fields;
}
