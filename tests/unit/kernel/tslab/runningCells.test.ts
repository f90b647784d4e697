import { describe, expect, it } from "vitest";
import { RunningCells } from "../../../../src/kernel/tslab/runningCells";

function request(id: string, type = "execute_request"): object {
  return { header: { msg_id: id, msg_type: type } };
}

describe("RunningCells", () => {
  it("starts with the cell that is running", () => {
    const cells = new RunningCells(JSON.stringify({ msg_id: "a" }));
    expect(cells.any).toBe(true);
    cells.follow("idle", request("a"));
    expect(cells.any).toBe(false);
  });

  it("counts a cell from its busy to its idle", () => {
    const cells = new RunningCells(JSON.stringify({ msg_id: "a" }));
    cells.follow("busy", request("b"));
    cells.follow("idle", request("a"));
    expect(cells.any).toBe(true);
    cells.follow("idle", request("b"));
    expect(cells.any).toBe(false);
  });

  it("ends the cells before one that ends", () => {
    const cells = new RunningCells(JSON.stringify({ msg_id: "a" }));
    cells.follow("busy", request("b"));
    cells.follow("busy", request("c"));
    cells.follow("idle", request("b"));
    expect(cells.any).toBe(true);
    cells.follow("idle", request("c"));
    expect(cells.any).toBe(false);
  });

  it.each([undefined, {}, request("a", "kernel_info_request"), request("unknown")])(
    "ignores the idle of anything else: %j",
    (parent) => {
      const cells = new RunningCells(JSON.stringify({ msg_id: "a" }));
      cells.follow("idle", parent);
      expect(cells.any).toBe(true);
    },
  );
});
