import { beforeEach, describe, expect, it } from "vitest";
import { PeerTransport } from "../../../src/kernel/peerTransport";
import type {
  FrameMessage,
  RequestStatsMessage,
  SessionMessage,
  StatsMessage,
} from "../../../src/protocol/messages";
import type { Peer } from "../../../src/widgets";
import { FakeClock } from "../../support/fakeClock";

let clock: FakeClock;
let maxInFlight: number;
let prefersBase64: boolean;
/** Frames by their index, other messages by their type. */
let broadcasts: (number | string)[];
let sent: Record<string, (number | string)[]>;
/** What the session got: receipts by their index, other messages by their type. */
let got: (string | number)[];
/** The model ids that no page shows any more. */
let removals: string[];
let left: number;
let transport: PeerTransport;

beforeEach(() => {
  prefersBase64 = false;
  setUp();
});

function setUp(): void {
  clock = new FakeClock();
  maxInFlight = 2;
  broadcasts = [];
  sent = {};
  got = [];
  removals = [];
  left = 0;
  transport = new PeerTransport({
    clock,
    prefersBase64,
    maxInFlight: () => maxInFlight,
    broadcast: (message) => broadcasts.push(nameOf(message)),
    onOutputsRemoved: (modelIds) => removals.push(...modelIds),
    onPageLeft: () => (left += 1),
    sendTo: ({ id }, message) => (sent[id] ??= []).push(nameOf(message)),
    stats: answer,
  });
  transport.onMessage((message) => {
    const { type, index } = message as { type: string; index?: number };
    got.push(index ?? type);
  });
}

function nameOf(message: SessionMessage | StatsMessage): number | string {
  return message.type === "framebufferdata" ? message.index : message.type;
}

function answer({ localtime }: RequestStatsMessage): StatsMessage {
  const means = { event_age: null, drawing: null, encoding: null };
  return { type: "stats", localtime, monotonic: 1, now: 1, ...means };
}

function peer(id: string, isReachable = true): Peer {
  return { id, isReachable, send: () => undefined };
}

function hello(id: string, isReachable = true): void {
  transport.receive({ type: "hello", version: 1 }, [], peer(id, isReachable));
}

function acknowledge(id: string, index: number): void {
  const receipt = { type: "frame_feedback", index, timestamp: 1, localtime: 1 };
  transport.receive(receipt, [], peer(id));
}

/** Of two pages the slow one misses the third frame. */
function leaveSlowBehind(): void {
  hello("fast");
  hello("slow");
  send(1);
  send(2, 1);
  acknowledge("fast", 2);
  send(3, 2);
  acknowledge("fast", 3);
}

/** Sends a frame; one with a base is made of patches. */
function send(index: number, base?: number): void {
  const patches = base === undefined ? {} : { base, patches: [[0, 0, 1, 1]] };
  transport.send({ type: "framebufferdata", index, ...patches } as unknown as FrameMessage);
}

function sendChunk(index: number, base?: number): void {
  const fields = base === undefined ? { chunk: "key" } : { chunk: "delta", base };
  transport.send({ type: "framebufferdata", index, ...fields } as unknown as FrameMessage);
}

describe("frames for several pages", () => {
  it("go to all of them while there is one", () => {
    hello("a");
    send(1);
    send(2);
    send(3);
    expect(broadcasts).toEqual([1, 2, 3]);
    expect(sent).toEqual({});
  });

  it("go to all where the kernel cannot tell pages apart", () => {
    transport.receive({ type: "hello", version: 1 }, [], undefined);
    transport.receive({ type: "hello", version: 1 }, [], undefined);
    send(1);
    expect(broadcasts).toEqual([1]);
    expect(got).toEqual(["hello", "hello"]);
  });

  it("go to all if one of them can't be reached by itself", () => {
    hello("a");
    hello("b", false);
    for (let index = 1; index < 5; index += 1) send(index);
    expect(broadcasts).toEqual([1, 2, 3, 4]);
  });

  it("go to each page that has room: a slow one gets newer frames, not all", () => {
    hello("fast");
    hello("slow");
    for (let index = 1; index <= 40; index += 1) {
      send(index);
      acknowledge("fast", index);
      if (index % 10 === 0) acknowledge("slow", Number(sent["slow"]?.at(-2) ?? 0));
    }
    expect(sent["fast"]).toHaveLength(40);
    expect(sent["slow"]).toEqual([1, 2, 11, 21, 31]);
    expect(broadcasts).toEqual([]);
  });

  it("are acknowledged by the page that is first", () => {
    hello("fast");
    hello("slow");
    got = [];
    send(1);
    send(2);
    acknowledge("fast", 1);
    acknowledge("slow", 1);
    acknowledge("fast", 2);
    acknowledge("slow", 2);
    expect(got).toEqual([1, 2]);
  });

  it("that were never sent are the session's to report, and hide no later receipt", () => {
    hello("a");
    send(1);
    acknowledge("a", 1e9);
    acknowledge("a", 1);
    expect(got).toEqual(["hello", 1e9, 1]);
  });

  it("that only change a frame do not go to a page without that frame", () => {
    leaveSlowBehind();
    acknowledge("slow", 2);
    send(4, 3);
    acknowledge("fast", 4);
    send(5);
    send(6, 5);
    expect(sent["fast"]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(sent["slow"]).toEqual([1, 2, 5, 6]);
  });

  it("of a video go to a page as long as it missed none", () => {
    hello("fast");
    hello("slow");
    sendChunk(1);
    // An image between two chunks is no part of the video.
    send(2);
    acknowledge("fast", 2);
    acknowledge("slow", 2);
    sendChunk(3, 1);
    sendChunk(4, 3);
    acknowledge("fast", 4);
    sendChunk(5, 4);
    acknowledge("fast", 5);
    acknowledge("slow", 4);
    sendChunk(6, 5);
    acknowledge("fast", 6);
    sendChunk(7);
    sendChunk(8, 7);
    expect(sent["fast"]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(sent["slow"]).toEqual([1, 2, 3, 4, 7, 8]);
  });

  it("come whole to a page that missed one and has room, at most twice a second", () => {
    const requests = (): number => got.filter((one) => one === "request_keyframe").length;
    leaveSlowBehind();
    clock.advance(1);
    expect(requests()).toBe(0);
    acknowledge("slow", 2);
    clock.advance(0.09);
    expect(requests()).toBe(0);
    clock.advance(0.02);
    expect(requests()).toBe(1);
    // The session has nothing to send: it is asked again, but not at once.
    acknowledge("fast", 3);
    clock.advance(0.3);
    expect(requests()).toBe(1);
    clock.advance(0.3);
    expect(requests()).toBe(2);
    send(4);
    acknowledge("slow", 4);
    clock.advance(10);
    expect(requests()).toBe(2);
  });

  it("need no request where the next one is whole anyway", () => {
    hello("fast");
    hello("slow");
    for (let index = 1; index <= 30; index += 1) {
      send(index);
      acknowledge("fast", index);
      if (index % 3 === 0) acknowledge("slow", index);
      clock.advance(0.02);
    }
    expect(got).not.toContain("request_keyframe");
  });

  it("go to the page that is left once the other is gone without a word", () => {
    hello("a");
    hello("gone");
    for (let index = 1; index <= 10; index += 1) {
      send(index);
      acknowledge("a", index);
    }
    expect(sent["gone"]).toEqual([1, 2]);
    clock.advance(31);
    acknowledge("a", 10);
    send(11);
    expect(broadcasts).toEqual([11]);
    // It was only cut off.
    hello("gone");
    send(12);
    expect(sent["gone"]).toEqual([1, 2, 12]);
  });

  it("come again to a page that lost some, once it says anything", () => {
    hello("a");
    hello("b");
    for (let index = 1; index <= 5; index += 1) {
      send(index);
      acknowledge("a", index);
    }
    clock.advance(6);
    transport.receive({ type: "show", timestamp: 1 }, [], peer("b"));
    send(6);
    expect(sent["b"]).toEqual([1, 2, 6]);
  });

  it("are sent by the newest way to a page", () => {
    const ways: string[] = [];
    transport = new PeerTransport({
      clock,
      prefersBase64: false,
      maxInFlight: () => 2,
      broadcast: () => undefined,
      onOutputsRemoved: () => undefined,
      onPageLeft: () => undefined,
      sendTo: (to) => to.send({}),
      stats: answer,
    });
    const way = (id: string, name: string): Peer => ({ ...peer(id), send: () => ways.push(name) });
    transport.receive({ type: "hello", version: 1 }, [], way("a", "a, old"));
    transport.receive({ type: "hello", version: 1 }, [], way("b", "b"));
    transport.receive({ type: "show", timestamp: 1 }, [], way("a", "a, new"));
    send(1);
    expect(ways).toEqual(["a, new", "b"]);
  });

  it("go to all where there are more pages than are counted, so that none is left out", () => {
    for (let index = 0; index < 32; index += 1) hello(`${index}`);
    send(1);
    expect(Object.keys(sent)).toHaveLength(32);
    hello("one more");
    send(2);
    expect(broadcasts).toEqual([2]);
  });

  it("are not lost on a page because others were loaded again and again", () => {
    hello("a");
    for (let index = 0; index < 31; index += 1) hello(`old ${index}`);
    for (let index = 1; index <= 5; index += 1) {
      send(index);
      acknowledge("a", index);
    }
    clock.advance(31);
    acknowledge("a", 5);
    hello("b");
    send(6);
    expect(sent["a"]?.at(-1)).toBe(6);
    expect(sent["b"]).toEqual([6]);
    expect(broadcasts).toEqual([]);
  });

  it("go again to all pages that owe receipts when the session considers them lost", () => {
    hello("a");
    hello("b");
    for (let index = 1; index <= 3; index += 1) send(index);
    expect(sent).toEqual({ a: [1, 2], b: [1, 2] });
    transport.framesLost();
    send(4);
    expect(sent).toEqual({ a: [1, 2, 4], b: [1, 2, 4] });
  });

  it("go now and then to a page that acknowledges nothing, as it may have lost them", () => {
    hello("a");
    hello("b");
    hello("silent");
    for (let index = 1; index <= 600; index += 1) {
      send(index);
      acknowledge("a", index);
      acknowledge("b", index);
      clock.advance(0.1);
    }
    // After 5, 10, 20 and so on seconds.
    expect(sent["silent"]?.length).toBeGreaterThanOrEqual(4);
    expect(sent["silent"]?.length).toBeLessThanOrEqual(6);
    acknowledge("silent", Number(sent["silent"]?.at(-1)));
    send(601);
    expect(sent["silent"]?.at(-1)).toBe(601);
  });

  it("are asked for no more when a page that was behind got one together with all", () => {
    leaveSlowBehind();
    hello("not reachable", false);
    got = [];
    send(4);
    acknowledge("slow", 4);
    clock.advance(10);
    expect(broadcasts).toEqual([4]);
    expect(got).toEqual([4]);
  });

  it("wait for no timer once the widget has left", () => {
    hello("fast");
    hello("slow");
    for (let index = 1; index <= 3; index += 1) {
      send(index);
      acknowledge("fast", index);
    }
    acknowledge("slow", 2);
    transport.clear();
    clock.advance(10);
    expect(got).not.toContain("request_keyframe");
  });

  describe("when an output was removed", () => {
    const remove = (id: string | undefined): void =>
      transport.receive(
        { type: "output_removed", model_ids: ["box", "picture"] },
        [],
        id === undefined ? undefined : peer(id),
      );

    it("are no longer wanted if the page is the only one", () => {
      hello("a");
      hello("b");
      remove("a");
      expect(removals).toEqual([]);
      for (let index = 1; index <= 3; index += 1) send(index);
      acknowledge("a", 3);
      clock.advance(31);
      // The other page is gone.
      remove("a");
      expect(removals).toEqual(["box", "picture"]);
      // It may come from the other page.
      remove(undefined);
      expect(removals).toHaveLength(2);
      expect(got).not.toContain("output_removed");
    });

    it("are no longer wanted if the other page was closed", () => {
      hello("a");
      hello("b");
      transport.receive({ type: "goodbye" }, [], peer("b"));
      remove("a");
      expect(removals).toEqual(["box", "picture"]);
    });

    it.each([undefined, "box", [1], [""], ["x".repeat(65)]])(
      "leaves it to the session to report model ids that are %j",
      (model_ids) => {
        transport.receive({ type: "output_removed", model_ids }, [], peer("a"));
        expect(removals).toEqual([]);
        expect(got).toEqual(["output_removed"]);
      },
    );
  });
});

describe("A page that is gone", () => {
  const pointer = { x: 1, y: 1, button: 1, buttons: [1], modifiers: [], timestamp: 5 };
  const press = (id: string, key: string): void =>
    transport.receive({ type: "key_down", key, modifiers: [], timestamp: 5 }, [], peer(id));
  const point = (id: string, type: string): void =>
    transport.receive({ ...pointer, type, ntouches: 0, touches: {} }, [], peer(id));

  beforeEach(() => {
    hello("a");
    hello("b");
    press("a", "w");
    point("a", "pointer_enter");
    point("a", "pointer_down");
    press("b", "x");
    got.length = 0;
  });

  it("has released its keys and buttons when it says goodbye, and others have not", () => {
    transport.receive({ type: "goodbye" }, [], peer("a"));
    expect(got).toEqual(["pointer_up", "pointer_leave", "key_up"]);
    expect(left).toBe(1);
    // A page that is loaded again is another one.
    transport.receive({ type: "goodbye" }, [], peer("a"));
    expect(got).toHaveLength(3);
  });

  it("has released them when it owes receipts for too long", () => {
    send(1);
    acknowledge("b", 1);
    clock.advance(29);
    send(2);
    acknowledge("b", 2);
    expect(got.filter((one) => typeof one === "string")).toEqual([]);
    clock.advance(2);
    send(3);
    expect(got.filter((one) => typeof one === "string")).toEqual([
      "pointer_up",
      "pointer_leave",
      "key_up",
    ]);
    expect(left).toBe(0);
  });

  it("is found by a frame if it holds something and is silent, though no frame was sent", () => {
    const types = (): unknown[] => got.filter((one) => typeof one === "string");
    clock.advance(30);
    expect(types()).toEqual(["request_keyframe"]);
    send(1);
    clock.advance(29);
    acknowledge("b", 1);
    clock.advance(1);
    expect(types().slice(1)).toEqual(["pointer_up", "pointer_leave", "key_up"]);
    transport.receive({ type: "key_up", key: "x", modifiers: [], timestamp: 6 }, [], peer("b"));
    clock.advance(60);
    expect(clock.pending).toBe(0);
  });

  it("has released them when the widget leaves", () => {
    transport.clear();
    expect(got).toEqual(["pointer_up", "pointer_leave", "key_up", "key_up"]);
  });

  it("says goodbye in vain where the kernel can't tell pages apart", () => {
    transport.receive({ type: "goodbye" }, [], undefined);
    expect(got).toEqual([]);
    expect(left).toBe(0);
  });
});

describe("pages of different versions", () => {
  const accepted: unknown[] = [];
  const say = (id: string, accepts: readonly string[]): void =>
    transport.receive({ type: "hello", version: 1, accepts }, [], peer(id));

  beforeEach(() => {
    accepted.length = 0;
    transport.onMessage((message) => accepted.push((message as { accepts?: unknown }).accepts));
  });

  it("get what all of them can show", () => {
    say("old", ["patches"]);
    say("new", ["patches", "atlas", "h264"]);
    transport.receive({ type: "goodbye" }, [], peer("old"));
    say("new", ["patches", "atlas", "h264"]);
    expect(accepted).toEqual([["patches"], ["patches"], ["patches", "atlas", "h264"]]);
  });
});

describe("base64", () => {
  /** What the session is asked for when a page has said hello. */
  const askedBy = (id: string, base64: boolean | undefined): unknown => {
    let asked: unknown;
    transport.onMessage((message) => (asked = (message as { base64?: unknown }).base64));
    const hello = { type: "hello", version: 1, accepts: [] };
    transport.receive({ ...hello, ...(base64 !== undefined && { base64 }) }, [], peer(id));
    return asked;
  };
  /** The same when pages have done so, one after the other. */
  const asked = (...wishes: readonly (boolean | undefined)[]): unknown =>
    wishes.map((base64, at) => askedBy(String(at), base64)).at(-1);

  it.each<[boolean, ...(boolean | undefined)[]]>([
    [true, true],
    [false, false],
    [false, undefined],
    [true, true, false],
    [true, false, true],
    // An older page only knows buffers.
    [false, true, undefined],
    [false, undefined, true],
  ])("is wanted: %s, if pages say %s, %s", (expected, ...wishes) => {
    expect(asked(...wishes)).toBe(expected);
  });

  it("is preferred in VS Code's kernels, by pages that know it", () => {
    prefersBase64 = true;
    setUp();
    expect(asked(false)).toBe(true);
    expect(asked(false, undefined)).toBe(false);
  });

  it("isn't kept up for a page that has left", () => {
    expect(asked(true, false)).toBe(true);
    transport.receive({ type: "goodbye" }, [], peer("0"));
    expect(askedBy("1", false)).toBe(false);
  });
});

describe("a frame that only refines what is there", () => {
  it("takes no place at a page", () => {
    hello("fast");
    hello("slow");
    send(1);
    const refining = { type: "framebufferdata", index: 2, base: 1, patches: [[0, 0, 1, 1]] };
    transport.send({ ...refining, refines: true } as unknown as FrameMessage);
    send(3, 2);
    expect(sent["slow"]).toEqual([1, 2, 3]);
  });
});

describe("pings", () => {
  const ping = { type: "ping", id: 1 } as const;
  const pong = (id: string): void =>
    transport.receive({ type: "pong", id: 1 }, [], id === "" ? undefined : peer(id));

  it("go to all pages until one has acknowledged a frame, and then to the fastest", () => {
    hello("a");
    hello("b");
    transport.send(ping);
    expect([broadcasts, sent]).toEqual([["ping"], {}]);
    send(1);
    acknowledge("b", 1);
    transport.send(ping);
    expect([broadcasts, sent]).toEqual([["ping"], { a: [1], b: [1, "ping"] }]);
  });

  it("are answered to the session by the page whose receipts it gets", () => {
    hello("a");
    hello("b");
    pong("a");
    pong("");
    send(1);
    acknowledge("b", 1);
    got.length = 0;
    pong("a");
    expect(got).toEqual([]);
    pong("b");
    expect(got).toEqual(["pong"]);
    transport.receive({ type: "goodbye" }, [], peer("b"));
    pong("a");
    expect(got).toEqual(["pong", "pong"]);
  });

  it("bring no page back that said goodbye, and make no room at a page that is behind", () => {
    hello("a");
    hello("b");
    for (const index of [1, 2]) send(index);
    for (const index of [1, 2]) acknowledge("b", index);
    clock.advance(6);
    pong("a");
    const before = sent["a"]?.length;
    send(3);
    expect(sent["a"]).toHaveLength((before ?? 0) + 1);
    send(4);
    expect(sent["a"]).toHaveLength((before ?? 0) + 1);
    transport.receive({ type: "goodbye" }, [], peer("a"));
    pong("a");
    broadcasts.length = 0;
    send(5);
    expect(broadcasts).toEqual([5]);
  });
});

describe("statistics", () => {
  const request = { type: "request_stats", localtime: 5 };

  it("go to the page that asked", () => {
    hello("a");
    hello("b");
    transport.receive(request, [], peer("b"));
    expect(sent).toEqual({ b: ["stats"] });
    expect(broadcasts).toEqual([]);
    expect(got).toEqual(["hello", "hello"]);
  });

  it("go to all pages where one can't be reached by itself", () => {
    transport.receive(request, [], peer("a", false));
    transport.receive(request, [], undefined);
    expect(broadcasts).toEqual(["stats", "stats"]);
  });
});
