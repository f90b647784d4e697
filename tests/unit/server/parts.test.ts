import type { Socket } from "node:net";
import { hostname } from "node:os";
import { describe, expect, it, vi } from "vitest";
import { authContext } from "../../../src/hosting/auth";
import { MessageRate } from "../../../src/hosting/messageRate";
import { NO_TOTALS, prometheusText, type ViewerMetrics } from "../../../src/hosting/metrics";
import { hubSettings, serverSettings } from "../../../src/hosting/options";
import { hubOrigins } from "../../../src/hosting/hubOrigins";
import {
  isLoopbackHost,
  isLocalRequest,
  isOriginAllowed,
  missingOrigins,
} from "../../../src/hosting/origins";
import { RateMeter } from "../../../src/hosting/rateMeter";
import { pathWithin, streamNameAt } from "../../../src/hosting/streamPath";
import { EventQueue, type InputEvent } from "../../../src/server/eventQueue";
import { negotiate } from "../../../src/server/negotiation";
import { SharedQualities } from "../../../src/server/sharedQualities";
import { splitOptions } from "../../../src/server/splitOptions";
import { streamSettings } from "../../../src/server/streamOptions";
import { TargetSize } from "../../../src/server/targetSize";
import { fakeRequest } from "../../support/streamHarness";

describe("isOriginAllowed", () => {
  const local = { host: "localhost:8765", allowed: [], isLocal: true };
  const open = { host: "example.org", allowed: [], isLocal: false };

  it.each([
    ["a program that is no browser", { ...local, origin: undefined }, true],
    ["a page of this machine", { ...local, origin: "http://localhost:3000" }, true],
    ["a page of this machine by number", { ...local, origin: "http://127.0.0.1:3000" }, true],
    ["a page of this machine by IPv6", { ...local, origin: "http://[::1]:3000" }, true],
    ["a page of the web", { ...local, origin: "https://evil.example" }, false],
    ["a page that is a file or in a sandbox", { ...local, origin: "null" }, false],
    ["an origin that is none", { ...local, origin: "nonsense" }, false],
    [
      "a name of an attacker's that leads to this machine",
      { ...local, host: "evil.example:8765", origin: "http://evil.example:8765" },
      false,
    ],
    [
      "such a name without an origin",
      { ...local, host: "evil.example:8765", origin: undefined },
      false,
    ],
    ["the same origin", { ...open, origin: "https://example.org" }, true],
    [
      "the same origin with its port",
      { ...open, host: "example.org:443", origin: "https://example.org" },
      true,
    ],
    ["another port", { ...open, host: "example.org:8765", origin: "https://example.org" }, false],
    ["another host", { ...open, origin: "https://www.example.org" }, false],
    [
      "one that is named",
      { ...open, allowed: ["https://a.example"], origin: "https://a.example" },
      true,
    ],
    [
      "one that begins like a named one",
      { ...open, allowed: ["https://a.example"], origin: "https://a.example.evil" },
      false,
    ],
    [
      "any where all are allowed",
      { ...open, allowed: ["*"], origin: "https://evil.example" },
      true,
    ],
    [
      "a page of the asker's own machine on a server that others reach",
      { ...open, origin: "http://localhost:3000" },
      false,
    ],
    [
      "a named page of that kind",
      { ...open, allowed: ["http://localhost:3000"], origin: "http://localhost:3000" },
      true,
    ],
    ["a file or a sandbox that is named", { ...local, allowed: ["null"], origin: "null" }, true],
    [
      "a sandbox under an attacker's name",
      { ...local, host: "evil.example", allowed: ["null"], origin: "null" },
      false,
    ],
    [
      "a named one behind a proxy on this machine",
      {
        host: "a.example",
        allowed: ["https://a.example"],
        isLocal: true,
        origin: "https://a.example",
      },
      true,
    ],
  ])("%s: %o", (_what, question, expected) => {
    expect(isOriginAllowed(question)).toBe(expected);
  });

  it.each(["127.0.0.2", "127.9.9.9", "LOCALHOST", "localhost.", "[::1]", "[::ffff:127.0.0.1]"])(
    "knows %s as this machine",
    (name) => {
      const question = { ...local, host: `${name}:8765`, origin: `http://${name}:3000` };
      expect(isOriginAllowed(question)).toBe(true);
    },
  );

  it.each(["127.0.0.1.evil.example", "localhost.evil.example", `evil-${hostname()}`])(
    "knows %s as another machine",
    (name) => {
      const question = { ...local, host: `${name}:8765`, origin: undefined };
      expect(isOriginAllowed(question)).toBe(false);
    },
  );

  it.each([hostname(), `${hostname()}.local`, "192.168.1.2", "[::ffff:10.0.0.1]", "[fd00::2]"])(
    "knows %s as this machine, as the request came from it",
    (name) => {
      const question = { ...local, host: `${name}:8765`, origin: `http://${name}:8765` };
      expect(isOriginAllowed(question)).toBe(true);
    },
  );

  it.each([
    ["the page's", { ...local, origin: "https://a.example" }, ["https://a.example"]],
    [
      "the page's, behind a proxy",
      { ...local, host: "a.example:8000", origin: "http://a.example:8000" },
      ["http://a.example:8000"],
    ],
    [
      "the page's and the name that a proxy asks for",
      { ...local, host: "b.example", origin: "https://a.example" },
      ["https://a.example", "https://b.example"],
    ],
    [
      "the name, of a page that is allowed",
      { ...local, host: "b.example", origin: "http://localhost:3000" },
      ["http://b.example"],
    ],
    ["the name, of a program", { ...local, host: "b.example" }, ["https://b.example"]],
    ["a sandbox's", { ...local, origin: "null" }, ["null"]],
    [
      "an application's, and the name that it asks for",
      { ...local, host: "b.example", origin: "vscode-webview://0abc" },
      ["vscode-webview://0abc", "https://b.example"],
    ],
    ["no such that no browser has", { ...local, origin: "nonsense" }, []],
    ["no wildcard", { ...local, origin: "*" }, []],
    ["none that is too long", { ...local, origin: `https://${"a".repeat(200)}.example` }, []],
    ["none of a host that is none", { ...local, host: 'b"\nx', origin: undefined }, []],
  ])("says what is missing to be allowed: %s", (_what, question, expected) => {
    const full = { origin: undefined, ...question };
    expect(isOriginAllowed(full)).toBe(false);
    expect(missingOrigins(full)).toEqual(expected);
  });

  it.each([
    ["its public address", { PUBLIC_URL: "https://hub.example/user/ada/" }, "https://hub.example"],
    [
      "that of the user's own domain",
      {
        ...{ PUBLIC_URL: "http://ada.hub.example:8000/user/ada/" },
        ...{ PUBLIC_HUB_URL: "http://hub.example:8000/hub/", HOST: "http://hub.example:8000" },
      },
      "http://ada.hub.example:8000",
    ],
    [
      "that of the user's own domain, on a hub before 5.0",
      { OAUTH_CALLBACK_URL: "https://ada.hub.example/user/ada/oauth_callback" },
      "https://ada.hub.example",
    ],
    [
      "none that it doesn't know",
      { PUBLIC_URL: "", OAUTH_CALLBACK_URL: "/user/ada/cb" },
      undefined,
    ],
    ["none of another kind", { PUBLIC_URL: "file:///user/ada" }, undefined],
    ["none without a hub", {}, undefined],
  ])("allows of a hub %s", (_what, variables, expected) => {
    const named = Object.entries(variables).map(([name, value]) => [`JUPYTERHUB_${name}`, value]);
    const env = Object.fromEntries(named) as Record<string, string>;
    expect(hubOrigins(env)).toEqual(expected === undefined ? [] : [expected]);
  });

  it.each([
    ["127.0.0.1", "127.0.0.1", true],
    ["::1", "::1", true],
    ["::ffff:127.0.0.1", "::ffff:127.0.0.1", true],
    ["192.168.1.2", "192.168.1.2", true],
    ["::ffff:192.168.1.2", "::ffff:192.168.1.7", false],
    ["127.0.0.1", "192.168.1.7", false],
    [undefined, undefined, false],
  ])("knows whether a request from %s to %s came from this machine", (from, to, expected) => {
    const socket = { remoteAddress: from, localAddress: to } as Socket;
    expect(isLocalRequest({ socket })).toBe(expected);
  });

  it("knows the hosts that others cannot reach", () => {
    for (const host of [
      ...["127.0.0.1", "127.9.9.9", "localhost", "localhost.", "LocalHost"],
      ...["::1", "::ffff:127.0.0.1"],
    ]) {
      expect([host, isLoopbackHost(host)]).toEqual([host, true]);
    }
    for (const host of [
      ...["0.0.0.0", "::", "192.168.1.2", "127.example.org", "::ffff:10.0.0.1"],
      ...["127.0.0.1@evil.example", "127.0.0.1:80", "fe80::1%lo", "localhost.evil.example"],
    ]) {
      expect([host, isLoopbackHost(host)]).toEqual([host, false]);
    }
  });
});

describe("options", () => {
  it("have their defaults", () => {
    expect(streamSettings({ fps: undefined })).toMatchObject({
      fps: 30,
      bitrate: 12_000_000,
      max_inflight: 2,
      still_after: 0.3,
      own_frames: true,
      resize_policy: "publisher",
    });
    expect(serverSettings({})).toMatchObject({ host: "127.0.0.1", port: 8765, insecure: false });
  });

  it.each([
    [{ fps: 0 }, RangeError, "fps: expected a number from 1 to 240, got 0"],
    [{ fps: NaN }, RangeError, "fps: expected a number from 1 to 240, got NaN"],
    [{ fps: "fast" }, TypeError, 'fps: expected a number from 1 to 240, got "fast"'],
    [{ max_inflight: 1.5 }, RangeError, "max_inflight: expected an integer from 1 to 64, got 1.5"],
    [{ codec: "h265" }, RangeError, 'codec: expected one of "auto", "jpeg", "png", "webp", "h264"'],
    [{ authenticate: true }, TypeError, "authenticate: expected a function, got true"],
    [
      { still_after: 0 },
      RangeError,
      "still_after: expected a number of seconds above 0, or null, got 0",
    ],
    [{ resize_policy: null }, TypeError, "resize_policy: expected"],
    [{ maxInflight: 2 }, TypeError, 'got "maxInflight"'],
    [{ constructor: 2 }, TypeError, 'got "constructor"'],
    [null, TypeError, "options: expected an object, got null"],
    [[], TypeError, "options: expected an object"],
  ])("of a stream refuse %o", (options, kind, message) => {
    const fill = (): unknown => streamSettings(options as never);
    expect(fill).toThrow(kind);
    expect(fill).toThrow(message);
  });

  it.each([
    [{ port: 65_536 }, "port: expected an integer from 0 to 65535, got 65536"],
    [{ host: "" }, 'host: expected a non-empty string, got ""'],
    [{ origins: ["example.org"] }, "origins: expected a list of origins"],
    [{ origins: ["https://example.org/path"] }, "origins: expected a list of origins"],
    [{ path_prefix: "user/ada" }, 'path_prefix: expected a path such as "/user/ada/proxy'],
    [{ path_prefix: "/a//b" }, "path_prefix: expected a path"],
    [{ path_prefix: "/a/../b" }, "path_prefix: expected a path"],
    [{ path_prefix: "/a b" }, "path_prefix: expected a path"],
    [{ path_prefix: "/a?b" }, "path_prefix: expected a path"],
    [{ path_prefix: "/a%2" }, "path_prefix: expected a path"],
    [{ path_prefix: "//evil.example" }, "path_prefix: expected a path"],
    [{ max_message_size: 10 }, "max_message_size: expected an integer from 1024"],
  ])("of a server refuse %o", (options, message) => {
    expect(() => serverSettings(options as never)).toThrow(message);
  });

  it("of a server take a path with or without a slash at its end", () => {
    const paths = ["", "/", "/user/a@b.org/proxy/absolute/8765/", "/user/j%C3%BC/.x", "/a..b"];
    expect(paths.map((path_prefix) => serverSettings({ path_prefix }).path_prefix)).toEqual([
      ...["", "", "/user/a@b.org/proxy/absolute/8765", "/user/j%C3%BC/.x", "/a..b"],
    ]);
  });

  it("of a server allow a hub's own address, unless there are others", () => {
    vi.stubEnv("JUPYTERHUB_PUBLIC_URL", "https://hub.example/user/ada/");
    try {
      const given = [{}, { origins: undefined }, { origins: [] }, { origins: ["null"] }];
      expect(given.map((options) => serverSettings(options).origins)).toEqual([
        ...[["https://hub.example"], ["https://hub.example"], [], ["null"]],
      ]);
      expect(hubSettings({}).origins).toEqual(["https://hub.example"]);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(serverSettings({}).origins).toEqual([]);
  });

  it("of a server take origins without a name, and those of applications", () => {
    const origins = ["null", "file://", "tauri://localhost", "vscode-webview://0abc", "*"];
    expect(serverSettings({ origins }).origins).toEqual(origins);
    for (const origin of ["tauri://localhost/page", "data:text/html,x", "Null"]) {
      expect(() => serverSettings({ origins: [origin] })).toThrow("origins: expected");
    }
  });

  it("of a hub know no port", () => {
    expect(() => hubSettings({ port: 1 } as never)).toThrow('got "port"');
  });

  it("are parted into the server's and the stream's", () => {
    expect(splitOptions({ port: 0, fps: 60, origins: ["*"] })).toEqual({
      server: { port: 0, origins: ["*"] },
      stream: { fps: 60 },
      relay: {},
    });
  });
});

describe("negotiate", () => {
  const all = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "webcodecs/h264-annexb",
    "webcodecs/vp9",
    "rfb/patches",
    "some/thing",
  ];
  const server = { codec: "auto", hasVideo: true, allowsH264: true } as const;

  it.each([
    ["auto", all, server, "h264"],
    ["auto, without node-av", all, { ...server, hasVideo: false }, "jpeg"],
    ["auto, without leave for H.264", all, { ...server, allowsH264: false }, "jpeg"],
    ["auto, for a viewer without video", ["image/jpeg", "image/png"], server, "jpeg"],
    ["auto, for a viewer without JPEG", ["image/png"], server, "png"],
    ["vp9", all, { ...server, codec: "vp9" }, "vp9"],
    ["vp9, for a viewer that has H.264 only", all.slice(0, 4), { ...server, codec: "vp9" }, "jpeg"],
    ["webp", all, { ...server, codec: "webp" }, "webp"],
    ["png", all, { ...server, codec: "png" }, "png"],
    ["png, for a viewer without", ["image/jpeg"], { ...server, codec: "png" }, "jpeg"],
    ["jpeg", all, { ...server, codec: "jpeg" }, "jpeg"],
  ] as const)("%s", (_what, supported, abilities, expected) => {
    expect(negotiate(supported, abilities)?.codec).toBe(expected);
  });

  it("agrees on nothing with a viewer that shows neither JPEG nor PNG", () => {
    expect(negotiate(["image/webp", "webcodecs/h264-annexb"], server)).toBeUndefined();
  });
});

describe("SharedQualities", () => {
  it("are what viewers wish for, until there are many; then the nearest that is there", () => {
    const qualities = new SharedQualities(80);
    const viewers = Array.from({ length: 100 }, (_, at) => ({ wish: at + 1 }));
    const granted = viewers.map((viewer) => qualities.grant(viewer, viewer.wish));
    expect(new Set(granted)).toEqual(new Set([5, 10, 15, 20, 80]));
    expect([granted[40], granted[51], granted[99]]).toEqual([20, 80, 80]);
    expect(qualities.grant({})).toBe(80);
  });

  it("become free again when their viewers leave, or change their wish", () => {
    const qualities = new SharedQualities(80);
    const viewers = [10, 20, 30, 40].map((wish) => ({ wish }));
    for (const viewer of viewers) qualities.grant(viewer, viewer.wish);
    const [first = {}, second = {}] = viewers;
    expect(qualities.grant(first, 13)).toBe(15);
    expect(qualities.grant({}, 77)).toBe(80);
    qualities.release(second);
    expect(qualities.grant({}, 72)).toBe(70);
  });

  it("are shared by similar wishes, in steps of 5", () => {
    const qualities = new SharedQualities(82);
    expect([58, 61, 62, 82, 81].map((wish) => qualities.grant({}, wish))).toEqual([
      60, 60, 60, 82, 80,
    ]);
    expect([1, 99, 100].map((wish) => new SharedQualities(82).grant({}, wish))).toEqual([
      5, 95, 100,
    ]);
  });

  it("give no lossless picture to a viewer that wished for another", () => {
    const qualities = new SharedQualities(50);
    for (const wish of [100, 20, 30, 40]) qualities.grant({}, wish);
    expect([qualities.grant({}, 99), qualities.grant({}, 100)]).toEqual([50, 100]);
  });
});

describe("RateMeter", () => {
  it("tells the mean of the last two seconds", () => {
    const meter = new RateMeter(100);
    for (let at = 0; at < 60; at++) meter.add(1, 100 + at / 30);
    expect(meter.perSecond(102)).toBeCloseTo(30, -1);
    expect(meter.perSecond(103)).toBeCloseTo(15, -1);
    expect(meter.perSecond(105)).toBe(0);
  });

  it("does not take one event at the beginning for a high rate", () => {
    const meter = new RateMeter(0);
    meter.add(1, 0);
    expect(meter.perSecond(0.001)).toBe(5);
  });
});

describe("MessageRate", () => {
  it("allows a burst of two seconds' worth, and then the rate", () => {
    const rate = new MessageRate(10, 0);
    const taken = Array.from({ length: 30 }, () => rate.take(0)).filter(Boolean);
    expect(taken).toHaveLength(20);
    expect(rate.take(0.05)).toBe(false);
    expect(rate.take(0.15)).toBe(true);
    expect(rate.take(0.15)).toBe(false);
  });
});

describe("EventQueue", () => {
  const event = (received_us: number): InputEvent => ({
    client_id: "one",
    principal: null,
    received_us,
    event: { event_type: "show", type: "show", time_stamp: 0, timestamp: 0 },
  });

  it("gives events in order, and drops the oldest when nobody takes them", () => {
    const queue = new EventQueue(3);
    for (const at of [1, 2, 3, 4, 5]) queue.push(event(at));
    expect(queue.drain().map(({ received_us }) => received_us)).toEqual([3, 4, 5]);
    expect(queue.dropped).toBe(2);
    expect(queue.drain()).toEqual([]);
  });

  it("can be iterated over until it is closed", async () => {
    const queue = new EventQueue(10);
    const seen: number[] = [];
    const done = (async () => {
      for await (const { received_us } of queue.iterate()) seen.push(received_us);
    })();
    queue.push(event(1));
    await Promise.resolve();
    queue.push(event(2));
    queue.close();
    queue.push(event(3));
    await done;
    expect(seen).toEqual([1, 2]);
  });
});

describe("TargetSize", () => {
  it("takes the first at once, and later ones when they have held for a moment", () => {
    let now = 0;
    const target = new TargetSize(null, () => now);
    expect([target.size, target.ratio]).toEqual([null, 1]);
    target.ask({ pwidth: 801, pheight: 333, ratio: 2 });
    expect([target.size, target.ratio]).toEqual([[801, 333], 2]);
    for (const pwidth of [820, 840, 860]) {
      now += 0.1;
      target.ask({ pwidth, pheight: 600, ratio: 1 });
      expect(target.size).toEqual([801, 333]);
    }
    now += 0.15;
    expect([target.size, target.ratio]).toEqual([[860, 600], 1]);
  });

  it("stays within the longest side, keeps the shape, and is never empty", () => {
    const target = new TargetSize(1000, () => 0);
    target.ask({ pwidth: 4000, pheight: 2250, ratio: 1 });
    expect(target.size).toEqual([1000, 562]);
    const tiny = new TargetSize(100, () => 0);
    tiny.ask({ pwidth: 5000, pheight: 1, ratio: 1 });
    expect(tiny.size).toEqual([100, 1]);
  });

  it.each([
    ["8192 and 16 777 216 pixels by default", undefined, 20_000, 20_000, [4096, 4096]],
    ["the same for one that is long", undefined, 65_535, 1, [8192, 1]],
    ["the same area with a side that was chosen", 16_384, 16_384, 4096, [8192, 2048]],
    ["what a frame can hold without a limit", null, 65_535, 65_535, [11_585, 11_585]],
    ["what a side of a frame can be without a limit", null, 65_535, 1, [65_500, 1]],
  ])("has as a limit %s", (_what, side, pwidth, pheight, expected) => {
    const { max_render_dimension } = streamSettings({ max_render_dimension: side });
    const target = new TargetSize(max_render_dimension, () => 0);
    target.ask({ pwidth, pheight, ratio: 1 });
    expect(target.size).toEqual(expected);
  });
});

describe("prometheusText", () => {
  const viewer = (fields: Partial<ViewerMetrics>): ViewerMetrics => ({
    ...({ stream: "cam", codec: "", ...NO_TOTALS } as ViewerMetrics),
    ...{ fps_sent: 0, encode_ms: 0, rtt_ms: 0 },
    ...fields,
  });

  it("is in the text format, with escaped labels and seconds", () => {
    const text = prometheusText([
      { stream: 'a"b\\c\nd', viewers: [viewer({ encode_ms: 2.5 })], departed: NO_TOTALS },
    ]);
    expect(text).toContain('rfb_viewers{stream="a\\"b\\\\c\\nd"} 1\n');
    expect(text).toContain("} 0.0025\n");
    expect(text.split("\n").filter((line) => line.startsWith("# TYPE"))).toHaveLength(12);
  });

  it("has one line for each stream, however many viewers came, and no number of a viewer's", () => {
    const viewers = [
      viewer({ client_id: "one", frames_sent: 3, fps_sent: 30, rtt_ms: 20 }),
      viewer({ client_id: "two", frames_sent: 4, fps_sent: 10, rtt_ms: 80, codec: "h264" }),
    ];
    const departed = { ...NO_TOTALS, frames_sent: 100 };
    const text = prometheusText([{ stream: "cam", viewers, departed }]);
    expect(text).toContain('rfb_frames_sent_total{stream="cam"} 107\n');
    expect(text).toContain('rfb_fps_sent{stream="cam"} 40\n');
    expect(text).toContain('rfb_rtt_seconds{stream="cam"} 0.08\n');
    const lines = text.trim().split("\n");
    expect(lines.filter((line) => !line.startsWith("#"))).toHaveLength(12);
    expect(text).toContain('rfb_codec_viewers{stream="cam",codec="h264"} 1\n');
    expect(text).not.toContain("client_id");
  });

  it("has numbers of a stream without viewers", () => {
    const text = prometheusText([{ stream: "cam", viewers: [], departed: NO_TOTALS }]);
    expect(text).toContain('rfb_rtt_seconds{stream="cam"} 0\n');
  });
});

describe("paths", () => {
  it.each([
    ["/", "default"],
    ["/?token=x", "default"],
    ["/cam", "cam"],
    ["/cam/more?x=/public", "cam"],
    ["/cam/../public", "cam"],
    ["//x/public", ""],
    ["//", ""],
  ])("%s leads to the stream %o, and is what authenticate gets", (url, name) => {
    expect(streamNameAt(pathWithin("", url) ?? "")).toBe(name);
    const { path } = authContext(fakeRequest(url), name, undefined);
    expect(path).toBe(url.split("?")[0]);
  });
});
