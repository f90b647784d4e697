import { describe, expect, it } from "vitest";
import { installChangedPackages } from "../../../../src/kernel/tslab/changedPackages";
import type { TslabModule } from "../../../../src/kernel/tslab/tslabKernelInternals";

const STUCK = "Unexpected pending rebuildTimer";

/** Stands in for tslab's executor: fails until it is closed. */
class FakeExecutor {
  readonly calls: unknown[][] = [];
  failure: Error | undefined;

  execute = (code: string): Promise<string> =>
    Promise.resolve().then(() => this.#call("execute", code));
  inspect = (code: string, position: number): string => this.#call("inspect", code, position);
  complete = (code: string, position: number): string => this.#call("complete", code, position);
  close = (): void => {
    this.#call("close");
  };

  #call(...call: unknown[]): string {
    this.calls.push(call);
    if (call[0] === "close") this.failure = undefined;
    else if (this.failure !== undefined) throw this.failure;
    return "done";
  }
}

class FakeHandler {
  readonly executor: FakeExecutor;

  constructor(executor: FakeExecutor) {
    this.executor = executor;
  }
  handleExecuteImpl(request: { code: string }): Promise<string> {
    return this.executor.execute(request.code);
  }
}

function corrected(): { executor: FakeExecutor; run: (code: string) => Promise<string> } {
  class Handler extends FakeHandler {
    override handleExecuteImpl(request: { code: string }): Promise<string> {
      return super.handleExecuteImpl(request);
    }
  }
  installChangedPackages({ handler: Handler.prototype } as unknown as TslabModule);
  const executor = new FakeExecutor();
  const handler = new Handler(executor);
  return { executor, run: (code) => handler.handleExecuteImpl({ code }) };
}

describe("a tslab that is stuck because packages have changed", () => {
  it("runs the cell with new watchers", async () => {
    const { executor, run } = corrected();
    await run("1");
    executor.failure = new Error(STUCK);
    expect(await run("2")).toBe("done");
    expect(executor.calls).toEqual([
      ["execute", "1"],
      ["execute", "2"],
      ["close"],
      ["execute", "2"],
    ]);
  });

  it.each(["inspect", "complete"] as const)("can %s with new watchers", async (name) => {
    const { executor, run } = corrected();
    await run("1");
    executor.failure = new Error(STUCK);
    expect(executor[name]("x", 1)).toBe("done");
    expect(executor.calls.slice(1)).toEqual([[name, "x", 1], ["close"], [name, "x", 1]]);
  });

  it("is tried once", async () => {
    const { executor, run } = corrected();
    await run("1");
    executor.failure = new Error(STUCK);
    const { close } = executor;
    executor.close = (): void => {
      close();
      executor.failure = new Error(STUCK);
    };
    await expect(run("2")).rejects.toThrow(STUCK);
    expect(executor.calls).toHaveLength(4);
  });
});

describe("any other error of tslab's", () => {
  it("is passed on", async () => {
    const { executor, run } = corrected();
    await run("1");
    executor.failure = new Error("another");
    await expect(run("2")).rejects.toBe(executor.failure);
    expect(() => executor.inspect("x", 1)).toThrow("another");
    expect(executor.calls.map(([name]) => name)).not.toContain("close");
  });
});

describe("a tslab that isn't as expected", () => {
  it.each([undefined, {}, { handleExecuteImpl: 1 }])("is left as it is: %j", (handler) => {
    const before = { ...handler };
    installChangedPackages({ handler } as unknown as TslabModule);
    expect({ ...handler }).toEqual(before);
  });

  it.each([undefined, {}, { execute: () => Promise.resolve("done") }])(
    "runs cells as before with the executor %j",
    async (executor) => {
      const handler = {
        executor,
        handleExecuteImpl(...args: unknown[]): Promise<unknown> {
          return Promise.resolve([this.executor, args]);
        },
      };
      const before = { ...executor };
      installChangedPackages({ handler } as unknown as TslabModule);
      expect(await handler.handleExecuteImpl(1, 2)).toEqual([executor, [1, 2]]);
      expect({ ...executor }).toEqual(before);
    },
  );
});
