import { expect, TestRunner } from "vitest";

/**
 * The share of the test's time limit for which one state is awaited. It counts from the call: if the
 * test has used less than the rest by then, it still says which state didn't come.
 */
const SHARE = 0.75;

/**
 * Waits for a state, in a test: for up to {@link SHARE} of its time limit, as a busy machine may be
 * slow. Later in a test, the limit may come first, and names no state.
 */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  const timeout = SHARE * (TestRunner.getCurrentTest()?.timeout ?? 0);
  return expect.poll(read, { timeout });
}
