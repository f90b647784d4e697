import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { StreamRfbEvent } from "../../../src/protocol/parseClientMessage";
import { EventLog } from "../../../src/server/eventLog";
import { disposedAfterEach } from "../../support/disposables";
import { FakeClock } from "../../support/fakeClock";
import { setUpStream } from "../../support/streamHarness";

const disposables = disposedAfterEach();

const event = (data: string): StreamRfbEvent => ({
  ...{ event_type: "char", type: "char", time_stamp: 0, timestamp: 0 },
  ...{ data, is_composing: false, input_type: "insertText", repeat: false },
});

/** A file that has written nothing yet when the test says so. */
class SlowFile extends Writable {
  readonly written: string[] = [];
  readonly #waiting: (() => void)[] = [];
  isSlow = true;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written.push(chunk.toString());
    if (this.isSlow) this.#waiting.push(done);
    else done();
  }

  catchUp(): void {
    this.isSlow = false;
    for (const done of this.#waiting.splice(0)) done();
  }
}

function setUp(file: Writable = new SlowFile()) {
  const clock = new FakeClock();
  const errors: string[] = [];
  const log = new EventLog({
    ...{ keepsInMemory: false, path: "events.jsonl", clock, open: () => file },
    onError: (error) => errors.push(String(error)),
  });
  return { clock, errors, log };
}

describe("the log of events", () => {
  it("drops events while its file takes none, says so once, and goes on afterwards", async () => {
    const file = new SlowFile();
    const { clock, errors, log } = setUp(file);
    const text = "x".repeat(64 * 1024);
    for (let megabytes = 0; megabytes < 40; megabytes++) {
      for (let part = 0; part < 16; part++) log.add(event(text));
    }
    expect(file.writableLength).toBeLessThan(17 * 1024 * 1024);
    expect(errors).toEqual([
      "Error: Cannot write events.jsonl as fast as events come: some are dropped",
    ]);
    file.catchUp();
    await clock.settle();
    log.add(event("later"));
    await clock.settle();
    expect(file.writableLength).toBe(0);
    expect(file.written.at(-1)).toContain("later");
    expect(errors).toHaveLength(1);
  });

  it("is closed when everything is written", async () => {
    const file = new SlowFile();
    const { clock, errors, log } = setUp(file);
    log.add(event("a"));
    let isClosed = false;
    const closing = log.close().then(() => (isClosed = true));
    await clock.settle();
    expect(isClosed).toBe(false);
    file.catchUp();
    await closing;
    expect([file.written.length, errors, clock.pending]).toEqual([1, [], 0]);
  });

  it.each([
    ["never writes", new SlowFile()],
    ["never opens", new Writable({ construct: () => undefined })],
  ])("is closed after 2 s if its file %s, with a report", async (_what, file) => {
    const { clock, errors, log } = setUp(file);
    log.add(event("a"));
    const closing = log.close();
    clock.advance(2);
    await closing;
    expect(errors).toEqual([expect.stringContaining("Cannot write events.jsonl in 2 s")]);
    expect([file.destroyed, clock.pending]).toEqual([true, 0]);
  });

  it.skipIf(process.platform === "win32")(
    "doesn't wait for somebody to read a named pipe",
    async () => {
      const event_log = join(disposables.folder(), "pipe");
      expect(spawnSync("mkfifo", [event_log]).status).toBe(0);
      const { display, errors } = setUpStream({ event_log });
      await expect
        .poll(() => errors.map(({ error, during }) => `${during}: ${String(error)}`))
        .toEqual([expect.stringContaining("event_log: Error: ENXIO")]);
      await display.close();
    },
  );
});
