import { describe, expect, it } from "vitest";
import { send } from "../../../support/departures";
import { setUpPacing } from "../../../support/pacingHarness";

describe("scheduling", () => {
  it("draws in a fresh turn, once for many requests", () => {
    const { scheduler, clock, draws } = setUpPacing(3);
    for (let time = 0; time < 50; time++) scheduler.request();
    expect(draws()).toBe(0);
    clock.turn();
    expect(draws()).toBe(1);
    clock.turn();
    expect(draws()).toBe(1);
  });

  it.each([1, 3])("holds back with %i in flight, and goes on with a receipt", (most) => {
    const { acknowledge, ledger, clock, draws, request } = setUpPacing(most);
    for (let time = 0; time < 6; time++) request();
    expect(draws()).toBe(most);
    expect(ledger.inFlight).toBe(most);
    expect(acknowledge(1)).toBe(true);
    clock.turn();
    expect(draws()).toBe(most + 1);
    expect(ledger.inFlight).toBe(most);
  });

  it("counts a receipt for all frames up to it", () => {
    const { acknowledge, ledger, request } = setUpPacing(3);
    for (let time = 0; time < 3; time++) request();
    acknowledge(3);
    expect(ledger.inFlight).toBe(0);
  });

  it("refuses a receipt for a frame that was never sent, and takes no notice of an old one", () => {
    const { acknowledge, ledger, request } = setUpPacing(2);
    request();
    expect(acknowledge(2)).toBe(false);
    expect(ledger.inFlight).toBe(1);
    acknowledge(1);
    expect(acknowledge(0)).toBe(true);
    expect(ledger.inFlight).toBe(0);
  });

  it("waits while no view can be seen, and draws once one can", () => {
    const { scheduler, clock, draws, request } = setUpPacing(2, { visible: false });
    request();
    request();
    expect(draws()).toBe(0);
    scheduler.setVisible(true);
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("draws for a snapshot though no view can be seen", () => {
    const { scheduler, clock, draws, request } = setUpPacing(2, { visible: false });
    scheduler.setSnapshotWaits(true);
    request();
    expect(draws()).toBe(1);
    scheduler.setSnapshotWaits(false);
    request();
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("looks again before it draws: a view hidden in between gets nothing", () => {
    const { scheduler, clock, draws } = setUpPacing(2);
    scheduler.request();
    scheduler.setVisible(false);
    clock.turn();
    expect(draws()).toBe(0);
  });

  it("begins no draw while one is under way, but remembers the request", () => {
    const { scheduler, clock, draws, request } = setUpPacing(3);
    scheduler.beginDraw();
    request();
    expect(draws()).toBe(0);
    scheduler.endDraw();
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("counts a frame that is being encoded as in flight", () => {
    const { ledger, clock, draws, request } = setUpPacing(1);
    ledger.begin();
    request();
    expect(draws()).toBe(0);
    ledger.abandon();
    clock.turn();
    expect(draws()).toBe(1);
  });

  it("does not draw again by itself after a draw that gave nothing", () => {
    const { ledger, clock, draws, request, sendNothing } = setUpPacing(1);
    sendNothing();
    request();
    clock.turn();
    expect(draws()).toBe(1);
    expect(ledger.inFlight).toBe(0);
    request();
    expect(draws()).toBe(2);
  });

  it("forgets what a former view did not acknowledge, and numbers on", () => {
    const { ledger, clock, draws, request } = setUpPacing(1);
    request();
    request();
    expect(draws()).toBe(1);
    ledger.forget();
    clock.turn();
    expect(draws()).toBe(2);
    expect(send(ledger).index).toBe(3);
  });

  it("gives the index of a frame that could not leave to the next", () => {
    const { ledger } = setUpPacing(1);
    ledger.takeBack(send(ledger));
    expect(ledger.inFlight).toBe(0);
    expect(send(ledger).index).toBe(1);
  });

  it.each([
    ["nothing", 62],
    ["failed", 10],
  ] as const)("holds back an animation whose draws give %s", (outcome, most) => {
    const { scheduler, clock, draws, drawWith, pass } = setUpPacing(3);
    drawWith(() => {
      scheduler.request();
      return outcome;
    });
    scheduler.request();
    for (let step = 0; step < 1000; step++) pass(0.001);
    expect(draws()).toBeGreaterThan(3);
    expect(draws()).toBeLessThanOrEqual(most);
    clock.advance(10);
  });

  it.each([
    ["nothing", 68],
    ["failed", 16],
  ] as const)("holds back a flood of requests whose draws give %s", (outcome, most) => {
    const { draws, drawWith, pass, request } = setUpPacing(3);
    drawWith(() => outcome);
    for (let step = 0; step < 1000; step++) {
      pass(0.001);
      request();
    }
    expect(draws()).toBeGreaterThan(3);
    expect(draws()).toBeLessThanOrEqual(most);
  });

  it("draws once a second while draws fail, and at once when one works again", () => {
    const { scheduler, draws, drawWith, pass, request } = setUpPacing(99);
    drawWith(() => {
      scheduler.request();
      return "failed";
    });
    scheduler.request();
    for (let step = 0; step < 500; step++) pass(0.01);
    const before = draws();
    for (let step = 0; step < 500; step++) pass(0.01);
    expect(draws() - before).toBeLessThanOrEqual(6);
    expect(draws() - before).toBeGreaterThanOrEqual(4);
    drawWith(() => "changed");
    const broken = draws();
    request();
    expect(draws()).toBe(broken + 1);
    request();
    expect(draws()).toBe(broken + 2);
  });

  it("leaves no timer behind", () => {
    const { scheduler, clock, draws } = setUpPacing(1);
    scheduler.request();
    scheduler.dispose();
    scheduler.dispose();
    scheduler.request();
    expect(clock.pending).toBe(0);
    clock.turn();
    expect(draws()).toBe(0);
  });
});
