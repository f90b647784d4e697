import { describe, expect, it } from "vitest";
import { WorkerEncoders } from "../../../../../src/framebuffer/encoders/image/workerEncoders";
import { FileGarbage } from "../../../../../src/framebuffer/node/fileGarbage";
import type { RawFrame } from "../../../../../src/framebuffer/source/frame";
import { FakeClock } from "../../../../support/fakeClock";

const frame: RawFrame = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };

/** Encoders of files of 3 MB. */
function setUp() {
  const clock = new FakeClock();
  let collections = 0;
  const garbage = new FileGarbage(clock, () => () => void (collections += 1));
  const file = new Uint8Array(3_000_000);
  file.set([0xff, 0xd8, 0xff]);
  const encoders = new WorkerEncoders(
    () => Promise.resolve({ works: true, version: "9.9", modulePath: "/turbo" }),
    { clock, garbage, open: () => () => file },
  );
  const encode = async (): Promise<void> => {
    const encoder = await encoders.get("jpeg", false, "jpeg-turbo");
    await encoder.encode(frame, { quality: 80, chroma: "4:2:0" });
  };
  return { clock, encode, encoders, collections: () => collections };
}

describe("WorkerEncoders", () => {
  it("free large files after they were sent", async () => {
    const { clock, encode, encoders, collections } = setUp();
    for (let file = 0; file < 3; file += 1) await encode();
    expect(collections()).toBe(0);
    clock.turn();
    expect(collections()).toBe(1);
    encoders.dispose();
  });

  it("free nothing more once they are disposed of", async () => {
    const { clock, encode, encoders, collections } = setUp();
    for (let file = 0; file < 3; file += 1) await encode();
    encoders.dispose();
    clock.turn();
    expect(collections()).toBe(0);
  });
});
