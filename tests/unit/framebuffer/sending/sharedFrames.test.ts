import { describe, expect, it } from "vitest";
import { nodeRuntime } from "../../../../src/framebuffer/node/runtime";
import { CellMap } from "../../../../src/framebuffer/changes/cellMap";
import { isCellMap } from "../../../../src/framebuffer/changes/changes";
import type { AtlasPlan, ImagePlan } from "../../../../src/framebuffer/planning/framePlan";
import type { CodedFrame } from "../../../../src/framebuffer/sending/codedFrame";
import { MAX_FILES, SharedFrames } from "../../../../src/framebuffer/sending/sharedFrames";
import type { RawFrame } from "../../../../src/framebuffer/source/frame";
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

describe("changes scattered over a frame", () => {
  const [width, height] = [320, 320];
  const frame = (step: number): RawFrame => {
    const data = new Uint8Array(width * height);
    for (let y = 3; y < height; y += 16) {
      for (let x = ((y >> 4) % 6) * 16 + step; x < width; x += 96) data[y * width + x] = 200;
    }
    return { data, width, height, channels: 1 };
  };

  it("are cells for a session that wants them, and everything for another, in any order", () => {
    const shared = new SharedFrames(nodeRuntime);
    const [one, two, three] = [frame(1), frame(2), frame(3)];
    expect(shared.changes(one, two)).toBe("everything");
    const cells = shared.changes(one, two, true);
    expect(isCellMap(cells)).toBe(true);
    expect(shared.changes(one, two, true)).toBe(cells);
    expect(shared.changes(two, three)).toBe("everything");
    expect(isCellMap(shared.changes(two, three, true))).toBe(true);
  });

  it("are encoded once for maps with the same cells, and again for others", async () => {
    const shared = new SharedFrames(nodeRuntime);
    const whole = frame(1);
    let encodings = 0;
    const encode = (marks: number[]): Promise<CodedFrame> => {
      const cells = new CellMap(Uint8Array.from(marks), 20);
      const plan: AtlasPlan = {
        ...{ form: "atlas", format: "jpeg", lossless: false, quality: 80, chroma: "4:4:4" },
        ...{ scale: 1, cells },
      };
      return shared.encoded(whole, plan, "auto", () => {
        encodings += 1;
        return Promise.resolve(coded);
      });
    };
    const marks = Array.from({ length: 400 }, (_, cell) => Number(cell % 7 === 0));
    await encode(marks);
    await encode([...marks]);
    expect(encodings).toBe(1);
    await encode(marks.map((mark, cell) => (cell === 1 ? 1 : mark)));
    expect(encodings).toBe(2);
  });
});
