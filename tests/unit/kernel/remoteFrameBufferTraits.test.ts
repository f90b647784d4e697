import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RemoteFrameBuffer } from "../../../src/kernel";
import { DISPLAY } from "../../../src/widgets";
import { KERNELS, removeKernel, type TestKernel } from "../../support/kernels";

let kernel: TestKernel;

describe.each(KERNELS)("on $on", ({ install }) => {
  beforeEach(() => {
    kernel = install();
  });

  afterEach(removeKernel);

  /** The defaults of jupyter_rfb, as a frontend sees them. */
  const DEFAULTS = {
    css_width: "500px",
    css_height: "300px",
    resizable: true,
    cursor: "default",
    title: "",
    has_titlebar: false,
    is_minimizable: false,
    is_closable: false,
  };
  /** The defaults of traits that frontends don't get. */
  const KERNEL_DEFAULTS = { quality: 80, max_buffered_frames: 2 };

  function openingOf(widget: RemoteFrameBuffer): Readonly<Record<string, unknown>> {
    widget[DISPLAY]();
    const opening = kernel.sent.find(
      ({ type, data }) =>
        type === "comm_open" &&
        (data["state"] as { _model_name: string })._model_name === "RemoteFrameBufferModel",
    );
    return opening?.data["state"] as Record<string, unknown>;
  }

  describe("the traits of a RemoteFrameBuffer", () => {
    it("have jupyter_rfb's defaults as properties", () => {
      expect(new RemoteFrameBuffer()).toMatchObject({ ...DEFAULTS, ...KERNEL_DEFAULTS });
    });

    it("are sent with their defaults, except those that only the kernel needs", () => {
      const state = openingOf(new RemoteFrameBuffer());
      expect(state).toMatchObject({
        ...DEFAULTS,
        _model_module: "jupyter-rfb-ts",
        _model_module_version: "^0.1.0",
        _view_module: "jupyter-rfb-ts",
        _view_module_version: "^0.1.0",
        _view_name: "RemoteFrameBufferView",
        _has_visible_views: false,
        _frame_feedback: {},
      });
      for (const name of Object.keys(KERNEL_DEFAULTS)) expect(state).not.toHaveProperty(name);
    });

    it("take the values of the options, and send changes", () => {
      const given = {
        css_width: "50%",
        css_height: "20em",
        resizable: false,
        cursor: "crosshair",
        title: "Orbit",
        has_titlebar: true,
        is_minimizable: true,
        is_closable: true,
      };
      const widget = new RemoteFrameBuffer({ ...given, quality: 100, max_buffered_frames: 1 });
      expect(widget).toMatchObject({ ...given, quality: 100, max_buffered_frames: 1 });
      expect(openingOf(widget)).toMatchObject(given);
      widget.title = "Decay";
      widget.quality = 1;
      const updates = kernel.sent
        .filter(({ data }) => data["method"] === "update")
        .map(({ data }) => data["state"]);
      expect(updates).toEqual([{ title: "Decay" }]);
    });

    it.each([
      ["quality", 0, RangeError, "quality: expected an integer from 1 to 100, got 0"],
      ["quality", 101, RangeError, "quality: expected an integer from 1 to 100, got 101"],
      ["quality", 50.5, RangeError, "quality: expected an integer from 1 to 100, got 50.5"],
      ["quality", NaN, RangeError, "quality: expected an integer from 1 to 100, got NaN"],
      ["quality", "x", TypeError, 'quality: expected an integer from 1 to 100, got "x"'],
      [
        "max_buffered_frames",
        0,
        RangeError,
        "max_buffered_frames: expected an integer >= 1, got 0",
      ],
      [
        "max_buffered_frames",
        null,
        TypeError,
        "max_buffered_frames: expected an integer >= 1, got null",
      ],
      [
        "css_width",
        "wide",
        RangeError,
        'css_width: expected a CSS length, such as "600px", "100%" or 600 for pixels, got "wide"',
      ],
      [
        "css_height",
        undefined,
        TypeError,
        'css_height: expected a CSS length, such as "600px", "100%" or 600 for pixels, got undefined',
      ],
      ["resizable", 1, TypeError, "resizable: expected true or false, got 1"],
      ["cursor", null, TypeError, "cursor: expected a string, got null"],
      ["title", ["a"], TypeError, 'title: expected a string, got ["a"]'],
      ["has_titlebar", "yes", TypeError, 'has_titlebar: expected true or false, got "yes"'],
      ["is_minimizable", 0, TypeError, "is_minimizable: expected true or false, got 0"],
      ["is_closable", {}, TypeError, "is_closable: expected true or false, got an object"],
    ])("reject %s = %j", (name, value, kind, text) => {
      const widget = new RemoteFrameBuffer();
      const before: unknown = Reflect.get(widget, name);
      let refusal: unknown;
      try {
        Reflect.set(widget, name, value);
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(kind);
      expect(refusal).toHaveProperty("message", text);
      expect(Reflect.get(widget, name)).toBe(before);
      // An undefined option counts as left out.
      if (value !== undefined) expect(() => new RemoteFrameBuffer({ [name]: value })).toThrow(text);
    });

    it.each([
      [600, "600px"],
      [60.5, "60.5px"],
      [0, "0px"],
      ["600", "600px"],
      [" 60.5 ", "60.5px"],
      ["80vh", "80vh"],
      ["100%", "100%"],
      [".5em", ".5em"],
      ["1e2PX", "1e2PX"],
      ["calc(100% - 2em)", "calc(100% - 2em)"],
      ["min(100%, 40rem)", "min(100%, 40rem)"],
      ["auto", "auto"],
    ])("take %j for the length %j", (length, expected) => {
      const widget = new RemoteFrameBuffer({ css_width: length });
      Reflect.set(widget, "css_height", length);
      expect([widget.css_width, widget.css_height]).toEqual([expected, expected]);
    });

    it.each([
      "",
      "px",
      "-5px",
      "5 px",
      "5px 6px",
      "red",
      "5pxx",
      "calc()",
      "px5",
      "500px;",
      NaN,
      Infinity,
      -1,
    ])("refuse %j as a length", (length) => {
      expect(() => new RemoteFrameBuffer({ css_width: length })).toThrow(
        /^css_width: expected a CSS length, such as .* got /,
      );
    });

    it("are the only options of the constructor", () => {
      const misspelt: object = { css_widht: "5px" };
      expect(() => new RemoteFrameBuffer(misspelt)).toThrow(TypeError);
      expect(() => new RemoteFrameBuffer(misspelt)).toThrow(/css_widht/);
    });

    it("reject invalid values from a frontend", () => {
      const widget = new RemoteFrameBuffer();
      openingOf(widget);
      kernel.update(widget.model_id, { css_width: 7, title: "Orbit", quality: 0 });
      expect(widget).toMatchObject({ css_width: "500px", title: "Orbit", quality: 80 });
    });
  });
});
