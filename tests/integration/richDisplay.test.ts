import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILT_LIBRARY, TslabProcess, type KernelMessage } from "../support/tslabProcess";

const LIBRARY = JSON.stringify(join(BUILT_LIBRARY, "kernel", "tslab", "attach.js"));

/** A cell that attaches and shows nothing. String() keeps the types out of jslab. */
const ATTACH = `require(String(${LIBRARY})).attachToTslab(); 0;`;

/** An expression whose display method runs this body. */
function displayable(body: string): string {
  return `({ secret: 1, [Symbol.for("Jupyter.display")]() { ${body} } })`;
}

const HTML = `return { "text/html": "<b>hi</b>", "text/plain": "hi" };`;
const BUNDLE = { "text/html": "<b>hi</b>", "text/plain": "hi" };

function displays(messages: readonly KernelMessage[]): KernelMessage[] {
  return messages.filter(({ type }) => /^(update_)?display_data$/.test(type));
}

/** Values that cannot show themselves, and cells without one. */
const PLAIN_CELLS = [
  "1 + 1",
  "'text'",
  "[1, 'a', [2]]",
  "({ a: 1, b: { c: 2 } })",
  "null",
  "undefined",
  "false",
  "0",
  "''",
  "Symbol.for('x')",
  "(function f() {})",
  "new Map([[1, 2]])",
  "new Date(0)",
  "Promise.resolve(5)",
  "new Promise(() => {})",
  "Object.create(null)",
  "let declared = 4;",
  "declared = 5",
  "declared",
  "let tsLastExpr = 'mine'; tsLastExpr",
  "tsLastExpr",
  "await Promise.resolve([7])",
  "if (declared) { declared; }",
  "new Proxy({}, { get() { return undefined; } })",
  "({ [Symbol.for('Jupyter.display')]: 'no method' })",
  "exports.hasOwnProperty('declared')",
  "1; 2",
  "",
];

describe.each([
  { name: "tslab", js: false },
  { name: "jslab", js: true },
])("the last expression of a cell in $name", ({ js }) => {
  let tslab: TslabProcess;
  const before: string[] = [];

  beforeAll(async () => {
    tslab = await TslabProcess.start({ js });
    for (const code of PLAIN_CELLS) before.push((await tslab.execute(code)).stdout);
    await tslab.execute(ATTACH);
  });

  afterAll(() => tslab.dispose());

  it("prints as before where it cannot show itself", async () => {
    const after: string[] = [];
    for (const code of PLAIN_CELLS) {
      const cell = await tslab.execute(code);
      expect(cell).toMatchObject({ status: "ok", stderr: "" });
      expect(displays(cell.messages)).toEqual([]);
      after.push(cell.stdout);
    }
    expect(after).toEqual(before);
    expect(before).toContain("[ 1, 'a', [ 2 ] ]\n");
  });

  it("shows the bundle that its display method returns, and is not printed", async () => {
    const cell = await tslab.execute(displayable(HTML));
    expect(cell).toMatchObject({ status: "ok", stdout: "", stderr: "" });
    expect(displays(cell.messages)).toMatchObject([
      { type: "display_data", content: { data: BUNDLE, metadata: {} } },
    ]);
  });

  it("shows binary content as base64", async () => {
    const cell = await tslab.execute(
      displayable('return { "image/png": new Uint8Array([1, 2, 3]) };'),
    );
    expect(displays(cell.messages)).toMatchObject([{ content: { data: { "image/png": "AQID" } } }]);
  });

  it("shows a value that was declared in an earlier cell, each time", async () => {
    await tslab.execute(`const kept = ${displayable(HTML)}; kept.secret += 1;`);
    for (let run = 0; run < 2; run++) {
      const cell = await tslab.execute("kept");
      expect(displays(cell.messages)).toMatchObject([{ content: { data: BUNDLE } }]);
    }
    expect((await tslab.execute("kept.secret")).stdout).toBe("2\n");
  });

  it("shows it where the user took tslab's name for the last expression", async () => {
    const cell = await tslab.execute(
      `let tsLastExpr = 3, tsLastExpr0 = 4; console.log(tsLastExpr + tsLastExpr0); ${displayable(HTML)}`,
    );
    expect(cell).toMatchObject({ stdout: "7\n", stderr: "" });
    expect(displays(cell.messages)).toMatchObject([{ content: { data: BUNDLE } }]);
  });

  it.each(["null", "undefined", "0", "let tsLastExpr = 5;", "throw new Error('mine')"])(
    "shows it in the cell after %s",
    async (code) => {
      const earlier = await tslab.execute(code);
      // After an error tslab aborts what comes until it has reset its queue.
      let cell = await tslab.execute(displayable(HTML));
      while (cell.status === "abort") cell = await tslab.execute(displayable(HTML));
      expect(displays(earlier.messages)).toEqual([]);
      expect(cell).toMatchObject({ status: "ok", stdout: "", stderr: "" });
      expect(displays(cell.messages)).toMatchObject([{ content: { data: BUNDLE } }]);
    },
  );

  it("shows it in the very cell that imports the library", async () => {
    const fresh = await TslabProcess.start({ js });
    try {
      const cell = await fresh.execute(`${ATTACH} ${displayable(HTML)}`);
      expect(cell).toMatchObject({ status: "ok", stdout: "", stderr: "" });
      expect(displays(cell.messages)).toMatchObject([{ content: { data: BUNDLE } }]);
    } finally {
      await fresh.dispose();
    }
  });

  it("shows it after a top-level await", async () => {
    const cell = await tslab.execute(`await Promise.resolve(); ${displayable(HTML)}`);
    expect(cell.stdout).toBe("");
    expect(displays(cell.messages)).toMatchObject([{ content: { data: BUNDLE } }]);
  });

  it("shows nothing more where the method has shown it itself", async () => {
    const cell = await tslab.execute(displayable("console.log('shown');"));
    expect(cell).toMatchObject({ stdout: "shown\n", stderr: "" });
    expect(displays(cell.messages)).toEqual([]);
  });

  it("may show itself through a class, and through a function's own property", async () => {
    const cell = await tslab.execute(
      `class Shown { #data = "<b>hi</b>"; [Symbol.for("Jupyter.display")]() { return { "text/html": this.#data }; } }
       new Shown()`,
    );
    expect(displays(cell.messages)).toMatchObject([
      { content: { data: { "text/html": "<b>hi</b>" } } },
    ]);
    const onFunction = await tslab.execute(
      `Object.assign(() => 1, { [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "f" }) })`,
    );
    expect(displays(onFunction.messages)).toMatchObject([
      { content: { data: { "text/plain": "f" } } },
    ]);
  });

  it.each([
    ["throws", "throw new Error('cannot show');", /Error: cannot show/],
    ["rejects", "return Promise.reject(new Error('will not show'));", /Error: will not show/],
    [
      "returns no bundle",
      "return 'text';",
      /expected an object of media type to content, got "text"/,
    ],
    ["resolves to no bundle", "return Promise.resolve([1]);", /got \[1\]/],
    ["returns what JSON cannot hold", "return { 'text/plain': 1n };", /BigInt/],
  ])("prints the error in the cell when the method %s", async (_name, body, error) => {
    const cell = await tslab.execute(displayable(body));
    expect(cell.status).toBe("ok");
    await tslab.waitFor(
      "the error",
      ({ parentId, content }) =>
        parentId === cell.id && content.name === "stderr" && error.test(String(content.text)),
    );
    expect((await tslab.execute("'still here'")).stdout).toBe("still here\n");
  });

  it("holds its place, and shows the bundle there when it resolves after another cell", async () => {
    const cell = await tslab.execute(
      `let finish; ${displayable("return new Promise((done) => { finish = done; });")}`.replace(
        "let finish",
        js ? "let finish" : "let finish: (bundle: object) => void",
      ),
    );
    expect(cell).toMatchObject({ status: "ok", stdout: "", stderr: "" });
    const [placeholder] = displays(cell.messages);
    expect(placeholder).toMatchObject({
      type: "display_data",
      parentId: cell.id,
      content: { data: { "text/plain": "pending ..." } },
    });
    await tslab.execute(`finish(${JSON.stringify(BUNDLE)});`);
    const update = await tslab.waitFor(
      "the update",
      (m) =>
        m.type === "update_display_data" &&
        JSON.stringify(m.content.transient) === JSON.stringify(placeholder?.content.transient),
    );
    expect(update.content.data).toEqual(BUNDLE);
    expect(placeholder?.content.transient).toMatchObject({
      display_id: expect.any(String) as string,
    });
  });

  it("prints a late error in its own cell", async () => {
    const cell = await tslab.execute(
      `let fail; ${displayable("return new Promise((_, no) => { fail = no; });")}`.replace(
        "let fail",
        js ? "let fail" : "let fail: (error: Error) => void",
      ),
    );
    await tslab.execute("fail(new Error('too late')); 0;");
    const printed = await tslab.waitFor("the error", ({ content }) =>
      /too late/.test(String(content.text)),
    );
    expect(printed).toMatchObject({ parentId: cell.id, content: { name: "stderr" } });
  });

  it("as a promise prints as before, and shows in its own cell what it resolves to", async () => {
    const cell = await tslab.execute(
      `let resolve; new Promise((done) => { resolve = done; })`.replace(
        "let resolve",
        js ? "let resolve" : "let resolve: (value: unknown) => void",
      ),
    );
    expect(cell.stdout).toBe("Promise { <pending> }\n");
    await tslab.execute(`resolve(${displayable(HTML)}); 0;`);
    const shown = await tslab.waitFor(
      "the bundle",
      ({ type, parentId }) => type === "display_data" && parentId === cell.id,
    );
    expect(shown.content.data).toEqual(BUNDLE);
  });

  it("as a promise that rejects is reported by tslab as before", async () => {
    const cell = await tslab.execute("Promise.reject(new Error('nobody caught it'))");
    await tslab.waitFor(
      "the report",
      ({ parentId, content }) =>
        parentId === cell.id &&
        /UnhandledPromiseRejection.*nobody caught it/s.test(String(content.text)),
    );
  });

  it("leaves the names of earlier cells as they are", async () => {
    await tslab.execute("var counter = 1; function next() { return ++counter; }");
    await tslab.execute("next();");
    expect((await tslab.execute("counter = counter + 1")).stdout).toBe("3\n");
    expect(
      (await tslab.execute("const path = require('path'); path.basename('/a/b')")).stdout,
    ).toBe("b\n");
    const names = await tslab.execute("Object.keys(exports).filter((n) => /tsLast/.test(n))");
    expect(names.stdout).not.toMatch(/tsLastExpr1/);
  });
});
