import { describe, expect, it } from "vitest";
import { openHostProblem } from "../../../src/hosting/openHost";
import { serve_edge } from "../../../src/relay";
import { serve } from "../../../src/server";

describe("a stream without authenticate", () => {
  const problem =
    "other machines can reach 0.0.0.0, and anyone could watch; set the option authenticate, listen on 127.0.0.1, or set insecure: true";

  it("is served only where other machines can't reach it, unless it is meant for all", () => {
    expect(openHostProblem("0.0.0.0", false)).toBe(problem);
    expect(openHostProblem("0.0.0.0", true)).toBeUndefined();
    expect(openHostProblem("localhost", false)).toBeUndefined();
  });

  it("is refused by a server and by an edge in the same words", async () => {
    const host = "0.0.0.0";
    await expect(serve(8, 6, { host })).rejects.toThrow(`Cannot serve: ${problem}`);
    await expect(serve_edge({ nats: "nats://127.0.0.1", host })).rejects.toThrow(
      `Cannot serve: ${problem}`,
    );
  });
});
