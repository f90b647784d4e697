import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeWidgetRuntime } from "../../../src/kernel/node/nodeWidgetRuntime";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { referredId } from "../../../src/protocol/modelReference";
import { DISPLAY, findWidget, STATUS } from "../../../src/widgets";
import { FakeKernel } from "../../support/fakeKernel";
import { installKernel, removeKernel, setEnvironment } from "../../support/kernels";

const MODULES = resolve(import.meta.dirname, "../../../lib/anywidget");
const read = (name: string): string => readFileSync(join(MODULES, name), "utf8");

let kernel: FakeKernel;

beforeEach(() => {
  kernel = installKernel(new FakeKernel(), nodeWidgetRuntime);
});
afterEach(removeKernel);

function stateOf(picture: RemoteFrameBuffer): Record<string, unknown> {
  picture[DISPLAY]();
  return kernel.opening(picture.model_id).data["state"] as Record<string, unknown>;
}

/** Shows a picture once more. Returns the module that its page then gets. */
function openedAgain(picture: RemoteFrameBuffer): object {
  const before = kernel.sent.length;
  picture[DISPLAY]();
  const opened = kernel.sent.slice(before).find(({ commId }) => commId === picture.model_id);
  const state = opened?.data["state"] as Record<string, unknown> | undefined;
  const id = referredId(state?.["_front_end"]) ?? "none";
  const { data } = kernel.opening(id);
  return {
    code: (data["state"] as { readonly code?: unknown }).code,
    status: findWidget(id)?.[STATUS],
  };
}

describe("the front end of a picture", () => {
  it("is the package's own, without a word about anywidget", () => {
    const picture = new RemoteFrameBuffer();
    expect(picture.front_end).toBe("own");
    const state = stateOf(picture);
    expect(state).toMatchObject({
      _model_module: "jupyter-rfb-ts",
      _model_name: "RemoteFrameBufferModel",
      _view_name: "RemoteFrameBufferView",
    });
    for (const name of ["front_end", "_esm", "_front_end", "_model_id"]) {
      expect(state).not.toHaveProperty(name);
    }
  });

  it("may be anywidget, with the module sent once for all pictures", () => {
    const pictures = [1, 2].map(() => new RemoteFrameBuffer({ front_end: "anywidget" }));
    const states = pictures.map(stateOf);
    const references = states.map((state) => state["_front_end"]);
    expect(new Set(references).size).toBe(1);
    const id = referredId(references[0]) ?? "";
    expect(states[0]).toMatchObject({
      _model_module: "anywidget",
      _model_module_version: "~0.11.*",
      _model_name: "AnyModel",
      _view_module: "anywidget",
      _view_name: "AnyView",
      _anywidget_id: "jupyter-rfb-ts.RemoteFrameBuffer",
      _esm: read("loader.js"),
      _model_id: `IPY_MODEL_${pictures[0]?.model_id}`,
      css_width: "500px",
    });
    expect(kernel.opening(id).data["state"]).toMatchObject({
      _model_module: "@jupyter-widgets/base",
      _model_name: "WidgetModel",
      code: read("frontEnd.js"),
    });
    expect(kernel.sent.filter(({ commId }) => commId === id)).toHaveLength(1);
  });

  it("finds the module again when the other pictures that shared it have left or are closed", () => {
    const [first, second] = [1, 2].map(() => new RemoteFrameBuffer({ front_end: "anywidget" }));
    if (first === undefined || second === undefined) throw new Error("there are two");
    kernel.runCell("a");
    first[DISPLAY]();
    kernel.runCell("b");
    second[DISPLAY]();
    kernel.runCell("a");
    expect(first[STATUS]).toBe("left");
    second.close();
    expect(openedAgain(first)).toEqual({ code: read("frontEnd.js"), status: "open" });
  });

  it("gets a new module when a page has closed the one that it had", () => {
    const picture = new RemoteFrameBuffer({ front_end: "anywidget" });
    kernel.runCell("a");
    const id = referredId(stateOf(picture)["_front_end"]) ?? "";
    // The page has the module.
    kernel.deliver(id, { method: "request_state" });
    kernel.closeFromFrontend(id);
    kernel.runCell("a");
    expect(openedAgain(picture)).toEqual({ code: read("frontEnd.js"), status: "open" });
  });

  it("comes from a field of the class, and from the environment", () => {
    class Field extends RemoteFrameBuffer {
      override front_end = "anywidget" as const;
    }
    expect(stateOf(new Field())["_model_module"]).toBe("anywidget");
    setEnvironment("JUPYTER_RFB_FRONT_END", "anywidget");
    expect(stateOf(new RemoteFrameBuffer())["_model_module"]).toBe("anywidget");
    const own = new RemoteFrameBuffer({ front_end: "own" });
    expect(stateOf(own)["_model_module"]).toBe("jupyter-rfb-ts");
  });

  it("is checked, and can't change any more once a page knows it", () => {
    expect(() => new RemoteFrameBuffer({ front_end: "vscode" as never })).toThrow(
      'front_end: expected one of "own", "anywidget", got "vscode"',
    );
    const picture = new RemoteFrameBuffer();
    picture.front_end = "anywidget";
    stateOf(picture);
    picture.front_end = "anywidget";
    expect(() => (picture.front_end = "own")).toThrow(
      "Cannot set front_end: the widget has already been shown; set it in the constructor",
    );
    setEnvironment("JUPYTER_RFB_FRONT_END", "vscode");
    expect(() => new RemoteFrameBuffer().front_end).toThrow(
      'JUPYTER_RFB_FRONT_END: expected one of "own", "anywidget", got "vscode"',
    );
  });
});
