import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type {
  RecordedFile,
  RecordedFileOptions,
} from "../../../src/framebuffer/recording/recordedFile";
import type { FramebufferSession } from "../../../src/framebuffer/session";
import { createFileWriter } from "../../../src/kernel/node/nodePictureRuntime";
import { PictureFiles } from "../../../src/kernel/pictureFiles";
import type { AbortSignalLike, RecordVideoOptions } from "../../../src/kernel/recordVideo";
import { REPORT, STATUS, type WidgetStatus } from "../../../src/widgets";
import { disposedAfterEach } from "../../support/disposables";
import { pixel, setUp } from "../../support/sessionHarness";

/** A file whose bytes are the pictures' first pixels. */
class FakeFile implements RecordedFile {
  readonly values: number[] = [];
  closed = 0;
  failure: Error | undefined;

  constructor(
    readonly options: RecordedFileOptions,
    private readonly onWrite: () => void,
  ) {}

  write({ data }: { readonly data: Uint8Array }): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.values.push(data[0] ?? -1);
    this.onWrite();
    return Promise.resolve();
  }

  finish() {
    writeFileSync(this.options.path, Uint8Array.from(this.values));
    return Promise.resolve({
      ...{ frames: this.values.length, width: 2, height: 2, codec: "h264" as const },
    });
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

/** The parts of a widget that a recording needs. */
class FakeWidget {
  css_width = "30px";
  css_height = "20px";
  encoder = "auto" as const;
  video_device = "software" as const;
  view_size = { width: 30, height: 20, pwidth: 30, pheight: 20, ratio: 1 };
  [STATUS]: WidgetStatus = "open";
  [REPORT](error: unknown): void {
    throw error;
  }
}

describe("record_video()", () => {
  const disposables = disposedAfterEach();
  let folder: string;
  let path: string;
  let widget: FakeWidget;
  let session: FramebufferSession;
  /** What get_frame() returns, and how often it was called. */
  let next: ReturnType<typeof pixel> | null;
  let draws: number;
  let opened: FakeFile[];
  let files: PictureFiles;
  /** What opening a file waits for, and may reject with. */
  let opening: Promise<void>;
  /** Called after each picture of a file. */
  let onWrite: () => void;

  beforeEach(() => {
    folder = disposables.folder();
    path = join(folder, "a.mp4");
    widget = new FakeWidget();
    next = pixel(1);
    draws = 0;
    ({ session } = setUp({
      get_frame: () => {
        draws += 1;
        return next;
      },
    }));
    session.setReachable(false);
    opened = [];
    opening = Promise.resolve();
    onWrite = () => undefined;
    const writer = createFileWriter(async (options) => {
      await opening;
      const file = new FakeFile(options, () => onWrite());
      opened.push(file);
      return file;
    });
    files = new PictureFiles(widget, session, writer);
  });

  it("resolves with what the file holds, once it has its name", async () => {
    const video = await files.record(path, 0.02, { fps: 100 });
    expect(video).toEqual({
      ...{ path, seconds: 0.02, bytes: video.frames, frames: video.frames },
      ...{ width: 2, height: 2, codec: "h264" },
    });
    expect(readFileSync(path)).toHaveLength(video.frames);
    expect(readdirSync(folder)).toEqual(["a.mp4"]);
    expect(opened[0]?.closed).toBeGreaterThan(0);
  });

  it.each([
    ["a.mp4", undefined, "mp4"],
    ["a.M4V", undefined, "mp4"],
    ["a.webm", undefined, "webm"],
    ["a", "webm", "webm"],
  ] as const)("writes %s with the format %s as %s", async (name, format, expected) => {
    const given = { fps: 50, ...(format && { format }) };
    await files.record(join(folder, name), 0.02, given);
    const options = { format: expected, device: "software", fps: 50, quality: 90 };
    expect(opened[0]?.options).toMatchObject(options);
  });

  it.each<readonly [string, unknown, number, unknown, string]>([
    ["path", "a.avi", 1, {}, "expected a file name that ends in .mp4, .m4v, .webm"],
    ["path", 5, 1, {}, "expected a non-empty string"],
    ["seconds", "a.mp4", 0, {}, "expected a number of seconds above 0 and up to 86400"],
    ["fps", "a.mp4", 1, { fps: 241 }, "expected a number above 0 and up to 240"],
    ["quality", "a.mp4", 1, { quality: 0 }, "expected an integer from 1 to 100"],
    ["format", "a.mp4", 1, { format: "avi" }, 'expected one of "mp4", "webm"'],
    ["signal", "a.mp4", 1, { signal: {} }, "expected an AbortSignal"],
    ["signal", "a.mp4", 1, { signal: { aborted: false } }, "expected an AbortSignal"],
    ["options", "a.mp4", 1, { codec: "h264" }, "expected one of fps, quality, format, signal"],
  ])("rejects a bad %s before it draws", async (name, file, seconds, options, text) => {
    const recording = files.record(file as string, seconds, options as RecordVideoOptions);
    await expect(recording).rejects.toThrow(`${name}: ${text}`);
    expect(draws).toBe(0);
  });

  it("rejects a path where nothing can be written before it draws", async () => {
    await expect(files.record(join(folder, "no", "a.mp4"), 1)).rejects.toThrow(
      /^Cannot write ".*a\.mp4": there is no folder ".*no"; create it first$/,
    );
    await expect(files.record(folder, 1, { format: "mp4" })).rejects.toThrow(
      /^Cannot write ".*": it exists and is not a file$/,
    );
    expect(opened).toEqual([]);
  });

  it("leaves nothing behind when the file cannot be opened, as without node-av", async () => {
    opening = Promise.reject(new Error("node-av is not installed"));
    opening.catch(() => undefined);
    await expect(files.record(path, 1)).rejects.toThrow("node-av is not installed");
    expect(readdirSync(folder)).toEqual([]);
    expect(draws).toBe(0);
  });

  it("records what was drawn or sent anyway, and draws no more in those slots", async () => {
    let sent = 10;
    onWrite = () => session.sendFrame(pixel(sent++));
    await files.record(path, 0.5, { fps: 20 });
    const [first, ...later] = opened[0]?.values ?? [];
    expect(first).toBe(1);
    expect(later.length).toBeGreaterThan(1);
    for (const value of later) expect(value).toBeGreaterThanOrEqual(10);
    expect(draws).toBe(1);
  });

  it("ends when the widget is closed, and keeps what it has", async () => {
    const recording = files.record(path, 600, { fps: 100 });
    while ((opened[0]?.values.length ?? 0) < 2) await new Promise(setImmediate);
    widget[STATUS] = "closed";
    files.close();
    const { frames } = await recording;
    expect(readFileSync(path)).toHaveLength(frames);
    await expect(files.record(path, 1)).rejects.toThrow("Cannot record: the widget is closed");
  });

  it("rejects if the widget is closed before the first frame, or the signal is aborted", async () => {
    next = null;
    const waiting = files.record(path, 600);
    while (draws === 0) await new Promise(setImmediate);
    files.close();
    await expect(waiting).rejects.toThrow("the widget was closed before its first frame");

    const abort = new AbortController();
    const aborted = files.record(path, 600, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await expect(files.record(path, 1, { signal: abort.signal })).rejects.toThrow("enough");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes the signal of another realm or library, and lets it go in the end", async () => {
    const { signal: real } = new AbortController();
    const listeners = new Set<() => void>();
    const signal: AbortSignalLike = {
      aborted: false,
      reason: undefined,
      throwIfAborted: () => real.throwIfAborted(),
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    };
    const recording = files.record(path, 600, { fps: 100, signal });
    while ((opened[0]?.values.length ?? 0) < 2) await new Promise(setImmediate);
    for (const listener of listeners) listener();
    const { frames } = await recording;
    expect(readFileSync(path)).toHaveLength(frames);
    expect(listeners.size).toBe(0);
  });

  it("rejects with what a write fails with, and closes the file", async () => {
    const recording = files.record(path, 600, { fps: 100 });
    while ((opened[0]?.values.length ?? 0) === 0) await new Promise(setImmediate);
    const [file] = opened;
    if (file) file.failure = new Error("the disk is full");
    await expect(recording).rejects.toThrow("the disk is full");
    expect(file?.closed).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});
