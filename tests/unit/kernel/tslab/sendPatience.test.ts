import { beforeEach, describe, expect, it } from "vitest";
import {
  FURTHER_PATIENCE_MS,
  MARK,
  MEMORY_MS,
  PATIENCE_MS,
  SendPatience,
  STEP,
} from "../../../../src/kernel/tslab/sendPatience";

describe("SendPatience", () => {
  let patience: SendPatience;
  let now: number;

  beforeEach(() => {
    patience = new SendPatience();
    now = 0;
  });

  function send(count: number): void {
    for (let sent = 0; sent < count; sent++) patience.recordSent(0);
  }

  /** Returns the milliseconds for which messages wait for a front end that reads nothing. */
  function wait(): number {
    for (let waited = 50; waited <= 2 * PATIENCE_MS; waited += 50) {
      now += 50;
      if (!patience.recordFailure(50, now)) continue;
      patience.recordSent(0);
      return waited;
    }
    return Infinity;
  }

  it("is short for one that has no room for the next messages either", () => {
    expect(wait()).toBe(PATIENCE_MS);
    send(STEP - 2);
    expect(wait()).toBe(FURTHER_PATIENCE_MS);
  });

  it("is full again after one loss: another front end may read slowly, but fast enough", () => {
    expect(wait()).toBe(PATIENCE_MS);
    send(STEP);
    expect(wait()).toBe(PATIENCE_MS);
  });

  it("is short after two losses shortly one after the other, while there are more", () => {
    expect(wait()).toBe(PATIENCE_MS);
    send(20 * MARK);
    now += MEMORY_MS - PATIENCE_MS - 1;
    expect(wait()).toBe(PATIENCE_MS);
    for (let loss = 0; loss < 3; loss++) {
      send(20 * MARK);
      now += MEMORY_MS - FURTHER_PATIENCE_MS - 1;
      expect(wait()).toBe(FURTHER_PATIENCE_MS);
    }
  });

  it("is full again some minutes after the last loss", () => {
    wait();
    send(STEP);
    wait();
    for (let loss = 0; loss < 3; loss++) {
      send(STEP);
      now += MEMORY_MS;
      expect(wait()).toBe(PATIENCE_MS);
    }
  });
});
