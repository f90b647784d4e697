import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  progress,
  type FloatProgress,
  type HBox,
  type HTML,
} from "../../../src/widgets/coreWidgets";
import {
  findWidget,
  installWidgetRuntime,
  STATUS,
  unregisterKernel,
  widgetRuntime,
} from "../../../src/widgets";
import {
  leadingText,
  trailingText,
  type ProgressState,
} from "../../../src/widgets/progress/progressText";
import { FakeClock } from "../../support/fakeClock";
import { collectLog, KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

describe("a progress bar's text", () => {
  const state: ProgressState = {
    ...{ description: "", n: 42, total: 100, elapsed: 3, rate: 14, unit: "it" },
  };

  it.each<[string, Partial<ProgressState>, string]>([
    ["with a total", {}, "42% | 42/100 [00:03<00:04, 14.0 it/s]"],
    ["with a description", { description: "Load" }, "Load: 42% | 42/100 [00:03<00:04, 14.0 it/s]"],
    ["before the rate is known", { rate: undefined }, "42% | 42/100 [00:03<?, ? it/s]"],
    ["without a total", { total: undefined, unit: "row" }, " | 42 row [00:03, 14.0 row/s]"],
    ["with a wrong total", { total: 41 }, " | 42 it [00:03, 14.0 it/s]"],
    ["with nothing to do", { n: 0, total: 0 }, "100% | 0/0 [00:03<00:00, 14.0 it/s]"],
    ["of slow work", { rate: 0.05, n: 1, total: 2 }, "50% | 1/2 [00:03<00:20, 20.0 s/it]"],
    ["of fast work", { rate: 123456.7 }, "42% | 42/100 [00:03<00:00, 123457 it/s]"],
    ["of long work", { elapsed: 3725, rate: 0.01 }, "42% | 42/100 [1:02:05<1:36:40, 100 s/it]"],
    ["of parts of units", { n: 0.1 + 0.2, total: 1 }, "30% | 0.3/1 [00:03<00:00, 14.0 it/s]"],
    ["just before the end", { n: 999, total: 1000 }, "99% | 999/1000 [00:03<00:00, 14.0 it/s]"],
  ])("%s", (_what, change, text) => {
    const changed = { ...state, ...change };
    expect(`${leadingText(changed)} | ${trailingText(changed)}`).toBe(text);
  });
});

let kernel: TestKernel;
let clock: FakeClock;
/** What waits for the events to be handled, while they take their time. */
let breaths: (() => void)[];
let areEventsSlow: boolean;

interface Shown {
  readonly box: HBox;
  readonly before: HTML;
  readonly bar: FloatProgress;
  readonly after: HTML;
}

/** The bar that was displayed, the last one first. */
function shown(back = 1): Shown {
  const view = kernel.displayed.at(-back)?.data["application/vnd.jupyter.widget-view+json"];
  const box = findWidget((view as { model_id: string }).model_id) as unknown as HBox;
  const [before, bar, after] = box.children as unknown as [HTML, FloatProgress, HTML];
  return { box, before, bar, after };
}

function advance(seconds: number): void {
  clock.advance(seconds);
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function useClock(): void {
  clock = new FakeClock();
  breaths = [];
  areEventsSlow = false;
  installWidgetRuntime({
    ...widgetRuntime(),
    monotonic: clock.monotonic,
    delay: clock.delay,
    afterEvents: (callback) => {
      if (areEventsSlow) breaths.push(callback);
      else queueMicrotask(callback);
    },
  });
}

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
    useClock();
  });

  afterEach(removeKernel);

  describe("progress(total)", () => {
    it("shows a bar between its percentage and its count, and is green in the end", () => {
      const work = progress(4, { description: "Load <all>", unit: "file" });
      const { before, bar, after } = shown();
      expect([before.value, bar.value, bar.max, bar.bar_style]).toEqual([
        ...["Load &lt;all&gt;: 0%", 0, 4, ""],
      ]);
      advance(1);
      work.update();
      work.update(2);
      advance(1);
      expect([work.n, before.value, bar.value]).toEqual([3, "Load &lt;all&gt;: 75%", 3]);
      expect(after.value).toMatch(/^3\/4 \[00:0\d&lt;00:0\d, .* file\/s\]$/);
      work.update();
      work.close();
      expect([before.value, bar.value, bar.bar_style]).toEqual([
        ...["Load &lt;all&gt;: 100%", 4, "success"],
      ]);
      expect(after.value).toBe("4/4 [00:02&lt;00:00, 2.00 file/s]");
      expect(clock.pending).toBe(0);
    });

    it("updates the page ten times a second at most, and with the last count", () => {
      const work = progress(1000);
      const { bar, before, after } = shown();
      const ids = [bar, before, after].map(({ model_id }) => model_id);
      const sent = (): number[] => ids.map((id) => kernel.messages(id, "update").length);
      for (let step = 0; step < 1000; step += 1) {
        work.update();
        advance(0.001);
      }
      expect(Math.max(...sent())).toBeLessThanOrEqual(10);
      expect(Math.min(...sent())).toBeGreaterThanOrEqual(9);
      advance(1);
      expect(bar.value).toBe(1000);
      expect(clock.pending).toBe(0);
    });

    it("is red if it is closed before all is done", () => {
      const work = progress(4);
      work.update();
      work.close();
      work.update();
      work.close();
      expect(shown().bar).toMatchObject({ bar_style: "danger", value: 1 });
    });

    it("disappears in the end without leave, unless something went wrong", () => {
      const good = progress(1, { leave: false });
      const { box, bar } = shown();
      good.update();
      good.close();
      expect([box[STATUS], bar[STATUS]]).toEqual(["closed", "closed"]);
      progress(1, { leave: false }).close();
      expect(shown().bar.bar_style).toBe("danger");
    });

    it("takes another description and total", () => {
      const work = progress(4);
      const { before, bar } = shown();
      work.description = "Then";
      work.total = 8;
      work.update(4);
      advance(1);
      expect([before.value, bar.max]).toEqual(["Then: 50%", 8]);
    });

    it("prints its state in console.log", () => {
      const work = progress(4, { description: "Load" });
      work.update();
      expect(inspect([work])).toBe("[ ProgressBar(Load: 25% 1/4 [00:00<?, ? it/s]) ]");
    });

    it("rejects wrong arguments", () => {
      expect(() => progress(-1)).toThrow("total: expected a finite number >= 0, got -1");
      expect(() => progress(NaN)).toThrow("total: expected");
      expect(() => progress(3, { desc: "x" } as never)).toThrow(
        'options: expected one of description, total, unit, leave, got "desc"',
      );
      expect(() => progress({} as never)).toThrow(
        "items: expected a number, an iterable or an async iterable, got an object",
      );
      expect(() => progress([1], { unit: 5 } as never)).toThrow("unit: expected a string, got 5");
      expect(() => progress(2).update(NaN)).toThrow("n: expected a finite number, got NaN");
    });
  });

  describe("progress(items)", () => {
    it("shows nothing before the loop, and a new bar for each", async () => {
      const items = progress([1, 2]);
      expect(kernel.displayed).toHaveLength(0);
      expect([...items, ...items]).toEqual([1, 2, 1, 2]);
      for await (const item of items) expect(item).toBeGreaterThan(0);
      expect(kernel.displayed).toHaveLength(3);
    });

    it.each([
      ["an array", ["a", "b", "c"]],
      ["a Set", new Set(["a", "b", "c"])],
      ["a typed array", new Uint8Array(3)],
      ["Promises", [Promise.resolve("a"), "b", "c"]],
    ])("counts %s", async (_what, items) => {
      const seen: unknown[] = [];
      for await (const item of progress<unknown>(items)) {
        expect(typeof item).not.toBe("object");
        seen.push(item);
        advance(1);
      }
      expect(seen).toHaveLength(3);
      expect(shown().bar).toMatchObject({ value: 3, max: 3, bar_style: "success" });
    });

    it("counts a generator, and its total if that is given", () => {
      function* three(): Generator<number> {
        yield* [1, 2, 3];
      }
      const loop = progress(three());
      expect([...loop]).toEqual([1, 2, 3]);
      expect(shown().after.value).toMatch(/^3 it \[/);
      expect(shown().bar.layout.width).toBe("20px");
      expect([...progress(three(), { total: 3 })]).toEqual([1, 2, 3]);
      expect(shown().after.value).toMatch(/^3\/3 \[/);
    });

    it("counts asynchronous items", async () => {
      async function* two(): AsyncGenerator<number> {
        yield 1;
        await Promise.resolve();
        yield 2;
      }
      const seen: number[] = [];
      for await (const item of progress(two(), { total: 2 })) seen.push(item);
      expect(seen).toEqual([1, 2]);
      expect(shown().bar).toMatchObject({ value: 2, bar_style: "success" });
    });

    it.each(["break", "throw"])("leaves a red bar at %s, and ends the generator", async (how) => {
      let ended = 0;
      function* items(): Generator<number> {
        try {
          yield* [1, 2, 3];
        } finally {
          ended += 1;
        }
      }
      const leave = (item: number): boolean => {
        if (item === 2 && how === "throw") throw new Error("enough");
        return item === 2;
      };
      const loop = (): void => {
        for (const item of progress(items(), { total: 3 })) if (leave(item)) break;
      };
      const asyncLoop = async (): Promise<void> => {
        for await (const item of progress(items(), { total: 3 })) if (leave(item)) break;
      };
      if (how === "throw") {
        expect(loop).toThrow("enough");
        await expect(asyncLoop()).rejects.toThrow("enough");
      } else {
        loop();
        await asyncLoop();
      }
      expect(ended).toBe(2);
      for (const back of [1, 2]) {
        expect(shown(back).bar).toMatchObject({ value: 1, bar_style: "danger" });
      }
    });

    it("leaves a red bar when the items throw", async () => {
      function* items(): Generator<number> {
        yield 1;
        throw new Error("no more");
      }
      async function* later(): AsyncGenerator<number> {
        await Promise.resolve();
        yield* items();
      }
      expect(() => [...progress(items())]).toThrow("no more");
      for (const source of [items(), later(), [Promise.reject(new Error("no more"))]]) {
        await expect(async () => {
          for await (const item of progress(source as Iterable<number>)) expect(item).toBe(1);
        }).rejects.toThrow("no more");
      }
      for (const back of [1, 2, 3, 4]) expect(shown(back).bar.bar_style).toBe("danger");
    });

    it("nests", async () => {
      for await (const row of progress([1, 2], { description: "rows" })) {
        for (const cell of progress([1, 2, 3], { leave: false })) advance((cell * row) / 1000);
      }
      expect(kernel.displayed).toHaveLength(3);
      expect(shown(3).bar.bar_style).toBe("success");
    });

    it("lets events be handled, every 16 ms of work and not more often", async () => {
      areEventsSlow = true;
      const seen: number[] = [];
      const loop = (async () => {
        for await (const item of progress([1, 2, 3, 4, 5, 6])) {
          seen.push(item);
          advance(0.006);
        }
      })();
      await settled();
      expect(seen).toEqual([1, 2, 3]);
      expect(breaths).toHaveLength(1);
      advance(1);
      breaths.shift()?.();
      await settled();
      expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
      breaths.shift()?.();
      await loop;
      expect(breaths).toEqual([]);
    });
  });
});

describe("progress() without a kernel", () => {
  let log: string[];

  beforeEach(() => {
    unregisterKernel();
    useClock();
    log = collectLog();
  });

  afterEach(removeKernel);

  it("logs a line every five seconds, and at the end", () => {
    for (const item of progress([1, 2, 3, 4], { description: "Load" })) advance(item);
    expect(log).toEqual([
      "Load: 75% 3/4 [00:06<00:02, 1.81 s/it]",
      "Load: 100% 4/4 [00:10<00:00, 2.50 s/it]",
    ]);
  });
});
