import crypto from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { attachToTslab } from "../../../../src/kernel/tslab/attach";
import { type processModuleCache } from "../../../../src/kernel/tslab/tslabKernelInternals";
import { getKernel, hasKernel, registerKernel, unregisterKernel } from "../../../../src/widgets";
import { FakeKernel } from "../../../support/fakeKernel";

type Cache = ReturnType<typeof processModuleCache>;

const KEY = "a key";
const FILE = "/project/node_modules/tslab/dist/jupyter.js";
const CELL = { msg_id: "cell-1", msg_type: "execute_request" };

/** Stands in for tslab: writes a display as tslab does. Tests change its parts. */
class FakeTslab {
  readonly sent: unknown[][] = [];
  readonly handled: unknown[][] = [];
  readonly cellExports: object = {};
  readonly Publisher: { prototype: object };
  readonly socket: { closed: boolean; sendTimeout: number };
  readonly exports: Record<string, unknown>;
  readonly server: Record<string, unknown>;

  constructor() {
    const { sent, handled } = this;
    // As in zeromq.js, send is inherited by Publisher.
    class Socket {
      closed = false;
      sendTimeout = -1;
      send(frames: unknown[]): Promise<void> {
        sent.push(frames);
        return Promise.resolve();
      }
    }
    class Publisher extends Socket {}
    this.Publisher = Publisher;
    const socket = new Publisher();
    this.socket = socket;
    class ZmqServer {
      handleShellMessage(...args: unknown[]): Promise<void> {
        handled.push(args);
        return Promise.resolve();
      }
      publishStatus(): void {
        return;
      }
    }
    this.server = ZmqServer.prototype as unknown as Record<string, unknown>;
    this.exports = {
      ZmqServer,
      lastWriteDisplayData: (content: object) => {
        const parts = [{ msg_type: "display_data", msg_id: "d" }, CELL, {}, content].map((part) =>
          JSON.stringify(part),
        );
        const hmac = crypto.createHmac("sha256", KEY);
        for (const part of parts) hmac.update(part);
        void socket.send(["client", "<IDS|MSG>", hmac.digest("hex"), ...parts]);
      },
    };
  }

  cache(overrides: object = {}): Cache {
    const module = {
      filename: FILE,
      exports: this.exports,
      require: (id: string): unknown =>
        id === "zeromq" ? { Publisher: this.Publisher } : { version: "9.8.7" },
      ...overrides,
    };
    return { [FILE]: module } as unknown as Cache;
  }
}

function setUp(): FakeTslab {
  const tslab = new FakeTslab();
  vi.stubGlobal("__tslab__", { exports: tslab.cellExports });
  return tslab;
}

afterEach(() => {
  vi.unstubAllGlobals();
  unregisterKernel();
});

describe("attachToTslab in a process that is not a tslab kernel", () => {
  it.each([
    ["tslab is not loaded", {}, /does not run in a tslab kernel/],
    [
      "tslab is loaded and no cell has run",
      new FakeTslab().cache({ exports: { lastWriteDisplayData: null } }),
      /no notebook cell has run/,
    ],
  ])("does nothing when %s, and using a widget throws the reason", (_name, cache, reason) => {
    const result = attachToTslab(cache);
    expect(result).toMatchObject({
      state: "absent",
      reason: expect.stringMatching(reason) as string,
    });
    expect(hasKernel()).toBe(false);
    expect(() => getKernel()).toThrow(reason);
  });

  it("looks in the process's own modules", () => {
    expect(attachToTslab().state).toBe("absent");
  });

  it("leaves another kernel in its place", () => {
    const other = new FakeKernel();
    registerKernel(other);
    attachToTslab({});
    expect(getKernel()).toBe(other);
  });

  it("says how to get a kernel", () => {
    attachToTslab({});
    expect(() => getKernel()).toThrow(
      "Cannot show a widget: this code does not run in a tslab kernel; " +
        "run it in a notebook with the tslab kernel (npx jupyter-rfb-ts install)",
    );
  });
});

describe("attachToTslab", () => {
  it("learns how to send without sending anything", () => {
    const tslab = setUp();
    const createHmac = crypto.createHmac;
    expect(attachToTslab(tslab.cache()).state).toBe("attached");
    expect(tslab.sent).toEqual([]);
    expect(crypto.createHmac).toBe(createHmac);
    expect(Object.hasOwn(tslab.Publisher.prototype, "send")).toBe(false);
  });

  it("sends on behalf of the running cell, and makes the socket's send immediate", () => {
    const tslab = setUp();
    attachToTslab(tslab.cache());
    expect(tslab.socket.sendTimeout).toBe(0);
    getKernel().display({ "text/plain": "x", "image/png": new Uint8Array([1, 2, 3]) });
    const [, , , header, parent, , content] = tslab.sent[0] as string[];
    expect(JSON.parse(header ?? "")).toMatchObject({ msg_type: "display_data" });
    expect(JSON.parse(parent ?? "")).toEqual(CELL);
    expect(JSON.parse(content ?? "")).toEqual({
      data: { "text/plain": "x", "image/png": "AQID" },
      metadata: {},
      transient: {},
    });
  });

  it("patches once, however often it is called, and from however many copies", async () => {
    const tslab = setUp();
    attachToTslab(tslab.cache());
    const patched = { ...tslab.server };
    const prototype: unknown = Object.getPrototypeOf(tslab.cellExports);
    const first = getKernel();
    vi.resetModules();
    const copy = await import("../../../../src/kernel/tslab/attach");
    const copyOfWidgets = await import("../../../../src/widgets");
    expect(copy.attachToTslab).not.toBe(attachToTslab);
    expect(copy.attachToTslab(tslab.cache()).state).toBe("attached");
    expect({ ...tslab.server }).toEqual(patched);
    expect(Object.getPrototypeOf(tslab.cellExports)).toBe(prototype);
    expect(copyOfWidgets.getKernel()).toBe(first);
  });

  it("attaches to the tslab whose cells run, if two are loaded", () => {
    const tslab = setUp();
    const idle = new FakeTslab();
    idle.exports.lastWriteDisplayData = null;
    const untouched = idle.server.handleShellMessage;
    const other = "/usr/lib/node_modules/tslab/dist/jupyter.js";
    attachToTslab({ [other]: idle.cache({ filename: other })[FILE], ...tslab.cache() });
    expect(idle.server.handleShellMessage).toBe(untouched);
    expect(hasKernel()).toBe(true);
  });

  it("sends nothing after the socket was closed", () => {
    const tslab = setUp();
    attachToTslab(tslab.cache());
    tslab.socket.closed = true;
    getKernel().display({ "text/plain": "x" });
    expect(tslab.sent).toEqual([]);
  });

  it("ignores what arrives while the sockets close", async () => {
    const tslab = setUp();
    const result = attachToTslab(tslab.cache());
    const closed = {
      closed: true,
      get sendTimeout(): number {
        throw new Error("Socket is closed");
      },
    };
    const handle = tslab.server.handleShellMessage as (...args: unknown[]) => Promise<void>;
    await handle.call(tslab.server, closed, Buffer.from("anything"));
    expect(tslab.handled).toEqual([]);
    expect(tslab.sent).toEqual([]);
    expect(result).toMatchObject({ diagnostics: { droppedMessages: 0 } });
  });

  it("rejects an update without a display id", () => {
    attachToTslab(setUp().cache());
    expect(() => getKernel().display({}, { update: true })).toThrow(TypeError);
  });
});

describe("attachToTslab with an unexpected tslab", () => {
  const changes: [string, (tslab: FakeTslab) => void, RegExp][] = [
    [
      "no lastWriteDisplayData",
      (tslab) => delete tslab.exports.lastWriteDisplayData,
      /lastWriteDisplayData: expected a function, got undefined/,
    ],
    [
      "a lastWriteDisplayData that is no function",
      (tslab) => (tslab.exports.lastWriteDisplayData = "writer"),
      /lastWriteDisplayData: expected a function, got "writer"/,
    ],
    ["no ZmqServer", (tslab) => delete tslab.exports.ZmqServer, /ZmqServer\.prototype/],
    [
      "no handleShellMessage",
      (tslab) => delete tslab.server.handleShellMessage,
      /handleShellMessage: expected a function/,
    ],
    [
      "no publishStatus",
      (tslab) => delete tslab.server.publishStatus,
      /publishStatus: expected a function/,
    ],
    [
      "a writer that sends nothing",
      (tslab) => (tslab.exports.lastWriteDisplayData = () => undefined),
      /the iopub socket: expected a send/,
    ],
    [
      "a writer that does not sign",
      (tslab) =>
        (tslab.exports.lastWriteDisplayData = () => {
          (tslab.socket as unknown as { send(frames: unknown[]): void }).send([]);
        }),
      /the signing key: expected a call of createHmac/,
    ],
    [
      "a writer that throws",
      (tslab) =>
        (tslab.exports.lastWriteDisplayData = () => {
          throw new Error("not like this");
        }),
      /not like this/,
    ],
    [
      "a writer that sends no Jupyter message",
      (tslab) =>
        (tslab.exports.lastWriteDisplayData = () => {
          crypto.createHmac("sha256", KEY);
          (tslab.socket as unknown as { send(frames: unknown[]): void }).send(["x"]);
        }),
      /expected the delimiter/,
    ],
    ["another zeromq", (tslab) => Reflect.set(tslab, "Publisher", undefined), /zeromq\.Publisher/],
    ["a frozen server", (tslab) => Object.freeze(tslab.server), /handleShellMessage/],
    [
      "a server that cannot be extended",
      (tslab) => Object.preventExtensions(tslab.server),
      /not extensible/,
    ],
    ["no cell scope", () => vi.stubGlobal("__tslab__", undefined), /__tslab__\.exports/],
    [
      "no cell scope, and a socket that reports a full queue",
      (tslab) => {
        Reflect.defineProperty(tslab.Publisher.prototype, "noDrop", { set: () => undefined });
        vi.stubGlobal("__tslab__", undefined);
      },
      /__tslab__\.exports/,
    ],
    [
      "fixed cell exports",
      (tslab) => Object.preventExtensions(tslab.cellExports),
      /prototype that can be set/,
    ],
  ];

  it.each(changes)("%s: names the versions and leaves nothing patched", (_name, change, reason) => {
    const tslab = setUp();
    change(tslab);
    const before = Object.getOwnPropertyDescriptors(tslab.server);
    const createHmac = crypto.createHmac;

    const result = attachToTslab(tslab.cache());

    expect(result.state).toBe("unsupported");
    expect(() => getKernel()).toThrow(reason);
    expect(() => getKernel()).toThrow(/tslab 9\.8\.7 is not as expected/);
    expect(() => getKernel()).toThrow(/known to work: tslab .*1\.0\.22/);
    expect(Object.getOwnPropertyDescriptors(tslab.server)).toEqual(before);
    expect(Reflect.ownKeys(tslab.server)).toEqual(Reflect.ownKeys(before));
    expect(Object.getPrototypeOf(tslab.cellExports)).toBe(Object.prototype);
    expect(crypto.createHmac).toBe(createHmac);
    expect(Object.hasOwn(Object(tslab.Publisher?.prototype) as object, "send")).toBe(false);
    expect(tslab.socket.sendTimeout).toBe(-1);
    expect(tslab.sent).toEqual([]);
  });

  it("says that the version is unknown if it cannot be read", () => {
    const tslab = setUp();
    delete tslab.exports.lastWriteDisplayData;
    const require = (): never => {
      throw new Error("no package.json");
    };
    attachToTslab(tslab.cache({ require }));
    expect(() => getKernel()).toThrow(/tslab of an unknown version is not as expected/);
  });
});
