import { describe, expect, it } from "vitest";
import { MAX_RESENDS } from "../../../../src/framebuffer/pacing/receiptWatch";
import { send } from "../../../support/departures";
import { RECEIPT_LIMIT, setUpPacing } from "../../../support/pacingHarness";

describe("an overdue receipt", () => {
  it("lets a draw that only the frames in flight hold up go out, 10 s after the last frame", () => {
    const { ledger, draws, givenUp, pass, request } = setUpPacing(2);
    request();
    pass(4);
    request();
    request();
    pass(RECEIPT_LIMIT - 0.001);
    expect([draws(), givenUp()]).toEqual([2, 0]);
    pass(0.001);
    expect([draws(), givenUp()]).toEqual([3, 1]);
    expect(ledger.inFlight).toBe(1);
  });

  it("is not overdue within 10 s of another receipt, even an old one", () => {
    const { acknowledge, draws, pass, request } = setUpPacing(2);
    request();
    request();
    pass(9);
    acknowledge(1);
    request();
    request();
    expect(draws()).toBe(3);
    pass(9);
    acknowledge(1);
    pass(9.999);
    expect(draws()).toBe(3);
    pass(0.001);
    expect(draws()).toBe(4);
  });

  it("has an eager source try with one frame per 10 s, however many may be in flight, until a receipt comes", () => {
    const { acknowledge, ledger, draws, pass, request } = setUpPacing(3);
    for (let time = 0; time < 4; time++) request();
    expect(draws()).toBe(3);
    for (let more = 1; more <= 5; more++) {
      pass(RECEIPT_LIMIT);
      for (let time = 0; time < 4; time++) request();
      expect(draws()).toBe(3 + more);
    }
    acknowledge(8);
    for (let time = 0; time < 4; time++) request();
    expect(ledger.inFlight).toBe(3);
  });

  it("is found at once when a draw comes to be wanted later", () => {
    const { scheduler, clock, draws, pass, request } = setUpPacing(1);
    request();
    scheduler.setVisible(false);
    pass(500);
    request();
    expect([draws(), clock.pending]).toEqual([1, 0]);
    scheduler.setVisible(true);
    pass(0);
    expect(draws()).toBe(2);
  });

  it("holds up a draw for a snapshot no longer either", () => {
    const { scheduler, draws, pass, request } = setUpPacing(1, { visible: false });
    scheduler.setSnapshotWaits(true);
    request();
    request();
    pass(RECEIPT_LIMIT);
    expect(draws()).toBe(2);
  });

  it("does no harm when it comes after all", () => {
    const { acknowledge, ledger, draws, pass, request } = setUpPacing(1);
    request();
    request();
    pass(RECEIPT_LIMIT);
    expect(draws()).toBe(2);
    expect(acknowledge(1)).toBe(true);
    expect(ledger.inFlight).toBe(1);
    expect(acknowledge(3)).toBe(false);
    acknowledge(2);
    request();
    expect([draws(), ledger.inFlight]).toEqual([3, 1]);
  });

  it("was not lost if a busy kernel has only not read it yet", () => {
    const { acknowledge, clock, draws, givenUp, request, resends } = setUpPacing(1);
    request();
    request();
    clock.advance(60);
    acknowledge(1);
    clock.turn();
    expect([draws(), givenUp(), resends()]).toEqual([2, 0, 0]);
  });

  it("does not matter to a new view, which may have all frames in flight at once", () => {
    const { ledger, pass, request } = setUpPacing(3);
    request();
    pass(RECEIPT_LIMIT);
    ledger.forget();
    for (let time = 0; time < 4; time++) request();
    expect(ledger.inFlight).toBe(3);
  });

  it("is put off when the next frame is under way in the very moment", () => {
    const { ledger, clock, givenUp, request } = setUpPacing(1);
    request();
    clock.turn();
    clock.advance(RECEIPT_LIMIT);
    ledger.begin();
    clock.turn();
    expect(givenUp()).toBe(0);
  });

  it("has a picture at rest sent again, a limited number of times", () => {
    const { ledger, clock, draws, pass, request, resends } = setUpPacing(2);
    request();
    for (let time = 1; time <= MAX_RESENDS; time++) {
      pass(RECEIPT_LIMIT - 0.001);
      expect(resends()).toBe(time - 1);
      pass(0.001);
      expect(resends()).toBe(time);
    }
    expect([clock.pending, draws(), ledger.inFlight]).toEqual([0, 1, 1]);
    pass(1000);
    expect(resends()).toBe(MAX_RESENDS);
  });

  it.each(["a receipt for an older one", "a new view", "a draw"])(
    "has a picture at rest sent again once more after %s",
    (what) => {
      const { acknowledge, ledger, clock, pass, request, resends } = setUpPacing(2);
      request();
      request();
      for (let time = 0; time < MAX_RESENDS; time++) pass(RECEIPT_LIMIT);
      expect([resends(), clock.pending]).toEqual([MAX_RESENDS, 0]);
      if (what === "a draw") {
        request();
        pass(0);
        // The copies take up the room; they are given up, and the draw goes out.
        pass(RECEIPT_LIMIT);
      } else if (what === "a new view") {
        ledger.forget();
        send(ledger, { purpose: "repeat" });
      } else {
        acknowledge(1);
      }
      pass(RECEIPT_LIMIT);
      expect(resends()).toBeGreaterThan(MAX_RESENDS);
    },
  );

  it("no longer matters to a picture at rest once any of its copies has arrived", () => {
    const { acknowledge, ledger, clock, pass, request, resends } = setUpPacing(1);
    request();
    pass(RECEIPT_LIMIT);
    pass(RECEIPT_LIMIT);
    expect([resends(), ledger.inFlight]).toEqual([2, 1]);
    acknowledge(1);
    expect(ledger.inFlight).toBe(0);
    pass(0);
    expect(clock.pending).toBe(0);
    pass(1000);
    expect(resends()).toBe(2);
  });

  it("has the picture at rest sent again when the draw that was held up gives nothing", () => {
    const { draws, pass, request, resends, sendNothing } = setUpPacing(1);
    request();
    request();
    sendNothing();
    pass(RECEIPT_LIMIT);
    expect([draws(), resends()]).toEqual([2, 0]);
    pass(RECEIPT_LIMIT);
    expect(resends()).toBe(1);
  });

  it("has nothing sent again while no view can be seen or a frame is under way", () => {
    const { ledger, scheduler, clock, pass, request, resends } = setUpPacing(2);
    request();
    scheduler.setVisible(false);
    clock.turn();
    expect(clock.pending).toBe(0);
    pass(1000);
    ledger.begin();
    scheduler.setVisible(true);
    pass(1000);
    expect(resends()).toBe(0);
    ledger.abandon();
    pass(0);
    expect(resends()).toBe(1);
  });

  it("is waited for as before when a later frame could not leave", () => {
    const { ledger, pass, request, resends } = setUpPacing(2);
    request();
    ledger.takeBack(send(ledger));
    pass(RECEIPT_LIMIT);
    expect(resends()).toBe(1);
  });

  it("is waited for by a timer only while something depends on it", () => {
    const { acknowledge, ledger, scheduler, clock, request, receipts } = setUpPacing(1);
    expect(clock.pending).toBe(0);
    request();
    request();
    expect(clock.pending).toBe(1);
    acknowledge(1);
    clock.turn();
    expect(clock.pending).toBe(1);
    acknowledge(2);
    clock.turn();
    expect(clock.pending).toBe(0);
    request();
    scheduler.dispose();
    receipts.dispose();
    expect(clock.pending).toBe(0);
    send(ledger);
    expect(clock.pending).toBe(0);
  });

  it("is waited for longer each time that none comes, and as before once one has", () => {
    const { acknowledge, givenUp, pass, request } = setUpPacing(1, { limit: (n) => 0.5 * 2 ** n });
    request();
    request();
    for (const [count, seconds] of [0.5, 1, 2, 4].entries()) {
      pass(seconds - 0.001);
      expect(givenUp()).toBe(count);
      pass(0.001);
      expect(givenUp()).toBe(count + 1);
      request();
    }
    acknowledge(5);
    request();
    request();
    pass(0.5);
    expect(givenUp()).toBe(5);
  });

  it("is waited for as before by a new view", () => {
    const { givenUp, ledger, pass, receipts, request } = setUpPacing(1, {
      limit: (missed) => 0.5 * 2 ** missed,
    });
    request();
    request();
    pass(0.5);
    request();
    pass(1);
    request();
    expect(givenUp()).toBe(2);
    ledger.forget();
    receipts.reset();
    request();
    request();
    pass(0.5);
    expect(givenUp()).toBe(3);
  });

  it("is never overdue where nothing is lost", () => {
    const { clock, draws, givenUp, pass, request, resends } = setUpPacing(1, {
      limit: () => undefined,
    });
    request();
    request();
    expect(clock.pending).toBe(0);
    pass(1e6);
    expect([draws(), givenUp(), resends()]).toEqual([1, 0, 0]);
  });
});
