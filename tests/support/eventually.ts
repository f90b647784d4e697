import { expect, TestRunner } from "vitest";

/** The share of a test's time after which a state isn't awaited any more: the test then still says which one didn't come. */
const SHARE = 0.75;

/** Waits for a state, in a test: as long as the test may take, as a busy machine may be slow. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  const timeout = SHARE * (TestRunner.getCurrentTest()?.timeout ?? 0);
  return expect.poll(read, { timeout });
}
