import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TslabProcess, type KernelMessage, type SlowReader } from "../support/tslabProcess";

/** More than ZeroMQ and the connection hold for a front end that reads nothing. */
const COUNT = 6000;
const BYTES = 500;

const NUMBERS = Array.from({ length: COUNT }, (_, at) => at + 1);

/** Sends numbered messages in one turn of the event loop, and prints a line after every tenth. */
const SEND = `
for (let number = 1; number <= ${COUNT}; number++) {
  widget.send({ number }, [new Uint8Array(${BYTES})]);
  if (number % 10 === 0) console.log(number);
}`;

function numberOf(message: KernelMessage): number | undefined {
  const data = message.content.data as { content?: { number?: number } } | undefined;
  return message.type === "comm_msg" ? data?.content?.number : undefined;
}

function numbersOf(messages: readonly KernelMessage[]): number[] {
  return messages.flatMap((message) => numberOf(message) ?? []);
}

function printed(messages: readonly KernelMessage[], name = "stdout"): string {
  return messages
    .flatMap(({ type, content }) =>
      type === "stream" && content.name === name ? [String(content.text)] : [],
    )
    .join("");
}

describe("a front end that reads slowly", () => {
  let tslab: TslabProcess;
  let slow: SlowReader;

  beforeEach(async () => {
    tslab = await TslabProcess.start();
    const { stderr } = await tslab.execute(`
      import { RemoteFrameBuffer } from "jupyter-rfb-ts";
      const widget = new RemoteFrameBuffer();
      widget`);
    expect(stderr).toBe("");
    slow = await tslab.openSlowReader();
  });

  afterEach(async () => {
    slow.close();
    await tslab.dispose();
  });

  it("gets everything that is sent in one turn, in order, and tslab's own output too", async () => {
    const id = tslab.startExecution(SEND);
    // The whole turn is over once the reply comes.
    await tslab.waitFor("the reply", ({ type, parentId }) => {
      return type === "execute_reply" && parentId === id;
    });
    const read = await slow.readUntil(
      "the cell's idle",
      ({ type, parentId, content }) =>
        type === "status" && parentId === id && content.execution_state === "idle",
    );
    const lines = NUMBERS.filter((number) => number % 10 === 0).map((number) => `${number}\n`);
    const ofTheCell = read.filter(({ parentId }) => parentId === id);
    for (const messages of [ofTheCell, (await tslab.finish(id)).messages]) {
      expect(numbersOf(messages)).toEqual(NUMBERS);
      expect(printed(messages)).toBe(lines.join(""));
    }
  });

  it("that reads nothing holds up the others only for a time, which is reported", async () => {
    const { messages, stderr } = await tslab.execute(SEND);
    expect(numbersOf(messages)).toEqual(NUMBERS);
    expect(stderr).toBe("");
    const next = await tslab.execute("1 + 1");
    const report = await tslab.waitFor("the report", ({ type, content }) => {
      return type === "stream" && content.name === "stderr";
    });
    // It stands where the missing output should.
    expect(report.parentId).not.toBe(next.id);
    expect(report.content.text).toMatch(
      /^A front end or the Jupyter server lost messages, as it read/,
    );

    let isBack = false;
    const reading = slow.readUntil("a new message", (message) => numberOf(message) === 0);
    const read = reading.finally(() => (isBack = true));
    while (!isBack) await tslab.execute("widget.send({ number: 0 })");
    const numbers = numbersOf(await read);
    expect(numbers).toEqual([...NUMBERS.slice(0, numbers.length - 1), 0]);
    expect(numbers.length).toBeLessThan(COUNT);
    expect(printed(tslab.messages, "stderr")).toBe(report.content.text);
  });

  it("doesn't keep a shutdown waiting", async () => {
    const id = tslab.startExecution(SEND);
    await tslab.waitFor("the reply", ({ type, parentId }) => {
      return type === "execute_reply" && parentId === id;
    });
    expect(await tslab.shutdown()).toBe(0);
  });

  it("is read in parts, and an error while it is read fails the test at once", async () => {
    await tslab.execute("for (let number = 1; number <= 4; number++) widget.send({ number })");
    const readTo = (last: number) => slow.readUntil(`${last}`, (one) => numberOf(one) === last);
    expect(numbersOf(await readTo(2))).toEqual([1, 2]);
    expect(numbersOf(await readTo(3))).toEqual([3]);
    const failing = slow.readUntil("4", () => {
      throw new Error("not readable");
    });
    await expect(failing).rejects.toThrow("not readable");
  });

  it("doesn't keep a shutdown waiting either when it doesn't read its replies", async () => {
    tslab.openPage("silent", { reads: false });
    // Replies repeat the header of their request. So these are more than the connection holds.
    const requests = Array.from({ length: 150 }, () =>
      tslab.send("kernel_info_request", {}, { page: "silent", header: { pad: "x".repeat(1e5) } }),
    );
    await tslab.waitForIdle(requests.at(-1) ?? "");
    expect(await tslab.shutdown()).toBe(0);
  });
});
