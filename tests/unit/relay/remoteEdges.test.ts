import { describe, expect, it } from "vitest";
import { withBothNames } from "../../../src/protocol/events";
import type { RelayedStream } from "../../../src/relay/publisher/relayedStream";
import { RemoteEdges } from "../../../src/relay/publisher/remoteEdges";
import type { Report, ReportItem } from "../../../src/relay/report";
import { FakeClock } from "../../support/fakeClock";

const event = withBothNames({ type: "key_down", timestamp: 1, key: "a", modifiers: [] });

function setUp() {
  const clock = new FakeClock();
  /** What happened, in words. */
  const seen: string[] = [];
  const errors: string[] = [];
  const known = new Set<string>(["local"]);
  let count = 0;
  const stream: RelayedStream = {
    ...{ size: { width: 1, height: 1 }, fps: 30, status: { kind: "ok", text: "" } },
    ...{ roles: { mode: "any", asking: [] }, renditions: [] },
    openRendition: () => {
      throw new Error("nobody asked for one");
    },
    setRemoteViewers: (viewers) => (count = viewers),
    isKnown: (id) => known.has(id),
    join: ({ client_id, edge, principal }) => {
      if (!known.has(client_id)) seen.push(`join ${client_id} ${edge} ${String(principal)}`);
      known.add(client_id);
      return principal !== "pupil";
    },
    leave: ({ client_id }) => {
      known.delete(client_id);
      seen.push(`leave ${client_id}`);
    },
    takeEvent: ({ client_id }, { event_type }) => seen.push(`${event_type} ${client_id}`),
    releaseInput: ({ client_id }) => seen.push(`release ${client_id}`),
    ask: ({ client_id }) => seen.push(`ask ${client_id}`),
    handOver: ({ client_id }, to) => seen.push(`hand over ${client_id} ${to}`),
    becameSilent: ({ client_id }) => seen.push(`silent ${client_id}`),
    onChange: () => ({ dispose: () => undefined }),
    reportError: (error) => errors.push((error as Error).message),
  };
  const edges = new RemoteEdges({
    ...{ stream, clock },
    resync: (session) => seen.push(`resync ${session}`),
    tellPassive: (session, viewers) => seen.push(`passive ${session} ${viewers.length}`),
    requestKeyframe: (rendition) => seen.push(`keyframe ${rendition}`),
    onWatching: () => undefined,
  });
  const seqs = new Map<string, number>();
  /** An edge reports; what it says of its viewers is right by default. */
  const report = (session: string, items: ReportItem[] = [], rest: Partial<Report> = {}): void => {
    const seq = rest.seq ?? (seqs.get(session) ?? -1) + 1;
    seqs.set(session, seq);
    const fields = { viewers: 1, joined: 1, watching: { video: 1 }, ...rest };
    edges.take(session, { edge: `edge of ${session}`, ...fields, seq, items });
  };
  const beats = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 0.5) {
      clock.advance(0.5);
      edges.sweep();
    }
  };
  const take = (): string[] => seen.splice(0);
  return { beats, clock, count: () => count, edges, errors, report, take };
}

const join = (viewer: string, principal: unknown = null): ReportItem => ({
  ...{ kind: "join", viewer, principal },
});

describe("the edges of a stream", () => {
  it("count their viewers, and who watches what", () => {
    const { count, edges, report } = setUp();
    report("s1", [], { viewers: 3, watching: { video: 2, image: 1 } });
    report("s2", [], { viewers: 4, watching: { video: 4 } });
    expect([count(), edges.watching("video"), edges.watching("image")]).toEqual([7, 6, 1]);
    expect(edges.watching("other")).toBe(0);
    report("s1", [], { viewers: 1, watching: {} });
    expect([count(), edges.watching("video"), edges.watching("image")]).toEqual([5, 4, 0]);
    expect([...edges.viewers]).toEqual([
      ["edge of s1", 1],
      ["edge of s2", 4],
    ]);
  });

  it("of one name are counted together", () => {
    const { edges, report } = setUp();
    report("s1", [], { edge: "cluster", viewers: 2 });
    report("s2", [], { edge: "cluster", viewers: 3 });
    expect([...edges.viewers]).toEqual([["cluster", 5]]);
  });

  it("are counted out after 3.5 s of silence, with their viewers", () => {
    const { beats, count, edges, report, take } = setUp();
    report("s1", [join("a")]);
    report("s2", [join("b")]);
    take();
    beats(3);
    report("s2");
    expect(count()).toBe(2);
    beats(0.5);
    expect([count(), take()]).toEqual([1, ["leave a"]]);
    beats(60);
    expect([count(), take(), edges.viewers.size]).toEqual([0, ["leave b"], 0]);
  });

  it("aren't counted out for what the publisher itself was busy", () => {
    const { beats, clock, count, edges, report, take } = setUp();
    report("s1", [join("a")]);
    beats(1);
    take();
    // A long computation: what edges said meanwhile is read after the timer.
    clock.advance(60);
    edges.sweep();
    expect([count(), take()]).toEqual([1, []]);
    report("s1");
    beats(3);
    expect(count()).toBe(1);
    beats(0.5);
    expect(count()).toBe(0);
  });

  it("are no more than a thousand", () => {
    const { count, errors, report } = setUp();
    for (let at = 0; at < 1005; at++) report(`s${at}`);
    expect(count()).toBe(1000);
    expect(errors[0]).toMatch(/Cannot count more than 1000 edges/);
  });

  it("are all forgotten together", () => {
    const { edges, report, take } = setUp();
    report("s1", [join("a")]);
    report("s2", [join("b")]);
    take();
    edges.clear();
    expect([take(), edges.viewers.size]).toEqual([["leave a", "leave b"], 0]);
  });
});

describe("the viewers of an edge", () => {
  it("do what the edge says, in its order", () => {
    const { report, take } = setUp();
    report("s1", [
      join("a", "ada"),
      { kind: "event", viewer: "a", event },
      { kind: "ask", viewer: "a" },
      { kind: "hand_over", viewer: "a", to: "b" },
      { kind: "hand_over", viewer: "a" },
      { kind: "silent", viewer: "a" },
      { kind: "keyframe", rendition: "video" },
      { kind: "leave", viewer: "a" },
      { kind: "leave", viewer: "a" },
    ]);
    expect(take()).toEqual([
      ...["join a edge of s1 ada", "key_down a", "ask a", "hand over a b"],
      ...["hand over a undefined", "silent a", "keyframe video", "leave a"],
    ]);
  });

  it("that may not drive are told so", () => {
    const { report, take } = setUp();
    report("s1", [join("a", "pupil"), join("b"), join("c", "pupil")]);
    expect(take().filter((text) => text.startsWith("passive"))).toEqual(["passive s1 2"]);
  });

  it("can't be spoken for by another edge", () => {
    const { errors, report, take } = setUp();
    report("s1", [join("a")]);
    take();
    for (const viewer of ["a", "local"]) {
      report("s2", [{ kind: "event", viewer, event }]);
      report("s2", [
        join(viewer),
        { kind: "event", viewer, event },
        { kind: "ask", viewer },
        { kind: "leave", viewer },
      ]);
      report("s2", [{ kind: "reset" }, join(viewer), { kind: "complete" }]);
    }
    expect(take().filter((text) => !text.startsWith("passive"))).toEqual([]);
    expect(errors[0]).toMatch(/Edge "edge of s2" speaks for a viewer that isn't its own/);
    report("s1", [{ kind: "event", viewer: "a", event }]);
    expect(take()).toEqual(["key_down a"]);
  });

  it("let go of what they hold when a report is missing", () => {
    const { report, take } = setUp();
    report("s1", [join("a"), join("b"), { kind: "event", viewer: "a", event }]);
    report("s2", [join("c")]);
    take();
    report("s1", [], { seq: 1, joined: 2 });
    expect(take()).toEqual([]);
    report("s1", [{ kind: "event", viewer: "b", event }], { seq: 3 });
    expect(take()).toEqual(["release a", "release b", "key_down b"]);
  });

  it("are told of again when the edge has more of them, or fewer, once a second", () => {
    const { clock, report, take } = setUp();
    report("s1", [join("a")]);
    take();
    report("s1", [], { joined: 1 });
    expect(take()).toEqual([]);
    // Among other items it may be on its way.
    report("s1", [{ kind: "ask", viewer: "a" }], { joined: 2 });
    expect(take()).toEqual(["ask a"]);
    report("s1", [], { joined: 2 });
    report("s1", [], { joined: 2 });
    expect(take()).toEqual(["resync s1"]);
    clock.advance(1.1);
    report("s1", [], { joined: 0 });
    expect(take()).toEqual(["resync s1"]);
  });

  it("that an edge doesn't tell of again are gone", () => {
    const { report, take } = setUp();
    report("s1", [join("a"), join("b"), join("c")]);
    take();
    report("s1", [{ kind: "reset" }, join("b")]);
    expect(take()).toEqual([]);
    report("s1", [{ kind: "leave", viewer: "a" }, join("d"), { kind: "complete" }]);
    expect(take()).toEqual(["leave a", "join d edge of s1 null", "leave c"]);
    report("s1", [{ kind: "reset" }, { kind: "complete" }]);
    expect(take()).toEqual(["leave b", "leave d"]);
    report("s1", [{ kind: "complete" }]);
    expect(take()).toEqual([]);
  });
});
