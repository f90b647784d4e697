import { describe, expect, it } from "vitest";
import { Reporter } from "../../../src/relay/edge/reporter";
import { parseReport, type Report, type ReportItem } from "../../../src/relay/report";
import { FakeNats } from "../../support/fakeBroker";
import { FakeClock } from "../../support/fakeClock";

function setUp() {
  const clock = new FakeClock();
  const nats = new FakeNats();
  const broker = nats.connect();
  const reports: Report[] = [];
  nats.connect().subscribe("rfb.up.lecture.*", (payload) => reports.push(parseReport(payload)));
  const counts = { viewers: 3, joined: 2, watching: { video: 3 } };
  const reporter = new Reporter({
    ...{ broker, name: "lecture", edge: "edge", session: "s", clock },
    counts: () => counts,
  });
  return { broker, clock, nats, reporter, reports };
}

const ask = (at: number): ReportItem => ({ kind: "ask", viewer: `viewer ${at}` });

describe("the reports of an edge", () => {
  it("tell all of one turn in their order, and the counts", () => {
    const { clock, reporter, reports, nats } = setUp();
    const items: ReportItem[] = [ask(2), { kind: "leave", viewer: "a" }, ask(1)];
    for (const item of items) reporter.tell(item);
    reporter.soon();
    expect(reports).toEqual([]);
    clock.turn();
    expect(reports).toEqual([
      { edge: "edge", seq: 0, viewers: 3, joined: 2, watching: { video: 3 }, items },
    ]);
    expect(nats.sent.map(({ subject }) => subject)).toEqual(["rfb.up.lecture.s"]);
    reporter.soon();
    clock.advance(0.02);
    expect(reports[1]).toMatchObject({ seq: 1, items: [] });
    expect(clock.pending).toBe(0);
  });

  it("lose nothing, however much there is to tell at once", () => {
    const { clock, reporter, reports } = setUp();
    const viewers = Array.from({ length: 12_000 }, (_, at) => `viewer ${at}`);
    reporter.tell({ kind: "reset" });
    for (const viewer of viewers) reporter.tell({ kind: "join", viewer, principal: null });
    reporter.tell({ kind: "complete" });
    clock.turn();
    clock.advance(1);
    const items = reports.flatMap((report) => report.items);
    expect([items[0]?.kind, items.at(-1)?.kind, items.length]).toEqual([
      ...["reset", "complete", 12_002],
    ]);
  });

  it("collect viewers that come and leave, and pass events on at once", () => {
    const { clock, reporter, reports } = setUp();
    reporter.tell({ kind: "join", viewer: "a", principal: null });
    clock.turn();
    expect(reports).toEqual([]);
    reporter.tell(ask(1));
    clock.turn();
    expect(reports.map(({ items }) => items.map(({ kind }) => kind))).toEqual([["join", "ask"]]);
    reporter.tell({ kind: "leave", viewer: "a" });
    clock.advance(0.02);
    expect(reports).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it("are several where there is much to tell", () => {
    const { nats, reporter, reports } = setUp();
    const items = Array.from({ length: 2500 }, (_, at) => ask(at));
    for (const item of items) reporter.tell(item);
    reporter.send();
    expect(reports.map((report) => report.items.length)).toEqual([1000, 1000, 500]);
    expect(reports.flatMap((report) => report.items)).toEqual(items);
    expect(reports.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    nats.maxPayload = 4000;
    for (const item of items) reporter.tell(item);
    reporter.send();
    expect(reports.slice(3).flatMap((report) => report.items)).toEqual(items);
  });

  it("fit through the broker whatever the characters are", () => {
    const { nats, reporter, reports } = setUp();
    nats.maxPayload = 20_000;
    const items = Array.from({ length: 40 }, (_, at): ReportItem => {
      return { kind: "join", viewer: `v${at}`, principal: "\u20ac".repeat(1000) };
    });
    for (const item of items) reporter.tell(item);
    reporter.send();
    expect(reports.flatMap((report) => report.items)).toEqual(items);
    expect(nats.refused).toEqual([]);
  });

  it("wait for the broker, the last ten thousand items of them", () => {
    const { broker, clock, reporter, reports } = setUp();
    broker.isConnected = false;
    for (let at = 0; at < 10_005; at++) reporter.tell(ask(at));
    clock.turn();
    expect(reports).toEqual([]);
    broker.isConnected = true;
    reporter.send();
    const items = reports.flatMap((report) => report.items);
    expect([items.length, items[0], reports[0]?.seq]).toEqual([10_000, ask(5), 0]);
  });

  it("tell nothing of viewers from before everything is told anew", () => {
    const { clock, reporter, reports } = setUp();
    reporter.tell(ask(1));
    reporter.tell({ kind: "keyframe", rendition: "video" });
    reporter.restart();
    reporter.tell({ kind: "reset" });
    clock.turn();
    // A viewer still waits for its picture.
    expect(reports[0]?.items).toEqual([
      { kind: "keyframe", rendition: "video" },
      { kind: "reset" },
    ]);
  });

  it("end with the reporter", () => {
    const { clock, reporter, reports } = setUp();
    reporter.tell(ask(1));
    reporter.dispose();
    expect([clock.pending, reports]).toEqual([0, []]);
  });
});
