import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILT_LIBRARY, isIdleOf, TslabProcess, type KernelMessage } from "../support/tslabProcess";

const LIBRARY = JSON.stringify(join(BUILT_LIBRARY, "kernel", "tslab", "attach.js"));
const KERNEL = JSON.stringify(join(BUILT_LIBRARY, "widgets", "kernel.js"));

/**
 * Messages in one tick. More than the 512 at which zeromq.js throws EBUSY; fewer than the 1000 that
 * ZeroMQ holds for a front end. tests/integration/slowFrontEnd.test.ts sends more.
 */
const BURST = 900;

/** A cell that attaches, and keeps `kernel` and `diagnostics` for later cells. String() keeps the types out of jslab. */
const ATTACH = `
  const { kernel, diagnostics, state } = require(String(${LIBRARY})).attachToTslab();
  console.log(state);
`;

/** A cell that opens a comm which sends back whatever it gets, and prints nothing. */
function openEcho(id: string): string {
  return `{
    const comm = kernel.openComm({
      id: ${JSON.stringify(id)},
      targetName: "echo",
      data: { hello: 1 },
      buffers: [new Uint8Array([0, 255, 1])],
      metadata: { version: "2.1.0" },
      onMessage: (data, buffers) => comm.send({ echo: data }, buffers),
      onClose: () => console.log("closed by the other end"),
    });
  }`;
}

function commMessages(tslab: TslabProcess, type: string, id: string): KernelMessage[] {
  return tslab.messages.filter((message) => isComm(message, type, id));
}

function isComm(message: KernelMessage, type: string, id: string): boolean {
  return message.type === type && message.content.comm_id === id;
}

function statesOf(tslab: TslabProcess, parentId: string): unknown[] {
  return tslab
    .outputOf(parentId)
    .filter(({ type }) => type === "status")
    .map(({ content }) => content.execution_state);
}

describe.each([
  { name: "tslab", js: false },
  { name: "jslab", js: true },
])("a comm in a $name kernel", ({ js }) => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start({ js });
    expect(await tslab.execute(ATTACH)).toMatchObject({ stdout: "attached\n", stderr: "" });
  });

  afterAll(() => tslab.dispose());

  it("is opened from a cell, as that cell's message", async () => {
    const cell = await tslab.execute(openEcho("open"));
    expect(cell).toMatchObject({ status: "ok", stderr: "" });
    const [opened] = commMessages(tslab, "comm_open", "open");
    expect(opened).toMatchObject({
      channel: "iopub",
      parentId: cell.id,
      content: { target_name: "echo", data: { hello: 1 } },
      metadata: { version: "2.1.0" },
    });
    expect(opened?.buffers.map((buffer) => [...buffer])).toEqual([[0, 255, 1]]);
  });

  it("carries binary buffers both ways unchanged", async () => {
    await tslab.execute(openEcho("binary"));
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    const buffers = [bytes, Buffer.alloc(0), Buffer.from("<IDS|MSG>")];
    tslab.send("comm_msg", { comm_id: "binary", data: { n: 1 } }, { buffers });
    const answer = await tslab.waitFor("the echo", (message) =>
      isComm(message, "comm_msg", "binary"),
    );
    expect(answer.content.data).toEqual({ echo: { n: 1 } });
    expect(answer.buffers.map((got, i) => got.equals(buffers[i] ?? bytes))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("answers each message without busy, and with one idle of its own after the answer", async () => {
    await tslab.execute(openEcho("idle"));
    const ids = [1, 2, 3].map((n) => tslab.send("comm_msg", { comm_id: "idle", data: n }));
    for (const id of ids) await tslab.waitForIdle(id);
    for (const id of ids) expect(statesOf(tslab, id)).toEqual(["idle"]);
    const answers = commMessages(tslab, "comm_msg", "idle");
    expect(answers.map(({ content }) => content.data)).toEqual([1, 2, 3].map((echo) => ({ echo })));
    const [first] = ids;
    const [answer] = answers;
    if (first === undefined || answer === undefined) throw new Error("no answer");
    const idleAt = tslab.messages.findIndex((message) => isIdleOf(message, first));
    expect(tslab.messages.indexOf(answer)).toBeLessThan(idleAt);
  });

  it("sends no idle for a message whose sender awaits none, and those of all others", async () => {
    await tslab.execute(openEcho("forgotten"));
    const send = (metadata: object): string =>
      tslab.send("comm_msg", { comm_id: "forgotten", data: 1 }, { metadata });
    const forgotten = send({ "jupyter-rfb-ts": { idle: false } });
    const others = [
      {},
      { "jupyter-rfb-ts": { idle: true } },
      { "jupyter-rfb-ts": false },
      { other: { idle: false } },
    ].map(send);
    for (const id of others) await tslab.waitForIdle(id);
    expect(statesOf(tslab, forgotten)).toEqual([]);
    for (const id of others) expect(statesOf(tslab, id)).toEqual(["idle"]);
    expect(commMessages(tslab, "comm_msg", "forgotten")[0]?.parentId).toBe(forgotten);
  });

  it("belongs to the cell that runs now, and an answer to the message that it answers", async () => {
    const first = await tslab.execute(openEcho("parent"));
    const second = await tslab.execute(openEcho("another"));
    expect(commMessages(tslab, "comm_open", "parent")[0]?.parentId).toBe(first.id);
    expect(commMessages(tslab, "comm_open", "another")[0]?.parentId).toBe(second.id);
    const asked = tslab.send("comm_msg", { comm_id: "parent", data: 1 });
    const answer = await tslab.waitFor("the echo", (m) => isComm(m, "comm_msg", "parent"));
    expect(answer.parentId).toBe(asked);
  });

  it("prints nothing into the user's cells", async () => {
    await tslab.execute(openEcho("quiet"));
    const before = tslab.messages.length;
    await tslab.waitForIdle(tslab.send("comm_msg", { comm_id: "quiet", data: 1 }));
    const streams = tslab.messages.slice(before).filter(({ type }) => type === "stream");
    expect(streams).toEqual([]);
  });
});

describe("comms in a tslab kernel", () => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    await tslab.execute(ATTACH);
  });

  afterAll(() => tslab.dispose());

  it("lose none of many messages sent in one tick", async () => {
    const count = BURST;
    await tslab.execute(`
      const flood = kernel.openComm({
        id: "flood", targetName: "t", data: {}, onClose() {},
        onMessage() {},
      });
      for (let i = 0; i < ${count}; i++) flood.send({ i }, [new Uint8Array(500)]);
    `);
    const got = await tslab.waitForCount("messages", count, (m) => isComm(m, "comm_msg", "flood"));
    expect(got.map(({ content }) => (content.data as { i: number }).i)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    );
  });

  it("go on for a page that connects again while its old connection is still open", async () => {
    await tslab.execute(openEcho("again"));
    for (const data of ["first", "second", "third"]) {
      tslab.openPage("reconnecting");
      const id = tslab.send("comm_msg", { comm_id: "again", data }, { page: "reconnecting" });
      await tslab.waitForIdle(id);
      const info = tslab.send("kernel_info_request", {}, { page: "reconnecting" });
      await tslab.waitFor("the page's reply", ({ parentId, page }) => {
        return parentId === info && page === "reconnecting";
      });
    }
    const echoes = commMessages(tslab, "comm_msg", "again").map(({ content }) => content.data);
    expect(echoes).toEqual([{ echo: "first" }, { echo: "second" }, { echo: "third" }]);
  });

  it("answer all of many messages that arrive together, each with its idle", async () => {
    const count = BURST;
    await tslab.execute(openEcho("burst"));
    const ids = Array.from({ length: count }, (_, i) =>
      tslab.send("comm_msg", { comm_id: "burst", data: i }),
    );
    const got = await tslab.waitForCount("echos", count, (m) => isComm(m, "comm_msg", "burst"));
    expect(got.map(({ content }) => (content.data as { echo: number }).echo)).toEqual(
      ids.map((_, i) => i),
    );
    const idles = await tslab.waitForCount("idles", count, (message) =>
      ids.some((id) => isIdleOf(message, id)),
    );
    expect(idles.map(({ parentId }) => parentId)).toEqual(ids);
  });

  it("cure tslab's own loss of output: many lines in one tick come and the cell ends", async () => {
    const { stdout } = await tslab.execute(
      `for (let i = 0; i < ${BURST}; i++) console.log(String(i));`,
    );
    expect(stdout).toBe(Array.from({ length: BURST }, (_, i) => `${i}\n`).join(""));
  });

  it("are handled while a cell awaits, and the kernel stays busy for the frontend", async () => {
    const cell = tslab.startExecution(`
      const answer = await new Promise((done) => {
        kernel.openComm({ id: "await", targetName: "t", data: {}, onMessage: done, onClose() {} });
      });
      console.log(answer);
    `);
    await tslab.waitFor("comm_open", (message) => isComm(message, "comm_open", "await"));
    // Of no use to the cell; its idle must not make the kernel look idle.
    const unknown = tslab.send("comm_msg", { comm_id: "unknown", data: {} });
    const idle = await tslab.waitForIdle(unknown);
    const next = await tslab.waitFor(
      "a status after the idle",
      (message) =>
        message.type === "status" && tslab.messages.indexOf(message) > tslab.messages.indexOf(idle),
    );
    expect(next).toMatchObject({ parentId: cell, content: { execution_state: "busy" } });
    const message = tslab.send("comm_msg", { comm_id: "await", data: "go on" });
    expect((await tslab.finish(cell)).stdout).toBe("go on\n");
    await tslab.waitForIdle(message);
    const statuses = tslab.messages.filter(({ type }) => type === "status");
    expect(statuses.at(-1)?.content.execution_state).toBe("idle");
  });

  it("go on after a handler that throws, and its error is shown", async () => {
    const cell = await tslab.execute(`
      const fragile = kernel.openComm({
        id: "throws", targetName: "fragile", data: {}, onClose() {},
        onMessage(data) {
          if (data === "bad") throw new Error("cannot handle this");
          fragile.send("fine");
        },
      });
    `);
    const bad = tslab.send("comm_msg", { comm_id: "throws", data: "bad" });
    tslab.send("comm_msg", { comm_id: "throws", data: "good" });
    await tslab.waitFor("fine", (message) => isComm(message, "comm_msg", "throws"));
    await tslab.waitForIdle(bad);
    const shown = tslab.outputOf(cell.id).filter(({ content }) => content.name === "stderr");
    expect(shown.map(({ content }) => content.text).join("")).toMatch(
      /Error in comm fragile: Error: cannot handle this/,
    );
  });

  it("that nobody knows are closed", async () => {
    tslab.send("comm_msg", { comm_id: "nobody", data: {} });
    await tslab.waitFor("comm_close", (m) => isComm(m, "comm_close", "nobody"));
    tslab.send("comm_open", { comm_id: "stranger", target_name: "no such target", data: {} });
    await tslab.waitFor("comm_close", (m) => isComm(m, "comm_close", "stranger"));
  });

  it("that the frontend opens go to their target", async () => {
    await tslab.execute(`
      kernel.registerTarget("jupyter.widget.control", (comm, data, buffers) => {
        comm.send({ opened: data }, buffers);
        return { onMessage: (message) => comm.send({ got: message }), onClose() {} };
      });
    `);
    const buffers = [Buffer.from([1, 2])];
    tslab.send(
      "comm_open",
      { comm_id: "control", target_name: "jupyter.widget.control", data: { a: 1 } },
      { buffers },
    );
    tslab.send("comm_msg", { comm_id: "control", data: { method: "request_states" } });
    const [opened, got] = await tslab.waitForCount("answers", 2, (message) =>
      isComm(message, "comm_msg", "control"),
    );
    expect(opened?.content.data).toEqual({ opened: { a: 1 } });
    expect(opened?.buffers).toEqual(buffers);
    expect(got?.content.data).toEqual({ got: { method: "request_states" } });
  });

  it("are told when the frontend closes them", async () => {
    await tslab.execute(openEcho("closing"));
    tslab.send("comm_close", { comm_id: "closing", data: {} });
    await tslab.waitFor("the line", ({ content }) => content.text === "closed by the other end\n");
  });

  it("come with an empty history for a tab that asks, which prints nothing", async () => {
    const id = tslab.send("history_request", { hist_access_type: "tail", n: 500 });
    const { content } = await tslab.waitFor("history_reply", ({ type, parentId }) => {
      return type === "history_reply" && parentId === id;
    });
    expect(content).toEqual({ status: "ok", history: [] });
    await tslab.waitForIdle(id);
    // What tslab prints belongs to the last cell.
    await tslab.execute("0;");
    expect(tslab.messages.filter(({ content }) => /history/.test(String(content.text)))).toEqual(
      [],
    );
    expect(statesOf(tslab, id)).toEqual(["busy", "idle"]);
  });

  it.each([
    ["usage_request", "control", {}],
    ["debug_request", "control", { type: "request", seq: 1, command: "initialize" }],
    ["create_subshell_request", "control", {}],
    ["connect_request", "shell", {}],
  ] as const)(
    "leave no front end waiting that asks for %s, and print nothing",
    async (type, channel, asked) => {
      const id = tslab.send(type, asked, { channel });
      const isReply = (message: { type: string; parentId: string | undefined }): boolean =>
        message.type === type.replace("_request", "_reply") && message.parentId === id;
      const reply = await tslab.waitFor("the reply", isReply);
      expect(reply.channel).toBe(channel);
      expect(reply.content).toEqual({
        ...{ status: "error", ename: "NotImplemented", traceback: [] },
        evalue: `tslab doesn't handle ${type}`,
      });
      await tslab.waitForIdle(id);
      expect(statesOf(tslab, id)).toEqual(["busy", "idle"]);
      await tslab.execute("0;");
      expect(tslab.messages.filter(({ content }) => /unknown/.test(String(content.text)))).toEqual(
        [],
      );
    },
  );

  it("interrupt a cell that waits, for a kernelspec that wants a message for it", async () => {
    const waiting = tslab.execute(`console.log("waiting"); await new Promise(() => undefined);`);
    await tslab.waitFor("the cell", ({ content }) => content.text === "waiting\n");
    const id = tslab.send("interrupt_request", {}, { channel: "control" });
    expect((await waiting).status).toBe("error");
    const { content } = await tslab.waitFor("the reply", ({ type, parentId }) => {
      return type === "interrupt_reply" && parentId === id;
    });
    expect(content).toEqual({ status: "ok" });
    // tslab cancels what comes within 200 ms of an error.
    await expect.poll(async () => (await tslab.execute("0;")).status).toBe("ok");
  });

  it("ignore what is neither a request nor about a comm", async () => {
    tslab.send("input_reply", { value: "1" });
    tslab.send("nonsense", {});
    const { stdout, stderr } = await tslab.execute(`console.log("next");`);
    expect([stdout, stderr]).toEqual(["next\n", ""]);
    expect(tslab.messages.filter(({ content }) => /unknown/.test(String(content.text)))).toEqual(
      [],
    );
  });

  it("leave to tslab what it answers", async () => {
    const requests = [
      ["kernel_info_request", {}],
      ["is_complete_request", { code: "1 +" }],
      ["inspect_request", { code: "1", cursor_pos: 0, detail_level: 0 }],
      ["complete_request", { code: "cons", cursor_pos: 4 }],
    ] as const;
    for (const [type, content] of requests) {
      const id = tslab.send(type, content);
      const { content: reply } = await tslab.waitFor("the reply", (message) => {
        return message.type === type.replace("_request", "_reply") && message.parentId === id;
      });
      expect(reply.status).not.toBe("error");
    }
  });

  it("are listed by comm_info, all or those of one target", async () => {
    await tslab.execute(openEcho("listed"));
    await tslab.execute(
      `kernel.openComm({ id: "other", targetName: "rare", data: {}, onMessage() {}, onClose() {} }); 0;`,
    );
    const ask = async (content: object, channel: "shell" | "control"): Promise<unknown> => {
      const id = tslab.send("comm_info_request", content, { channel });
      await tslab.waitForIdle(id);
      const reply = await tslab.waitFor("comm_info_reply", ({ type, parentId }) => {
        return type === "comm_info_reply" && parentId === id;
      });
      expect(statesOf(tslab, id)).toEqual(["busy", "idle"]);
      expect(reply.channel).toBe(channel);
      expect(reply.content.status).toBe("ok");
      return reply.content.comms;
    };
    expect(await ask({}, "shell")).toMatchObject({
      listed: { target_name: "echo" },
      other: { target_name: "rare" },
    });
    expect(await ask({ target_name: "rare" }, "control")).toEqual({
      other: { target_name: "rare" },
    });
    expect(await ask({ target_name: "none" }, "shell")).toEqual({});
  });
});

describe("a message that is not as it should be", () => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    await tslab.execute(ATTACH);
    await tslab.execute(openEcho("c"));
  });

  afterAll(() => tslab.dispose());

  const header = (type: string): string => JSON.stringify({ msg_id: "x", msg_type: type });
  const content = JSON.stringify({ comm_id: "c", data: "must not be echoed" });

  it.each([
    ["a comm_msg with a bad signature", "comm_msg", { signature: "0".repeat(64) }],
    ["an execute_request with a bad signature", "execute_request", { signature: "bad" }],
    ["a comm_msg without a signature", "comm_msg", { signature: "" }],
    ["a message with too few parts", "comm_msg", { parts: [header("comm_msg"), "{}"] }],
    ["a header that is no JSON", "comm_msg", { parts: ["{", "{}", "{}", content] }],
    ["content that is no JSON", "comm_msg", { parts: [header("comm_msg"), "{}", "{}", "{"] }],
    ["a comm_msg without an id", "comm_msg", { parts: [header("comm_msg"), "{}", "{}", "{}"] }],
    ["content that is a list", "comm_open", { parts: [header("comm_open"), "{}", "{}", "[]"] }],
  ])("%s is dropped and counted, and prints nothing", async (_name, type, options) => {
    const count = async (): Promise<number> =>
      Number((await tslab.execute("console.log(diagnostics.droppedMessages);")).stdout);
    const before = await count();
    const start = tslab.messages.length;
    const bad = tslab.send(type, { comm_id: "c", data: "must not be echoed", code: "1" }, options);
    // Messages are handled in order, so the next one's answer shows that the bad one is done with.
    expect(await count()).toBe(before + 1);
    const since = tslab.messages.slice(start);
    expect(since.filter((message) => message.type === "comm_msg")).toEqual([]);
    expect(since.filter((message) => message.parentId === bad)).toEqual([]);
    expect(since.filter(({ content: { name } }) => name === "stderr")).toEqual([]);
    expect(tslab.isRunning).toBe(true);
  });

  it("says why the last one was dropped", async () => {
    tslab.send("comm_msg", {}, { signature: "bad" });
    const { stdout } = await tslab.execute("console.log(diagnostics.lastDropReason);");
    expect(stdout).toMatch(/signature does not match/);
  });
});

describe("the library", () => {
  it("attaches once from two copies of the package, with the same kernel", async () => {
    const folder = mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-copy-"));
    const tslab = await TslabProcess.start();
    try {
      cpSync(BUILT_LIBRARY, folder, { recursive: true });
      const copy = JSON.stringify(join(folder, "kernel", "tslab", "attach.js"));
      await tslab.execute(ATTACH);
      const { stdout } = await tslab.execute(`
        const second = require(${copy}).attachToTslab();
        const again = require(${LIBRARY}).attachToTslab();
        console.log(second.kernel === kernel, again.kernel === kernel);
      `);
      expect(stdout).toBe("true true\n");
      await tslab.execute(openEcho("once"));
      const id = tslab.send("comm_msg", { comm_id: "once", data: 1 });
      await tslab.waitForIdle(id);
      await tslab.execute("0;");
      expect(commMessages(tslab, "comm_msg", "once")).toHaveLength(1);
      expect(statesOf(tslab, id)).toEqual(["idle"]);
    } finally {
      await tslab.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("does nothing harmful in a process that is not tslab, and says what is missing on use", () => {
    const script = `
      const { attachToTslab } = require(${LIBRARY});
      const { state } = attachToTslab();
      try { require(${KERNEL}).getKernel(); } catch (error) { console.log(state, error.message); }
    `;
    const printed = execFileSync(process.execPath, ["-e", script], { encoding: "utf8" });
    expect(printed).toMatch(/^absent Cannot show a widget: .*tslab kernel/);
  });

  it("ends after a shutdown, though a server of the user's listens", async () => {
    const tslab = await TslabProcess.start();
    try {
      await tslab.execute(ATTACH);
      await tslab.execute(`require("node:http").createServer().listen(0, "127.0.0.1");`);
      expect(await tslab.shutdown()).toBe(0);
    } finally {
      await tslab.dispose();
    }
  });

  it("lets a shutdown end the process, with an idle still to be sent", async () => {
    const tslab = await TslabProcess.start();
    try {
      await tslab.execute(ATTACH);
      await tslab.execute(openEcho("c"));
      tslab.send("comm_msg", { comm_id: "c", data: 1 });
      expect(await tslab.shutdown()).toBe(0);
      expect(tslab.processOutput).toBe("");
    } finally {
      await tslab.dispose();
    }
  });
});
