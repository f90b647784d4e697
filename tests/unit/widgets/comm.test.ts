import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ProtocolError } from "../../../src/protocol/errors";
import { CommManager } from "../../../src/widgets/comm";
import type { Peer } from "../../../src/widgets/kernel";

interface Sent {
  readonly type: string;
  readonly content: object;
  readonly buffers?: readonly Uint8Array[] | undefined;
  readonly metadata?: object | undefined;
}

function setUp(): { comms: CommManager; sent: Sent[]; reports: [string, unknown][] } {
  const sent: Sent[] = [];
  const reports: [string, unknown][] = [];
  const comms = new CommManager({
    publish: (type, content, buffers, metadata) => sent.push({ type, content, buffers, metadata }),
    report: (what, error) => reports.push([what, error]),
  });
  return { comms, sent, reports };
}

function options(id: string) {
  return {
    id,
    targetName: "t",
    data: { a: 1 },
    onMessage: vi.fn<(data: unknown, buffers: readonly Uint8Array[], peer?: Peer) => void>(),
    onClose: vi.fn<() => void>(),
  };
}

describe("a comm that the kernel opens", () => {
  it("is announced with its data, metadata and buffers", () => {
    const { comms, sent } = setUp();
    const buffers = [new Uint8Array([1])];
    const comm = comms.open({ ...options("c"), buffers, metadata: { version: "2.1.0" } });
    expect(comm.id).toBe("c");
    expect(sent).toEqual([
      {
        type: "comm_open",
        content: { comm_id: "c", target_name: "t", data: { a: 1 } },
        buffers,
        metadata: { version: "2.1.0" },
      },
    ]);
  });

  it("gets a new id if none is given", () => {
    const { comms } = setUp();
    const withoutId = { targetName: "t", data: {}, onMessage: vi.fn(), onClose: vi.fn() };
    expect(comms.open(withoutId).id).not.toBe(comms.open(withoutId).id);
  });

  it("cannot be opened twice", () => {
    const { comms } = setUp();
    comms.open(options("c"));
    expect(() => comms.open(options("c"))).toThrow("Cannot open comm c: it is open already");
  });

  it("is not open when its comm_open could not be sent", () => {
    const comms = new CommManager({
      publish: () => {
        throw new Error("no wire");
      },
      report: () => undefined,
    });
    expect(() => comms.open(options("c"))).toThrow("no wire");
    expect(comms.info()).toEqual({});
  });

  it("gets the messages and the buffers of its id only", () => {
    const { comms } = setUp();
    const first = options("1");
    const second = options("2");
    comms.open(first);
    comms.open(second);
    const buffers = [new Uint8Array([1, 2])];
    comms.receiveMessage({ comm_id: "2", data: { b: 2 } }, buffers);
    expect(first.onMessage).not.toHaveBeenCalled();
    expect(second.onMessage).toHaveBeenCalledExactlyOnceWith({ b: 2 }, buffers, undefined);
  });

  it("sends nothing after it was closed here", () => {
    const { comms, sent } = setUp();
    const comm = comms.open(options("c"));
    comm.close();
    comm.close();
    expect(sent.map(({ type }) => type)).toEqual(["comm_open", "comm_close"]);
    expect(() => comm.send({})).toThrow("Cannot send on comm c: it is closed");
  });

  it("calls onClose once when the other end closes it, and answers nothing", () => {
    const { comms, sent } = setUp();
    const opened = options("c");
    const comm = comms.open(opened);
    comms.receiveClose({ comm_id: "c", data: {} });
    comms.receiveClose({ comm_id: "c", data: {} });
    comm.close();
    expect(opened.onClose).toHaveBeenCalledOnce();
    expect(sent.map(({ type }) => type)).toEqual(["comm_open"]);
  });

  it("stays closed when another comm uses its id", () => {
    const { comms } = setUp();
    const old = comms.open(options("c"));
    old.close();
    comms.open(options("c"));
    old.close();
    expect(() => old.send({})).toThrow(/it is closed/);
    expect(comms.info()).toEqual({ c: { target_name: "t" } });
  });

  it("reports what its handlers throw, and still gets the next message", () => {
    const { comms, reports } = setUp();
    const opened = options("c");
    const error = new Error("mine");
    opened.onMessage.mockImplementationOnce(() => {
      throw error;
    });
    comms.open(opened);
    comms.receiveMessage({ comm_id: "c", data: 1 }, []);
    comms.receiveMessage({ comm_id: "c", data: 2 }, []);
    expect(reports).toEqual([["comm t", error]]);
    expect(opened.onMessage).toHaveBeenCalledTimes(2);
  });
});

describe("a comm that the other end opens", () => {
  it("is handed to its target with the data, and can be answered at once", () => {
    const { comms, sent } = setUp();
    const onMessage = vi.fn();
    const onClose = vi.fn();
    comms.registerTarget("control", (comm, data, buffers) => {
      comm.send({ got: data }, buffers);
      return { onMessage, onClose };
    });
    const buffers = [new Uint8Array([7])];
    comms.receiveOpen({ comm_id: "c", target_name: "control", data: { hi: 1 } }, buffers);
    comms.receiveMessage({ comm_id: "c", data: "m" }, []);
    comms.receiveClose({ comm_id: "c" });
    expect(sent).toEqual([
      {
        type: "comm_msg",
        content: { comm_id: "c", data: { got: { hi: 1 } } },
        buffers,
        metadata: undefined,
      },
    ]);
    expect(onMessage).toHaveBeenCalledExactlyOnceWith("m", [], undefined);
    expect(onClose).toHaveBeenCalledOnce();
  });

  it("is closed if its target is unknown", () => {
    const { comms, sent } = setUp();
    comms.receiveOpen({ comm_id: "c", target_name: "nobody", data: {} }, []);
    expect(sent).toMatchObject([{ type: "comm_close", content: { comm_id: "c" } }]);
    expect(comms.info()).toEqual({});
  });

  it("is closed, and the error reported, if the target throws", () => {
    const { comms, sent, reports } = setUp();
    const error = new Error("not today");
    comms.registerTarget("t", () => {
      throw error;
    });
    comms.receiveOpen({ comm_id: "c", target_name: "t", data: {} }, []);
    expect(sent).toMatchObject([{ type: "comm_close", content: { comm_id: "c" } }]);
    expect(reports).toEqual([["comm target t", error]]);
    expect(comms.info()).toEqual({});
  });

  it("cannot use the id of an open comm", () => {
    const { comms } = setUp();
    const opened = options("c");
    comms.open(opened);
    comms.registerTarget("t", () => options("other"));
    expect(() => comms.receiveOpen({ comm_id: "c", target_name: "t" }, [])).toThrow(ProtocolError);
    comms.receiveMessage({ comm_id: "c", data: 1 }, []);
    expect(opened.onMessage).toHaveBeenCalledOnce();
  });
});

describe("CommManager", () => {
  it("gives its handler the page that sent a message, to answer that page only", () => {
    const { comms, sent } = setUp();
    const opened = options("c");
    const comm = comms.open(opened);
    const answers: unknown[][] = [];
    const publish = (...message: unknown[]): void => void answers.push(message);
    comms.receiveMessage({ comm_id: "c", data: 1 }, [], { id: "page", publish });
    comms.receiveMessage({ comm_id: "c", data: 2 }, [], { id: "other", publish: undefined });
    const [page, other] = opened.onMessage.mock.calls.map(([, , peer]) => peer);
    expect([page?.id, page?.isReachable]).toEqual(["page", true]);
    expect([other?.id, other?.isReachable]).toEqual(["other", false]);
    const buffers = [new Uint8Array([1])];
    page?.send({ hi: 1 }, buffers);
    expect(answers).toEqual([["comm_msg", { comm_id: "c", data: { hi: 1 } }, buffers]]);
    expect(() => other?.send({})).toThrow("Cannot send on comm c to page other");
    comm.close();
    expect(() => page?.send({})).toThrow("Cannot send on comm c to page page");
    expect(sent.map(({ type }) => type)).toEqual(["comm_open", "comm_close"]);
  });

  it("does not answer what the other end sent before it heard that the comm is closed", () => {
    const { comms, sent } = setUp();
    const ids = Array.from({ length: 1001 }, (_, index) => `c${index}`);
    for (const id of ids) comms.open(options(id)).close();
    const before = sent.length;
    for (const id of ids.slice(1)) comms.receiveMessage({ comm_id: id, data: {} }, []);
    expect(sent).toHaveLength(before);
    // Only the newest are remembered.
    comms.receiveMessage({ comm_id: "c0", data: {} }, []);
    expect(sent).toHaveLength(before + 1);
  });

  it("answers a message for an unknown comm with comm_close", () => {
    const { comms, sent } = setUp();
    comms.receiveMessage({ comm_id: "gone", data: {} }, []);
    expect(sent).toMatchObject([{ type: "comm_close", content: { comm_id: "gone" } }]);
  });

  it("lists the open comms, of one target or of all", () => {
    const { comms } = setUp();
    comms.open(options("1"));
    comms.open({ ...options("2"), targetName: "u" });
    comms.open(options("3")).close();
    expect(comms.info()).toEqual({ 1: { target_name: "t" }, 2: { target_name: "u" } });
    expect(comms.info("u")).toEqual({ 2: { target_name: "u" } });
    expect(comms.info("v")).toEqual({});
  });

  it("lists a comm with any id that the other end chose", () => {
    const { comms } = setUp();
    comms.registerTarget("t", () => options("any"));
    comms.receiveOpen({ comm_id: "__proto__", target_name: "t", data: {} }, []);
    expect(Object.entries(comms.info())).toEqual([["__proto__", { target_name: "t" }]]);
  });

  it("throws nothing but a ProtocolError, whatever arrives", () => {
    const { comms } = setUp();
    // Random input never hits this id. A comm_close for it would be valid.
    const id = "71c5a2f0-open";
    comms.open(options(id));
    const content = fc.oneof(
      fc.anything(),
      fc.record({ comm_id: fc.anything(), target_name: fc.anything(), data: fc.anything() }),
    );
    fc.assert(
      fc.property(content, (value) => {
        for (const receive of ["receiveOpen", "receiveMessage", "receiveClose"] as const) {
          try {
            comms[receive](value, []);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(comms.info()).toEqual({ [id]: { target_name: "t" } });
  });
});
