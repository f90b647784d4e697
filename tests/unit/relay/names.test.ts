import { describe, expect, it } from "vitest";
import { isWanted, roleIn } from "../../../src/relay/edge/viewerRole";
import {
  ALL_ANNOUNCEMENTS,
  allReportsSubject,
  announcementSubject,
  claimSubject,
  edgeSubject,
  frameSubject,
  lastToken,
  reportSubject,
  streamOfSubject,
} from "../../../src/relay/subjects";
import { withBothNames } from "../../../src/protocol/events";
import { FakeNats } from "../../support/fakeBroker";

describe("the subjects of a stream", () => {
  it("begin with their direction", () => {
    expect([
      announcementSubject("a"),
      frameSubject("a", "video-small"),
      edgeSubject("a", "s1"),
      reportSubject("a", "s1"),
      claimSubject("a"),
    ]).toEqual([
      "rfb.down.a.info",
      "rfb.down.a.frames.video-small",
      "rfb.down.a.edge.s1",
      "rfb.up.a.s1",
      "rfb.claim.a",
    ]);
  });

  it.each(["a", "a.b", "..a..", "A-b_c", "1.2.3"])("name %o, and it is found in them", (name) => {
    const nats = new FakeNats();
    const [one, other] = [nats.connect(), nats.connect()];
    const seen: (string | undefined)[] = [];
    one.subscribe(ALL_ANNOUNCEMENTS, (_, subject) => seen.push(streamOfSubject(subject)));
    one.subscribe(allReportsSubject(name), (_, subject) => seen.push(lastToken(subject)));
    other.publish(announcementSubject(name), "");
    other.publish(reportSubject(name, "s1"), "");
    expect(seen).toEqual([name, "s1"]);
  });
});

describe("a viewer's role at an edge", () => {
  const one = { mode: "one", driver: "ada", asking: ["bob", "cleo"] } as const;
  const role = { type: "role", may_drive: true, has_driver: true } as const;

  it("is none where every viewer drives", () => {
    expect(roleIn({ mode: "any", asking: [] }, "ada", true)).toBeUndefined();
  });

  it("says who drives, and to the driver who asks", () => {
    expect(roleIn(one, "ada", true)).toEqual({
      ...{ ...role, drives: true, asks: false, asking: ["bob", "cleo"] },
    });
    expect(roleIn(one, "bob", true)).toEqual({ ...role, drives: false, asks: true });
    expect(roleIn(one, "dan", false)).toEqual({
      ...{ ...role, drives: false, asks: false, may_drive: false },
    });
    expect(roleIn({ mode: "one", asking: [] }, "ada", true)).toEqual({
      ...{ ...role, drives: false, asks: false, has_driver: false },
    });
    expect(roleIn({ mode: "one", driver: "ada", asking: [] }, "ada", true)).toEqual({
      ...{ ...role, drives: true, asks: false },
    });
  });

  it("is only to look where nobody drives", () => {
    expect(roleIn({ mode: "none", asking: [] }, "ada", true)).toMatchObject({
      ...{ drives: false, may_drive: false, has_driver: false },
    });
  });

  it("decides which of its events are passed on", () => {
    const key = withBothNames({ type: "key_down", timestamp: 1, key: "a", modifiers: [] });
    const resize = withBothNames({
      ...{ type: "resize", timestamp: 1, width: 1, height: 1, pwidth: 1, pheight: 1, ratio: 1 },
    });
    const any = { mode: "any", asking: [] } as const;
    const none = { mode: "none", asking: [] } as const;
    expect([any, one, none].map((roles) => isWanted(roles, "ada", key))).toEqual([
      ...[true, true, false],
    ]);
    expect(isWanted(one, "bob", key)).toBe(false);
    expect([any, one, none].map((roles) => isWanted(roles, "bob", resize))).toEqual([
      ...[true, true, false],
    ]);
  });
});
