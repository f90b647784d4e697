import { describe, expect, it } from "vitest";
import { StepError, runInForeground } from "../../../scripts/lib/run.mjs";

/** Runs a program of Node. */
const run = (script: string): Promise<number> =>
  runInForeground(process.execPath, ["-e", script], {});
/** A program that ends itself by a signal. */
const endBy = (signal: string): string =>
  `process.kill(process.pid, "${signal}"); setInterval(() => {}, 1000);`;

describe("a program that a person works with", () => {
  it("has its exit code", async () => {
    expect(await run("process.exitCode = 3")).toBe(3);
  });

  it.skipIf(process.platform === "win32")("has ended well when a person ended it", async () => {
    expect(await run(endBy("SIGTERM"))).toBe(0);
    await expect(run(endBy("SIGKILL"))).rejects.toThrow(/^Failed \(stopped by signal SIGKILL\)/);
  });

  it("that is missing is named without a stack, and leaves no listeners", async () => {
    const listeners = (): number[] =>
      ["SIGINT", "SIGTERM"].map((signal) => process.listenerCount(signal));
    const before = listeners();
    const missing = runInForeground("/nowhere/jupyter", ["lab"], {});
    await expect(missing).rejects.toThrow(StepError);
    await expect(missing).rejects.toThrow(/^Cannot run \/nowhere\/jupyter lab: .*ENOENT/);
    expect(listeners()).toEqual(before);
  });
});
