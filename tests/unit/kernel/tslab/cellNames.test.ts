import { describe, expect, it } from "vitest";
import { CellNames } from "../../../../src/kernel/tslab/cellNames";

describe("CellNames", () => {
  it("knows the cell of each execute_request", () => {
    const names = new CellNames();
    expect(names.request("1", { cellId: "a", deletedCells: [] })).toEqual(["a"]);
    expect(names.request("2", { cellId: "b" })).toEqual(["b"]);
    expect(["1", "2", "3", undefined].map((id) => names.of(id))).toEqual([
      "a",
      "b",
      undefined,
      undefined,
    ]);
  });

  it("returns deleted cells too", () => {
    const names = new CellNames();
    expect(names.request("1", { cellId: "a", deletedCells: ["b", "c"] })).toEqual(["a", "b", "c"]);
    expect(names.request("2", { deletedCells: ["d"] })).toEqual(["d"]);
  });

  it.each([
    undefined,
    null,
    "text",
    {},
    { cellId: 3, deletedCells: "b" },
    { cellId: "", deletedCells: [3, null, ""] },
    { cellId: "x".repeat(2001) },
  ])("takes %j as no names", (metadata) => {
    const names = new CellNames();
    expect(names.request("1", metadata)).toEqual([]);
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
