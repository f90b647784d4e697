import { describe, expect, it } from "vitest";
import { nodeRuntime } from "../../../../src/framebuffer/node/runtime";
import type { ImagePlan } from "../../../../src/framebuffer/planning/framePlan";
import type { CodedFrame } from "../../../../src/framebuffer/sending/codedFrame";
import { MAX_FILES, SharedFrames } from "../../../../src/framebuffer/sending/sharedFrames";
import { raw } from "../../../support/sessionHarness";

const coded: CodedFrame = {
  fields: { mimetype: "image/jpeg", width: 1, height: 1 },
  buffers: [],
  encodingSeconds: 0,
  encoder: "fake 1.0",
};

function setUp() {
  const shared = new SharedFrames(nodeRuntime);
  const frame = raw(1);
  const encoded: number[] = [];
  const encode = (quality: number, result = Promise.resolve(coded)): Promise<CodedFrame> => {
    const plan: ImagePlan = {
      ...{ form: "image", format: "jpeg", lossless: false, quality, chroma: "4:2:0", scale: 1 },
    };
    return shared.encoded(frame, plan, "auto", () => {
      encoded.push(quality);
      return result;
    });
  };
  return { encode, encoded };
}

describe("the files of a frame that rests", () => {
  it("are made once for all sessions", async () => {
    const { encode, encoded } = setUp();
    expect(await Promise.all([encode(80), encode(80), encode(60)])).toEqual([coded, coded, coded]);
    expect(encoded).toEqual([80, 60]);
  });

  it("are the newest few, however many qualities viewers have", () => {
    const { encode, encoded } = setUp();
    for (let quality = 1; quality <= 99; quality++) void encode(quality);
    encoded.length = 0;
    for (let quality = 99; quality > 99 - MAX_FILES; quality--) void encode(quality);
    expect(encoded).toEqual([]);
    void encode(1);
    expect(encoded).toEqual([1]);
  });

  it("are made again after a failure", async () => {
    const { encode, encoded } = setUp();
    await expect(encode(80, Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await encode(80)).toBe(coded);
    expect(encoded).toEqual([80, 80]);
  });

  it("are not lost by an earlier attempt that fails late", async () => {
    const { encode, encoded } = setUp();
    let fail = (_error: Error): void => undefined;
    const late = encode(1, new Promise((_, reject) => (fail = reject)));
    for (let quality = 2; quality <= 1 + MAX_FILES; quality++) void encode(quality);
    void encode(1);
    fail(new Error("late"));
    await expect(late).rejects.toThrow("late");
    await encode(1);
    expect(encoded.filter((quality) => quality === 1)).toHaveLength(2);
  });
});
