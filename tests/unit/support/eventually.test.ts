import { describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually";

describe("waiting for a state", () => {
  it("ends when it has come", async () => {
    let looks = 0;
    await eventually(() => looks++).toBe(1);
    expect(looks).toBe(2);
  });

  it("ends before the test does, and says what didn't come", { timeout: 2000 }, async () => {
    await expect(async () => {
      await eventually(() => "loading").toBe("live");
    }).rejects.toThrow(/expected 'loading' to be 'live'/);
  });
});
