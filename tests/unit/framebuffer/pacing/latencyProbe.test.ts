import { describe, expect, it } from "vitest";
import { FrameLedger } from "../../../../src/framebuffer/pacing/frameLedger";
import { LatencyProbe } from "../../../../src/framebuffer/pacing/latencyProbe";
import { send } from "../../../support/departures";
import { FakeClock } from "../../../support/fakeClock";

function setUp({ answered = true, isOpen = true } = {}) {
  const clock = new FakeClock();
  const pings: number[] = [];
  const measured: number[] = [];
  const ledger = new FrameLedger({ maxInFlight: () => 9, onChange: () => undefined });
  const probe = new LatencyProbe({
    clock,
    link: { recordPing: (seconds) => measured.push(Math.round(seconds * 1000)) },
    transport: {
      send: ({ id }) => {
        if (!isOpen) throw new Error("closed");
        pings.push(id);
      },
    },
  });
  probe.reset(answered);
  ledger.observe(probe);
  const frame = (): void => void send(ledger);
  return { clock, frame, measured, pings, probe };
}

describe("LatencyProbe", () => {
  it("sends a ping before a frame, at most every half second, and none without frames", () => {
    const { clock, frame, pings } = setUp();
    for (let frames = 0; frames < 33; frames += 1) {
      frame();
      clock.advance(1 / 32);
    }
    expect(pings).toEqual([1, 2, 3]);
    clock.advance(10);
    expect(pings).toHaveLength(3);
  });

  it("measures until the first answer, and passes over answers to what it did not ask", () => {
    const { clock, frame, measured, probe } = setUp();
    frame();
    clock.advance(0.12);
    for (const id of [0, 2, 1, 1]) probe.answered(id);
    expect(measured).toEqual([120]);
  });

  it("sends nothing to a view that answers no pings", () => {
    const { frame, pings } = setUp({ answered: false });
    frame();
    expect(pings).toEqual([]);
  });

  it("takes no answer of an earlier view, and asks the next one at once", () => {
    const { clock, frame, measured, pings, probe } = setUp();
    frame();
    probe.reset(true);
    clock.advance(0.1);
    frame();
    probe.answered(1);
    expect(pings).toEqual([1, 2]);
    expect(measured).toEqual([]);
  });

  it("passes over answers that come too late to say anything about the link", () => {
    const { clock, frame, measured, probe } = setUp();
    for (let ping = 0; ping < 40; ping += 1) {
      frame();
      clock.advance(1);
    }
    probe.answered(40);
    probe.answered(1);
    probe.answered(30);
    expect(measured).toEqual([1000]);
  });

  it("leaves it to the frame to report a closed channel", () => {
    const { frame } = setUp({ isOpen: false });
    expect(frame).not.toThrow();
  });
});
