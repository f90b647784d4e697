import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { openWidget, portableRuntime, WIRE_STATE, type Widget } from "../../../src/widgets";
import {
  ButtonStyle,
  ColorPicker,
  ColorsInput,
  DatePicker,
  Datetime,
  DatetimePicker,
  FileUpload,
  FloatSlider,
  IntSlider,
  NaiveDatetimePicker,
  Time,
  TimePicker,
  type TimeValue,
  type UploadedFile,
} from "../../../src/widgets/coreWidgets";
import { collectLog, installKernel, removeKernel } from "../../support/kernels";
import { LoopbackKernel } from "../../support/loopbackKernel";

let kernel: LoopbackKernel;

beforeEach(() => {
  kernel = installKernel(new LoopbackKernel(), portableRuntime);
});

afterEach(removeKernel);

const zone = process.env["TZ"];

afterEach(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

function wire(widget: Widget, name = "value"): unknown {
  return widget[WIRE_STATE]().state[name];
}

describe("a date", () => {
  it.each(["America/New_York", "Europe/Berlin", "Pacific/Auckland", "UTC"])(
    "is the day that the person chose, with the kernel in %s",
    (timeZone) => {
      process.env["TZ"] = timeZone;
      const picker = new DatePicker();
      openWidget(picker);
      kernel.frontend.set(picker.model_id, { value: { year: 2024, month: 1, date: 29 } });
      expect(picker.value).toEqual(new Date(2024, 1, 29));
      expect([picker.value?.getMonth(), picker.value?.getDate()]).toEqual([1, 29]);
      picker.value = new Date(2024, 11, 31, 23, 59);
      expect(picker.value).toEqual(new Date(2024, 11, 31));
      expect(wire(picker)).toEqual({ year: 2024, month: 11, date: 31 });
      picker.value = { year: 33, month: 0, date: 1 };
      expect(new Date(picker.value ?? 0).getFullYear()).toBe(33);
    },
  );

  it("may be missing", () => {
    const picker = new DatePicker({ value: new Date(2024, 0, 1) });
    openWidget(picker);
    kernel.frontend.set(picker.model_id, { value: null });
    expect([picker.value, wire(picker)]).toEqual([null, null]);
    expectTypeOf(picker.value).toEqualTypeOf<Date | null>();
  });

  it("tells observers that another day was chosen, and only then", () => {
    const picker = new DatePicker({ value: new Date(2024, 0, 1) });
    const days: unknown[] = [];
    picker.observe(({ old, new: value }) => days.push([old?.getDate(), value?.getDate()]), "value");
    picker.value = new Date(2024, 0, 2);
    picker.value = new Date(2024, 0, 2, 12);
    expect(days).toEqual([[1, 2]]);
  });

  it("doesn't change with the Date that it was set to", () => {
    const day = new Date(2024, 0, 1);
    const picker = new DatePicker({ value: day });
    day.setDate(9);
    expect(picker.value?.getDate()).toBe(1);
  });

  it("lies within its bounds, which are in order", () => {
    const picker = new DatePicker({
      min: new Date(2024, 0, 10),
      max: new Date(2024, 0, 20),
      value: new Date(2024, 5, 1),
    });
    expect(picker.value).toEqual(new Date(2024, 0, 20));
    picker.value = new Date(2024, 0, 1);
    expect(picker.value).toEqual(new Date(2024, 0, 10));
    picker.min = new Date(2024, 0, 15);
    expect(picker.value).toEqual(new Date(2024, 0, 15));
    expect(() => (picker.min = new Date(2024, 1, 1))).toThrow(
      /^min: expected at most max \(Sat Jan 20 2024 .*\), got Thu Feb 01 2024/,
    );
    picker.value = null;
    picker.max = null;
    picker.value = new Date(2030, 0, 1);
    expect(picker.value).toEqual(new Date(2030, 0, 1));
  });

  it("is sent back when the person chose one beyond the bounds, even if it had been that", () => {
    const value = new Date(2024, 0, 20);
    const picker = new DatePicker({ max: value, value });
    openWidget(picker);
    kernel.frontend.set(picker.model_id, { value: { year: 2024, month: 4, date: 1 } });
    const model = kernel.frontend.models.get(picker.model_id);
    expect(model?.["value"]).toEqual({ year: 2024, month: 0, date: 20 });
    expect(picker.value).toEqual(value);
  });

  it("is a Date, and a day that exists", () => {
    const log = collectLog();
    const picker = new DatePicker();
    openWidget(picker);
    expect(() => (picker.value = "2024-01-31" as never)).toThrow(
      'value: expected a valid Date or null, got "2024-01-31"',
    );
    expect(() => (picker.value = new Date("nonsense"))).toThrow("got an invalid Date");
    expect(() => (picker.value = { year: 2023, month: 1, date: 29 })).toThrow(
      "value.date: expected a day of that month, got 29",
    );
    kernel.frontend.set(picker.model_id, { value: { year: 2023, month: 12, date: 1 } });
    expect(log.join()).toContain("value.month: expected an integer from 0 to 11, got 12");
    expect(picker.value).toBeNull();
  });
});

describe("a day and a time", () => {
  it("is in UTC on the wire", () => {
    process.env["TZ"] = "Asia/Kolkata";
    expect(new Date().getTimezoneOffset()).toBe(-330);
    const moment = new Date(Date.UTC(2024, 1, 29, 23, 30, 15, 250));
    const picker = new DatetimePicker({ value: moment });
    const parts = {
      ...{ year: 2024, month: 1, date: 29 },
      ...{ hours: 23, minutes: 30, seconds: 15, milliseconds: 250 },
    };
    expect(wire(picker)).toEqual(parts);
    openWidget(picker);
    kernel.frontend.set(picker.model_id, { value: { ...parts, hours: 1 } });
    expect(picker.value).toEqual(new Date(Date.UTC(2024, 1, 29, 1, 30, 15, 250)));
    expect(Datetime).toBe(DatetimePicker);
  });

  it("is in the kernel's time zone without one", () => {
    process.env["TZ"] = "Asia/Kolkata";
    const picker = new NaiveDatetimePicker({ value: new Date(2024, 1, 29, 1, 2, 3, 4) });
    expect(wire(picker)).toEqual({
      ...{ year: 2024, month: 1, date: 29 },
      ...{ hours: 1, minutes: 2, seconds: 3, milliseconds: 4 },
    });
    picker.min = new Date(2024, 1, 29, 5);
    expect(picker.value).toEqual(new Date(2024, 1, 29, 5));
  });
});

describe("a time of day", () => {
  it("may be set as text, and has its parts", () => {
    const picker = new TimePicker({ value: "9:30" });
    expectTypeOf(picker.value).toEqualTypeOf<TimeValue | null>();
    expect(picker.value).toEqual({ hours: 9, minutes: 30, seconds: 0, milliseconds: 0 });
    picker.value = "23:59:01.5";
    expect(picker.value).toEqual({ hours: 23, minutes: 59, seconds: 1, milliseconds: 500 });
    picker.value = { hours: 1, minutes: 2 };
    expect(wire(picker)).toEqual({ hours: 1, minutes: 2, seconds: 0, milliseconds: 0 });
    expect(Time).toBe(TimePicker);
  });

  it("lies within its bounds", () => {
    const picker = new TimePicker({ min: "09:00", max: "17:00", value: "20:15" });
    expect(picker.value).toMatchObject({ hours: 17, minutes: 0 });
    expect(() => (picker.min = "17:00:01")).toThrow(
      "min: expected at most max (17:00), got 17:00:01",
    );
  });

  it.each([
    ["noon", 'value: expected a time such as "9:30" or "09:30:15.250", got "noon"'],
    ["24:00", "value.hours: expected an integer from 0 to 23, got 24"],
    [{ hours: 1 }, "value.minutes: expected an integer from 0 to 59, got undefined"],
    [new Date(), "value.hours: expected an integer"],
  ])("isn't %o", (value, message) => {
    expect(() => new TimePicker({ value: value as never })).toThrow(message);
  });
});

describe("a value within bounds", () => {
  it("is sent back when a frontend sets it beyond them", () => {
    const slider = new IntSlider({ max: 10, value: 3 });
    openWidget(slider);
    kernel.frontend.set(slider.model_id, { value: 99 });
    expect(slider.value).toBe(10);
    expect(kernel.frontend.models.get(slider.model_id)?.["value"]).toBe(10);
    kernel.frontend.set(slider.model_id, { value: 500, max: 1000 });
    expect([slider.value, slider.max]).toEqual([500, 1000]);
  });

  it("isn't changed by a frontend that sets its bounds out of order", () => {
    const log = collectLog();
    const slider = new IntSlider({ max: 10, value: 3 });
    openWidget(slider);
    kernel.frontend.set(slider.model_id, { min: 20 });
    expect(log.join()).toContain("min: expected at most max (10), got 20");
    expect([slider.min, slider.value]).toEqual([0, 3]);
    expect(kernel.frontend.models.get(slider.model_id)?.["min"]).toBe(0);
  });

  it("is sent with the bound that changed it, as one update", () => {
    const slider = new FloatSlider({ max: 10, value: 8 });
    openWidget(slider);
    slider.max = 5;
    expect(kernel.messages(slider.model_id, "update")).toMatchObject([
      { state: { max: 5, value: 5 } },
    ]);
  });
});

describe("a file that a person chose", () => {
  const file = { name: "a.csv", type: "text/csv", size: 3, last_modified: 1_700_000_000_000 };

  function upload(...contents: readonly Uint8Array[]): FileUpload {
    const widget = new FileUpload({ accept: ".csv", multiple: true });
    openWidget(widget);
    // As the model in the page sends it: the contents are buffers.
    kernel.frontend.send(
      widget.model_id,
      {
        method: "update",
        state: { value: contents.map(() => file), error: "" },
        buffer_paths: contents.map((_, index) => ["value", index, "content"]),
      },
      contents,
    );
    return widget;
  }

  it("arrives with its bytes", () => {
    const widget = upload(Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6));
    expectTypeOf(widget.value).toEqualTypeOf<readonly UploadedFile[]>();
    expect(widget.value).toMatchObject([
      { name: "a.csv", type: "text/csv", size: 3, last_modified: new Date(1_700_000_000_000) },
      { name: "a.csv" },
    ]);
    expect(widget.value.map(({ content }) => [...content])).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it("isn't sent back", () => {
    const widget = upload(Uint8Array.of(1, 2, 3));
    const later = kernel.messages(widget.model_id);
    expect(JSON.stringify(later)).not.toContain("a.csv");
  });

  it("tells observers when the same name has other bytes", () => {
    const widget = upload(Uint8Array.of(1));
    const seen: number[] = [];
    widget.observe(({ new: files }) => seen.push(...(files[0]?.content ?? [])), "value");
    kernel.frontend.send(
      widget.model_id,
      { method: "update", state: { value: [file] }, buffer_paths: [["value", 0, "content"]] },
      [Uint8Array.of(2)],
    );
    expect(seen).toEqual([2]);
  });

  it("is gone once the value is cleared", () => {
    const widget = upload(Uint8Array.of(1));
    widget.value = [];
    expect(widget.value).toEqual([]);
    expect(kernel.frontend.models.get(widget.model_id)?.["value"]).toEqual([]);
  });

  it("reaches a page that is opened later, in the form that the page sent", () => {
    const widget = upload(Uint8Array.of(1, 2));
    const { state, buffer_paths, buffers } = widget[WIRE_STATE]();
    expect(state["value"]).toEqual([file]);
    expect(buffer_paths).toEqual([["value", 0, "content"]]);
    expect(buffers.map((bytes) => [...bytes])).toEqual([[1, 2]]);
  });

  it("is what a file is", () => {
    const log = collectLog();
    const widget = new FileUpload();
    openWidget(widget);
    for (const value of [5, [5], [{ ...file, size: -1 }], [{ ...file, last_modified: null }]]) {
      kernel.frontend.set(widget.model_id, { value });
    }
    kernel.frontend.set(widget.model_id, { value: [{ ...file, content: "text" }] });
    expect(log.map((line) => line.replace(/^.*frontend: /, ""))).toEqual([
      "value: expected an array, got 5",
      "value[0]: expected an object, got 5",
      "value[0].size: expected an integer >= 0, got -1",
      expect.stringMatching(/^value\[0\]\.last_modified: expected a number from .*, got null$/),
      'value[0].content: expected a Uint8Array, got "text"',
    ]);
    expect(widget.value).toEqual([]);
  });
});

describe("a color", () => {
  it.each([
    ...["tomato", "RebeccaPurple", "transparent", "#f80", "#f808", "#ff8800", "#ff880080"],
    ...["rgb(1,2,3)", "rgb( 10% , 20% , 30% )", "rgba(1, 2, 3, .5)", "rgb(1 2 3 / 50%)"],
    ...["hsl(120, 50%, 50%)", "hsla(120deg 50% 50% / 0.3)", "oklch(40% 0.2 none)"],
    ...["var(--jp-brand-color1)", "var(--mine, #f80)", "var(--a, var(--b, red))"],
  ])("may be %s", (value) => {
    expect(new ColorPicker({ value }).value).toBe(value);
  });

  it.each(["", "tomatoe", "#ff", "#ggg", "f80", "rgb(1,2)", "rgb(a,b,c)", "red; x", "var(mine)"])(
    "isn't %o",
    (value) => {
      expect(() => new ColorPicker({ value })).toThrow(
        'value: expected a CSS color such as "tomato", "#f80" or "rgb(255, 128, 0)", got',
      );
    },
  );

  it("is one in a style and in a list too", () => {
    expect(new IntSlider({ style: { handle_color: "tomato" } }).style.handle_color).toBe("tomato");
    expect(() => new IntSlider({ style: { handle_color: "tomatoe" } })).toThrow(
      /^handle_color: expected a CSS color/,
    );
    expect(() => new ButtonStyle({ button_color: "nope" })).toThrow(RangeError);
    expect(new ButtonStyle({ button_color: null }).button_color).toBeNull();
    expect(() => new ColorsInput({ value: ["red", "nope"] })).toThrow(/^value\[1\]: expected/);
  });
});
