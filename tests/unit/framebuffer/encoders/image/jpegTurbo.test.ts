import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openJpegTurbo } from "../../../../../src/framebuffer/encoders/image/jpegTurbo";
import type { RawFrame } from "../../../../../src/framebuffer/source/frame";
import { disposedAfterAll } from "../../../../support/disposables";

/** A library that returns the memory it writes to, and says nothing of its content. */
const LIBRARY = `
  exports.outputs = [];
  exports.bufferSize = ({ width, height }) => width * height;
  exports.compress = async (raw, output, { width }) => {
    exports.outputs.push(output.buffer);
    output[0] = width;
    return output.subarray(0, 1);
  };
`;

const [PICTURE, PATCH] = [64, 8];
const disposables = disposedAfterAll();
let folder: string;
beforeAll(() => (folder = disposables.folder()));

let libraries = 0;
function setUp() {
  const path = join(folder, `library${(libraries += 1)}.cjs`);
  writeFileSync(path, LIBRARY);
  const encode = openJpegTurbo(path);
  const { outputs } = createRequire(import.meta.url)(path) as { outputs: ArrayBuffer[] };
  const file = (side: number) => encode(frameOf(side), { quality: 80, chroma: "4:4:4" });
  return { file, outputs, used: () => new Set(outputs).size };
}

function frameOf(side: number): RawFrame {
  return { data: new Uint8Array(side * side), width: side, height: side, channels: 1 };
}

describe("jpeg-turbo's output buffers", () => {
  it("are used again, and the files are copies", async () => {
    const { file, used } = setUp();
    const first = await file(PICTURE);
    for (let frame = 0; frame < 9; frame += 1) await file(PICTURE - 1);
    expect(used()).toBe(1);
    expect([...first]).toEqual([PICTURE]);
  });

  it("are one for each file that is being made, and two are kept", async () => {
    const { file, used, outputs } = setUp();
    await Promise.all([file(PICTURE), file(PICTURE), file(PICTURE)]);
    expect(used()).toBe(3);
    const before = new Set(outputs);
    outputs.length = 0;
    await Promise.all([file(PICTURE), file(PICTURE), file(PICTURE)]);
    expect(used()).toBe(3);
    expect(outputs.filter((output) => before.has(output))).toHaveLength(2);
    outputs.length = 0;
    for (let frame = 0; frame < 9; frame += 1) await Promise.all([file(PICTURE), file(PICTURE)]);
    expect(used()).toBe(2);
  });

  it("of pictures stay while patches take turns with them", async () => {
    const { file, used } = setUp();
    for (let frame = 0; frame < 500; frame += 1) await file(frame % 9 === 0 ? PICTURE : PATCH);
    expect(used()).toBe(1);
  });

  it("that are far too large are freed when only small files were made for long", async () => {
    const { file, outputs } = setUp();
    await file(PICTURE);
    for (let frame = 0; frame < 500; frame += 1) await file(PATCH);
    expect(outputs[9]?.byteLength).toBe(PICTURE ** 2);
    expect(outputs.at(-1)?.byteLength).toBe(PATCH ** 2);
  });
});
