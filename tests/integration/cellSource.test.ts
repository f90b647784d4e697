import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess } from "../support/tslabProcess";

describe.each([
  { name: "tslab", js: false },
  { name: "jslab", js: true },
])("a name of an earlier cell in $name", ({ js }) => {
  let kernel: TslabProcess;

  beforeAll(async () => {
    kernel = await TslabProcess.start({ js });
    await kernel.execute(`import { RemoteFrameBuffer } from "jupyter-rfb-ts";`);
    const { stderr } = await kernel.execute(`
      let data = 5, shape = [1, 2];
      const make = () => ({ data: 6, shape: [3] });
      const print = (${js ? "value" : "value: unknown"}) => console.log(JSON.stringify(value));`);
    expect(stderr).toBe("");
  });
  afterAll(() => kernel.dispose());

  it.each([
    ["in an object", "print({ data, shape });", { data: 5, shape: [1, 2] }],
    ["in a return", "print((() => { return { data }; })());", { data: 5 }],
    [
      "nested",
      "print({ a: { data }, b: [{ shape }] });",
      { a: { data: 5 }, b: [{ shape: [1, 2] }] },
    ],
    ["in arguments", "((x) => print(x.data))({ data });", 5],
    ["next to its own names", "{ const own = 1; print({ own, data }); }", { own: 1, data: 5 }],
    ["shadowed", "((data) => print({ data }))(9);", { data: 9 }],
    [
      "of a class that it imported",
      "print(Object.keys({ RemoteFrameBuffer }));",
      ["RemoteFrameBuffer"],
    ],
    ["in an assignment pattern", "({ data, shape } = make()); print([data, shape]);", [6, [3]]],
    ["with a default", "({ data = 8 } = {}); print(data);", 8],
    [
      "of a method",
      "class Made { make() { return { data }; } } print(new Made().make());",
      { data: 8 },
    ],
    [
      "in a generator's default",
      "print([...(function* (x = { data }) { yield x; })()]);",
      [{ data: 8 }],
    ],
    ["in a template", "print(`${JSON.stringify({ data })} { data }`);", '{"data":8} { data }'],
    ["of a loop", "for ({ data } of [{ data: 2 }]) print({ data });", { data: 2 }],
    [
      "next to methods of that name",
      "print({ shape() {}, data, o: { data() {} } });",
      { data: 2, o: {} },
    ],
  ])("can be a shorthand property %s", async (_where, code, expected) => {
    const { stdout, stderr } = await kernel.execute(code);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it("stays in a cell with a syntax error, which is reported where it is", async () => {
    const { stderr } = await kernel.execute("const wrong = { data; };");
    expect(stderr).toMatch(/^1:21 - ',' expected\./);
    // tslab ignores the cells of the next 200 ms.
    while ((await kernel.execute("1")).status === "abort");
  });

  it("can be one in a cell that waited while the earlier cell ran", async () => {
    const first = kernel.startExecution(
      "await new Promise((done) => setTimeout(done, 300)); var late = 7;",
    );
    const second = kernel.startExecution("console.log(JSON.stringify({ late }));");
    await kernel.finish(first);
    expect((await kernel.finish(second)).stdout).toBe('{"late":7}\n');
  });
});
