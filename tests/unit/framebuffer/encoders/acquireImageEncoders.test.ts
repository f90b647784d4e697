import { afterEach, describe, expect, it, vi } from "vitest";
import {
  acquireImageEncoders,
  WorkerEncoders,
} from "../../../../src/framebuffer/encoders/image/workerEncoders";
import { collectGarbage } from "../../../support/garbage";

describe("this process's image encoders", () => {
  afterEach(() => vi.restoreAllMocks());

  it("end when the last caller has disposed of them, however often it does", () => {
    const end = vi.spyOn(WorkerEncoders.prototype, "dispose");
    const [one, other] = [acquireImageEncoders(), acquireImageEncoders()];
    one.dispose();
    one.dispose();
    expect(end).not.toHaveBeenCalled();
    other.dispose();
    expect(end).toHaveBeenCalledOnce();
  });

  it("do not wait for a caller that went to the garbage", async () => {
    const end = vi.spyOn(WorkerEncoders.prototype, "dispose");
    acquireImageEncoders();
    await vi.waitUntil(
      () => {
        collectGarbage();
        return end.mock.calls.length === 1;
      },
      { timeout: 10_000, interval: 20 },
    );
  });
});
