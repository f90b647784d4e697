import { describe, expect, it } from "vitest";
import { CellNames } from "../../../../src/kernel/tslab/cellNames";

describe("CellNames", () => {
  it("knows the cell of each execute_request", () => {
    const names = new CellNames();
    expect(names.request("1", { cellId: "a" })).toBe("a");
    expect(names.request("2", { cellId: "b" })).toBe("b");
    expect(["1", "2", "3", undefined].map((id) => names.of(id))).toEqual([
      "a",
      "b",
      undefined,
      undefined,
    ]);
  });

  it.each([
    undefined,
    null,
    "text",
    {},
    { cellId: 3 },
    { cellId: "" },
    { cellId: "x".repeat(2001) },
  ])("takes %j as no names", (metadata) => {
    const names = new CellNames();
    expect(names.request("1", metadata)).toBeUndefined();
    expect(names.of("1")).toBeUndefined();
  });

  it("remembers the newest thousand", () => {
    const names = new CellNames();
    for (let index = 0; index <= 1000; index++) names.request(`${index}`, { cellId: "a" });
    expect(names.of("0")).toBeUndefined();
    expect(names.of("1")).toBe("a");
    expect(names.of("1000")).toBe("a");
  });
});
