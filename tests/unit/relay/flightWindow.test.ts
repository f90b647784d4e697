import { describe, expect, it } from "vitest";
import { FlightWindow } from "../../../src/relay/edge/flightWindow";

/** Sends as many frames as may be in flight. Returns how many those are. */
function fill(flight: FlightWindow, fps: number, now = 0, first = 0): number {
  let seq = first;
  while (flight.hasRoom(fps, false)) flight.sent(seq++, now);
  return flight.size;
}

describe("the frames in flight to a viewer", () => {
  it("are two until a round trip was measured", () => {
    expect(fill(new FlightWindow(), 240)).toBe(2);
  });

  it.each([
    [0.001, 30, 2],
    [0.05, 30, 3],
    [0.1, 30, 4],
    [0.2, 30, 7],
    [1, 30, 12],
    [60, 240, 12],
    [0.2, 0, 2],
  ])("cover a round trip of %d s at %d frames a second: %d", (seconds, fps, expected) => {
    const flight = new FlightWindow();
    flight.sent(0, 0);
    flight.confirm(0, seconds);
    expect(fill(flight, fps, seconds, 1)).toBe(expected);
  });

  it("are as many as may be for a viewer that is behind", () => {
    const flight = new FlightWindow();
    for (let seq = 0; flight.hasRoom(30, true); seq++) flight.sent(seq, 0);
    expect(flight.size).toBe(12);
  });

  it("are confirmed together with those before", () => {
    const flight = new FlightWindow();
    flight.sent(5, 1);
    flight.sent(6, 2);
    expect([flight.awaits(4), flight.awaits(5), flight.awaits(6), flight.awaits(7)]).toEqual([
      ...[true, true, true, false],
    ]);
    const receipt = flight.confirm(6, 3);
    expect(receipt).toEqual({ confirmed: { length: 2 }, frame: { sentAt: 2 }, receivedAt: 3 });
    expect(flight.size).toBe(0);
    expect(flight.awaits(6)).toBe(false);
    expect(flight.confirm(6, 4).confirmed.length).toBe(0);
  });

  it("aren't confirmed by a receipt for a frame that was never sent", () => {
    const flight = new FlightWindow();
    flight.sent(0, 0);
    flight.sent(1, 0);
    expect(flight.confirm(1000, 1)).toEqual({
      ...{ confirmed: { length: 0 }, frame: undefined, receivedAt: 1 },
    });
    expect([flight.size, flight.hasRoom(30, false)]).toEqual([2, false]);
    expect(flight.confirm(1, 1).confirmed.length).toBe(2);
  });

  it("are as many as the shortest round trip of the last ten seconds needs", () => {
    const flight = new FlightWindow();
    const roundTrip = (seq: number, from: number, to: number): void => {
      flight.sent(seq, from);
      flight.confirm(seq, to);
    };
    roundTrip(0, 0, 0.1);
    roundTrip(1, 5, 5.2);
    expect(fill(flight, 30, 6, 2)).toBe(4);
    flight.confirm(5, 11.2);
    // The way has become longer.
    expect(fill(flight, 30, 12, 6)).toBe(12);
  });

  it("are none when they won't be acknowledged any more", () => {
    const flight = new FlightWindow();
    fill(flight, 30);
    flight.forget();
    expect(flight.size).toBe(0);
    expect(flight.confirm(1, 1)).toMatchObject({ confirmed: { length: 0 }, frame: undefined });
  });
});
