import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import * as client from "../../../src/client";
import * as element from "../../../src/client/element";
import * as react from "../../../src/client/react";
import type { RemoteFramebufferOptions } from "../../../src/client/types";
import type { Stats } from "../../../src/client/shared/stats";
import * as kernel from "../../../src/kernel";
import type { RemoteFrameBufferTraits } from "../../../src/kernel/remoteFrameBufferTraits";
import type { WidgetStats } from "../../../src/kernel/widgetStats";
import type { RfbEvent, RfbEventType } from "../../../src/protocol/events";
import * as server from "../../../src/server";
import type { ViewerMetrics } from "../../../src/hosting/metrics";
import type { HubOptions, ServerOptions, StreamOptions } from "../../../src/server";
import {
  guidePages,
  NOTEBOOK_PAGES,
  pageText,
  PROGRAM_PAGES,
  samplesOf,
} from "../../support/guides";

const ROOT = resolve(import.meta.dirname, "..", "..", "..");

/** The names of all members of a type: TypeScript rejects a name too few or too many. */
type Names<Type> = Readonly<Record<keyof Type, true>>;

type Common = "event_type" | "type" | "time_stamp" | "timestamp";
type OfType<Event, Type> = Event extends { readonly type: infer One }
  ? Type extends One
    ? Event
    : never
  : never;

const POSITION = { x: true, y: true, buttons: true, modifiers: true } as const;
const POINTER = { ...POSITION, button: true, ntouches: true, touches: true } as const;

/** The fields of each type of event, besides those that all have. */
const EVENT_FIELDS: {
  readonly [Type in RfbEventType]: Readonly<
    Record<Exclude<keyof OfType<RfbEvent, Type>, Common>, true>
  >;
} = {
  resize: {
    ...{ width: true, height: true, pwidth: true, pheight: true },
    ...{ ratio: true, pixel_ratio: true },
  },
  pointer_down: POINTER,
  pointer_up: POINTER,
  pointer_move: POINTER,
  pointer_enter: POINTER,
  pointer_leave: POINTER,
  double_click: { ...POSITION, button: true },
  wheel: { ...POSITION, dx: true, dy: true },
  key_down: { key: true, code: true, modifiers: true },
  key_up: { key: true, code: true, modifiers: true },
  char: { data: true, is_composing: true, input_type: true, repeat: true },
  focus_in: {},
  focus_out: {},
  show: {},
  hide: {},
  close: {},
};

const TRAITS: Names<RemoteFrameBufferTraits> = {
  ...{ css_width: true, css_height: true, resizable: true, quality: true },
  ...{ max_buffered_frames: true, codec: true, encoder: true, chroma: true },
  ...{ detect_changes: true, adaptive: true, target_fps: true, video_device: true },
  ...{ fit: true, smoothing: true, toolbar: true, cursor: true, title: true },
  ...{
    has_titlebar: true,
    is_minimizable: true,
    is_closable: true,
    keep_picture: true,
    front_end: true,
  },
};

const WIDGET_STATS: Names<WidgetStats> = {
  ...{ sent_frames: true, confirmed_frames: true, roundtrip: true, delivery: true },
  ...{ img_encoding: true, b64_encoding: true, fps: true, drawn_frames: true },
  ...{ unchanged_frames: true, replaced_frames: true, patch_frames: true, b64_frames: true },
  ...{ sent_bytes: true, codec: true, encoder: true, quality: true, scale: true },
  ...{ unknown_names: true, dropped_messages: true, last_drop_reason: true },
};

const VIEW_OPTIONS: Names<RemoteFramebufferOptions> = {
  ...{ url: true, token: true, imageOnly: true, fit: true, background: true, autoResize: true },
  ...{ devicePixelRatio: true, maxBackingDimension: true, maxInflight: true, quality: true },
  ...{ throttle: true, touchKeyboard: true, hideState: true, toolbar: true, label: true },
  ...{ workerFactory: true, debug: true, onState: true, onStats: true, onRole: true },
  ...{ onError: true },
};

const VIEW_STATS: Names<Stats> = {
  ...{ framesDisplayed: true, framesDropped: true, lastDisplayedSeq: true, fps: true },
  ...{ decodeQueueSize: true, transport: true, recoveries: true, codec: true },
  ...{ frameWidth: true, frameHeight: true, bytesReceived: true, reconnects: true },
  ...{ decodeMs: true, paintMs: true, serverRttMs: true, serverFpsSent: true },
  ...{ serverBitrateBps: true, serverDrawMs: true, serverEncodeMs: true, serverDropped: true },
  ...{ targetBitrate: true, targetFps: true },
};

const METRICS: Names<ViewerMetrics> = {
  ...{ client_id: true, stream: true, elapsed_s: true, frames_sent: true, frames_dropped: true },
  ...{ frames_acked: true, keyframes_sent: true, bytes_sent: true, fps_sent: true },
  ...{ fps_acked: true, bitrate_bps: true, draw_ms: true, encode_ms: true, rtt_ms: true },
  ...{ decode_queue_size: true, inflight: true, target_bitrate: true, target_fps: true },
  ...{ codec: true, encoder: true, quality: true, scale: true, unknown_names: true },
};

const STREAM_OPTIONS: Names<StreamOptions> = {
  ...{ fps: true, bitrate: true, max_inflight: true, has_h264: true, codec: true, quality: true },
  ...{ video_device: true, encoder: true, chroma: true, detect_changes: true, adaptive: true },
  ...{ still_after: true, authenticate: true, record_events: true, event_log: true },
  ...{
    driver: true,
    event_queue_size: true,
    own_frames: true,
    stats_interval: true,
    resize_policy: true,
  },
  ...{ max_render_dimension: true, max_viewers: true, show_errors: true, on_error: true },
};

const HUB_OPTIONS: Names<HubOptions> = {
  ...{
    origins: true,
    page: true,
    max_message_size: true,
    max_message_rate: true,
    hello_timeout: true,
  },
  ...{ auth_timeout: true, ping_interval: true, max_buffered_bytes: true },
};

const SERVER_OPTIONS: Names<ServerOptions> = {
  ...HUB_OPTIONS,
  ...{ host: true, port: true, path_prefix: true, insecure: true, on_request: true },
};

/** The chapter of a page under a heading of any level, down to the next one. */
function chapter(page: string, heading: string): string {
  const [, rest = ""] = pageText(page).split(new RegExp(`^#+ ${heading}$`, "m"));
  return rest.split(/^#+ /m)[0] ?? "";
}

/** The cells of a text's tables, row by row, without the heads. */
function rowsOf(text: string): string[][] {
  const isRule = (line = ""): boolean => /^\|[ |-]+$/.test(line);
  return text
    .split("\n")
    .filter((line, at, all) => line.startsWith("|") && !isRule(line) && !isRule(all[at + 1]))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** The names in code in a cell: `fit`, `publish(...)` and `Server.port` give the last name. */
function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`(?:new )?(?:[A-Z]\w*\.)?(\w+)[^`]*`/g)].map(([, name = ""]) => name);
}

/** The names in the first column of the tables below a heading. */
function listed(page: string, heading: string): string[] {
  return rowsOf(chapter(page, heading)).flatMap(([first = ""]) => namesIn(first));
}

const sorted = (names: Iterable<string>): string[] => [...names].sort();

describe("the tables of the guides", () => {
  it("list each event with its fields", () => {
    const rows = rowsOf(chapter("guide/events.md", "Types and fields"));
    const types = rows.filter((cells) => cells.length === 3);
    const shown = types.map(([type = "", , fields = ""]) => [
      ...namesIn(type),
      sorted(namesIn(fields)),
    ]);
    const expected = Object.entries(EVENT_FIELDS).map(([type, fields]) => [
      type,
      sorted(Object.keys(fields)),
    ]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));

    const explained = rows
      .filter((cells) => cells.length === 2)
      .flatMap(([one = ""]) => namesIn(one));
    const fields = Object.values(EVENT_FIELDS).flatMap((one) => Object.keys(one));
    const common: Common[] = ["event_type", "type", "time_stamp", "timestamp"];
    expect(sorted(explained)).toEqual(sorted(new Set([...common, ...fields])));
  });

  it.each([
    ["guide/notebooks.md", "Traits", TRAITS],
    ["guide/scheduling.md", "Statistics", WIDGET_STATS],
    ["guide/web-pages.md", "Options of the view", VIEW_OPTIONS],
    ["guide/serving.md", "Options of a stream", STREAM_OPTIONS],
    ["guide/serving.md", "Options of a server", SERVER_OPTIONS],
  ])("are complete: %s, %s", (page, heading, names) => {
    expect(sorted(listed(page, heading))).toEqual(sorted(Object.keys(names)));
  });

  it("name the statistics of a view", () => {
    const text = chapter("guide/web-pages.md", "Statistics");
    expect(namesIn(text)).toEqual(expect.arrayContaining(Object.keys(VIEW_STATS)));
  });
});

/** All members of a class and of its base classes. */
function membersOf(type: { readonly prototype: object }): string[] {
  const names: string[] = [];
  for (let at: unknown = type.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  return names;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...[kernel, server, client, element, react].flatMap((module) => Object.keys(module)),
  ...membersOf(kernel.RemoteFrameBuffer),
  ...membersOf(server.Display),
  ...membersOf(server.RfbServer),
  ...membersOf(client.RemoteFramebufferView),
  ...Object.values(EVENT_FIELDS).flatMap((fields) => Object.keys(fields)),
  ...Object.keys(EVENT_FIELDS),
  ...[TRAITS, WIDGET_STATS, VIEW_OPTIONS, VIEW_STATS].flatMap((names) => Object.keys(names)),
  ...[METRICS, STREAM_OPTIONS, SERVER_OPTIONS].flatMap((names) => Object.keys(names)),
]);

/** What jupyter_rfb 1.0 offers to its users. */
const JUPYTER_RFB = [
  ...["get_frame", "handle_event", "request_draw", "send_frame", "snapshot", "print", "close"],
  ...["get_stats", "reset_stats", "css_width", "css_height", "resizable", "quality", "cursor"],
  ...["max_buffered_frames", "is_minimizable", "is_closable", "has_titlebar", "title"],
  ...["sent_frames", "confirmed_frames", "roundtrip", "delivery", "img_encoding"],
  ...["b64_encoding", "fps", "resize", "pointer_down", "pointer_up", "pointer_move"],
  ...["pointer_enter", "pointer_leave", "double_click", "wheel", "key_down", "key_up", "char"],
  ...["focus_in", "focus_out", "show", "hide", "close"],
];

/** What pdum.rfb offers: serve(), displays, their options, the view. */
const PDUM_RFB = [
  ...["serve", "serve_server", "add_stream", "remove_stream", "aclose", "publish"],
  ...["poll_events", "events", "client_count", "width", "height", "pixel_ratio", "color"],
  ...["target_size", "target_ratio", "recorded", "port", "ws_url", "server", "widget"],
  ...["host", "fps", "bitrate", "max_inflight", "has_h264", "has_nvenc", "gpu", "adaptive"],
  ...["still_after", "stats_interval", "authenticate", "origins", "record_events", "event_log"],
  ...["event_queue_size", "own_frames", "resize_policy", "max_render_dimension"],
  ...["encode_pipeline_depth", "url", "token", "workerFactory", "autoResize"],
  ...["devicePixelRatio", "maxBackingDimension", "imageOnly", "maxInflight", "fit"],
  ...["background", "debug", "onState", "onStats", "onError", "state", "stats"],
  ...["lastCaptureSeq", "setFit", "capture", "dispose", "framesDisplayed", "serverRttMs"],
  ...["frames_sent", "frames_dropped", "frames_acked", "rtt_ms", "encode_ms", "inflight"],
];

describe.each([
  ["jupyter-rfb", JUPYTER_RFB],
  ["pdum-rfb", PDUM_RFB],
])("the tables of docs/coming-from/%s.md", (page, theirs) => {
  const rows = rowsOf(pageText(`coming-from/${page}.md`)).filter((cells) => cells.length === 3);

  it("have a line for each of their names", () => {
    const names = rows.flatMap(([there = ""]) => namesIn(there));
    expect(theirs.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("name only what exists here", () => {
    const names = rows.flatMap(([, here = ""]) => namesIn(here));
    expect(names.length).toBeGreaterThan(50);
    const paths = ["health", "streams", "metrics", "GET", "POST"];
    expect(names.filter((name) => !KNOWN.has(name) && !paths.includes(name))).toEqual([]);
  });
});

describe("the samples of the guides", () => {
  it("are all run or compiled, or say why not", () => {
    const tried: readonly string[] = [...NOTEBOOK_PAGES, ...PROGRAM_PAGES];
    const untried = guidePages().filter(
      (page) => !tried.includes(page) && samplesOf(page).some(({ reason }) => reason === undefined),
    );
    expect(untried).toEqual([]);
  });
});

/** A heading's anchor on GitHub. */
function gitHubAnchor(heading: string): string {
  const text = heading.replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return text.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

/** The pages whose links are checked, as paths from the root. */
const PAGES = [
  ...["CONTRIBUTING.md"],
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !/^(reference|\.vitepress)\b/.test(path))
    .map((path) => join("docs", path)),
];

describe("the links of the documents", () => {
  it.each(PAGES)("of %s lead to files and headings that exist", (page) => {
    const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/^ *```.*?^ *```/gms, "");
    const broken = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].filter(
      ([, path = "", anchor]) => {
        const file = path === "" ? join(ROOT, page) : join(dirname(join(ROOT, page)), path);
        // TypeDoc writes the reference, and the docs site's tests follow its links.
        if (file.startsWith(join(ROOT, "docs", "reference"))) return false;
        if (!existsSync(file)) return true;
        if (anchor === undefined) return false;
        const headings = readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm);
        // The site's anchors have "-" in place of "_": neither may occur in one that is linked.
        return (
          ![...headings].some(([, one = ""]) => gitHubAnchor(one) === anchor) ||
          anchor.includes("_")
        );
      },
    );
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});
