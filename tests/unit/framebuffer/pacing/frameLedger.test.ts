import { describe, expect, it } from "vitest";
import {
  FrameLedger,
  MAX_AWAITED_FRAMES,
  type LedgerObserver,
} from "../../../../src/framebuffer/pacing/frameLedger";
import { send } from "../../../support/departures";

function setUp(maxInFlight = 2) {
  let changes = 0;
  const ledger = new FrameLedger({ maxInFlight: () => maxInFlight, onChange: () => changes++ });
  const heard: string[] = [];
  const indices = (frames: readonly { readonly index: number }[]): string =>
    frames.map(({ index }) => index).join(",");
  const observer = (name: string): LedgerObserver => ({
    recordSend: ({ index }) => heard.push(`${name} send ${index}`),
    recordUnsent: ({ index }) => heard.push(`${name} unsent ${index}`),
    recordReceipt: ({ index, confirmed, frame }) =>
      heard.push(
        `${name} receipt ${index} of ${indices(confirmed)} names ${frame?.index ?? "none"}`,
      ),
  });
  return { ledger, observer, heard, changes: () => changes };
}

describe("the ledger of frames", () => {
  it("counts a frame as in flight from its encoding to its receipt", () => {
    const { ledger } = setUp();
    ledger.begin();
    expect([ledger.encoding, ledger.inFlight, ledger.bytesAwaited]).toEqual([1, 1, 0]);
    ledger.abandon();
    send(ledger, { bytes: 70 });
    send(ledger, { bytes: 30 });
    expect([ledger.encoding, ledger.inFlight, ledger.bytesAwaited]).toEqual([0, 2, 100]);
    expect(ledger.hasRoom).toBe(false);
    ledger.confirm({ index: 1, localtime: 0 }, 0);
    expect([ledger.inFlight, ledger.bytesAwaited, ledger.hasRoom]).toEqual([1, 30, true]);
  });

  it("hands the same record to all observers, in their order, before it counts", () => {
    const { heard, ledger, observer } = setUp();
    const records: object[] = [];
    for (const name of ["one", "other"]) {
      ledger.observe(observer(name));
      ledger.observe({ recordSend: (departure) => records.push(departure) });
    }
    const departure = send(ledger);
    expect(records).toEqual([departure, departure]);
    expect(records[0]).toBe(records[1]);
    expect(ledger.confirm({ index: 1, localtime: 5 }, 7)).toMatchObject({
      frame: departure,
      localtime: 5,
      receivedAt: 7,
    });
    expect(heard).toEqual([
      "one send 1",
      "other send 1",
      "one receipt 1 of 1 names 1",
      "other receipt 1 of 1 names 1",
    ]);
  });

  it("says which frames a receipt confirms, and which one it names", () => {
    const { heard, ledger, observer } = setUp();
    ledger.observe(observer("it"));
    for (let frame = 0; frame < 4; frame++) send(ledger);
    ledger.confirm({ index: 3, localtime: 0 }, 0);
    ledger.confirm({ index: 2, localtime: 0 }, 0);
    expect(heard.slice(4)).toEqual([
      "it receipt 3 of 1,2,3 names 3",
      "it receipt 2 of  names none",
    ]);
    expect(ledger.confirm({ index: 5, localtime: 0 }, 0)).toBeUndefined();
    expect(heard).toHaveLength(6);
    expect(ledger.inFlight).toBe(1);
  });

  it("takes back a frame that could not be sent, and gives its index to the next", () => {
    const { heard, ledger, observer } = setUp();
    ledger.observe(observer("it"));
    send(ledger);
    ledger.takeBack(send(ledger));
    expect([ledger.lastIndex, ledger.inFlight, ledger.unconfirmedIndex]).toEqual([1, 1, 1]);
    expect(send(ledger).index).toBe(2);
    expect(heard).toEqual(["it send 1", "it send 2", "it unsent 2", "it send 2"]);
  });

  it("takes back nothing once a later frame was sent", () => {
    const { ledger } = setUp();
    const first = send(ledger);
    send(ledger);
    ledger.takeBack(first);
    expect([ledger.lastIndex, ledger.inFlight]).toEqual([2, 2]);
  });

  it("stays consistent when a copy is taken back whose picture was acknowledged meanwhile", () => {
    const { ledger } = setUp();
    send(ledger);
    const copy = send(ledger, { purpose: "repeat" });
    ledger.confirm({ index: 1, localtime: 0 }, 0);
    ledger.takeBack(copy);
    expect(ledger.inFlight).toBe(0);
  });

  it("counts a receipt for a picture for its later copies", () => {
    const { ledger } = setUp();
    send(ledger);
    send(ledger, { purpose: "repeat" });
    expect([ledger.unconfirmedIndex, ledger.inFlight]).toEqual([1, 2]);
    ledger.confirm({ index: 1, localtime: 0 }, 0);
    expect([ledger.unconfirmedIndex, ledger.inFlight]).toEqual([undefined, 0]);
    // Its own receipt may follow, and is measured.
    expect(ledger.confirm({ index: 2, localtime: 0 }, 0)?.confirmed).toHaveLength(1);
  });

  it("takes a lossless redraw for a new picture", () => {
    const { ledger } = setUp();
    send(ledger);
    send(ledger, { purpose: "lossless redraw" });
    expect(ledger.unconfirmedIndex).toBe(2);
    ledger.confirm({ index: 1, localtime: 0 }, 0);
    expect([ledger.unconfirmedIndex, ledger.inFlight]).toEqual([2, 1]);
  });

  it("has room for one frame after it gave up, until a receipt comes", () => {
    const { ledger } = setUp(3);
    for (let frame = 0; frame < 3; frame++) send(ledger);
    ledger.giveUp();
    expect([ledger.inFlight, ledger.hasRoom]).toEqual([0, true]);
    send(ledger);
    expect(ledger.hasRoom).toBe(false);
    ledger.confirm({ index: 4, localtime: 0 }, 0);
    send(ledger);
    send(ledger);
    expect(ledger.hasRoom).toBe(true);
  });

  it("takes late receipts of what was given up, each for its own frame only", () => {
    const { ledger } = setUp(3);
    for (let frame = 0; frame < 3; frame++) send(ledger);
    ledger.giveUp();
    expect([ledger.inFlight, ledger.awaited, ledger.bytesAwaited]).toEqual([0, 3, 300]);
    send(ledger);
    const late = ledger.confirm({ index: 2, localtime: 0 }, 0);
    expect(late?.confirmed.map(({ index }) => index)).toEqual([2]);
    const receipt = ledger.confirm({ index: 4, localtime: 0 }, 0);
    expect(receipt?.confirmed.map(({ index }) => index)).toEqual([4]);
  });

  it("forgets the frames of a view that is gone, and numbers on", () => {
    const { ledger } = setUp();
    send(ledger);
    ledger.forget();
    expect([ledger.inFlight, ledger.unconfirmedIndex]).toEqual([0, undefined]);
    expect(ledger.confirm({ index: 1, localtime: 0 }, 0)?.confirmed).toEqual([]);
    expect(send(ledger).index).toBe(2);
  });

  it("keeps a bounded number of records", () => {
    const { ledger } = setUp();
    for (let frame = 0; frame < MAX_AWAITED_FRAMES + 10; frame++) send(ledger);
    const receipt = ledger.confirm({ index: ledger.lastIndex, localtime: 0 }, 0);
    expect(receipt?.confirmed).toHaveLength(MAX_AWAITED_FRAMES);
    expect(ledger.inFlight).toBe(0);
  });

  it("reports every change of what is in flight", () => {
    const { changes, ledger } = setUp();
    const steps = [
      () => ledger.begin(),
      () => ledger.abandon(),
      () => ledger.begin(),
      () => ledger.takeBack(ledger.send(send(ledger))),
      () => ledger.confirm({ index: 1, localtime: 0 }, 0),
      () => ledger.giveUp(),
      () => ledger.forget(),
    ];
    for (const step of steps) {
      const before = changes();
      step();
      expect(changes()).toBeGreaterThan(before);
    }
  });
});
