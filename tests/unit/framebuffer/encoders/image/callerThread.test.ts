import { describe, expect, it } from "vitest";
import { CallerThread } from "../../../../../src/framebuffer/encoders/image/callerThread";
import { isDeno } from "../../../../../src/framebuffer/node/deno";
import type { RawFrame } from "../../../../../src/framebuffer/source/frame";
import { FakeClock } from "../../../../support/fakeClock";

const frame: RawFrame = { data: new Uint8Array(16 * 16 * 3), width: 16, height: 16, channels: 3 };
const options = { quality: 80, chroma: "4:2:0" } as const;

describe("CallerThread", () => {
  it("encodes and scales without another thread", async () => {
    const thread = new CallerThread();
    const codec = { library: "jpeg-js", format: "jpeg", lossless: false } as const;
    const encoded = await thread.run({ kind: "encode", codec, frame, options });
    expect(encoded.kind === "encode" && [...encoded.data.subarray(0, 2)]).toEqual([0xff, 0xd8]);
    const scaled = await thread.run({ kind: "scale", frame, width: 8, height: 4 });
    expect(scaled).toMatchObject({ kind: "scale", frame: { width: 8, height: 4 } });
  });

  it("gives up a job that takes too long", async () => {
    const clock = new FakeClock();
    const thread = new CallerThread(clock, () => new Promise(() => undefined));
    const job = thread.run({ kind: "scale", frame, width: 8, height: 4 });
    const failed = expect(job).rejects.toThrow("it took longer than");
    clock.advance(60);
    await failed;
  });

  it("takes no job once it is disposed of", async () => {
    const thread = new CallerThread();
    thread.dispose();
    const job = thread.run({ kind: "scale", frame, width: 8, height: 4 });
    await expect(job).rejects.toThrow("disposed of");
  });
});

it("knows Deno by its versions", () => {
  expect(isDeno()).toBe(false);
  expect(isDeno({ node: "26.3.0", deno: "2.9.6" })).toBe(true);
});
