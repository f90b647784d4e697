import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWidget, openWidgets, portableRuntime, STATUS } from "../../../src/widgets";
import {
  Checkbox,
  DirectionalLink,
  dlink,
  Dropdown,
  FloatSlider,
  IntSlider,
  jsdlink,
  jslink,
  Label,
  link,
  Link,
  Play,
  Text,
} from "../../../src/widgets/coreWidgets";
import { collectLog, installKernel, removeKernel } from "../../support/kernels";
import { LoopbackKernel } from "../../support/loopbackKernel";

let kernel: LoopbackKernel;

beforeEach(() => {
  kernel = installKernel(new LoopbackKernel(), portableRuntime);
});

afterEach(removeKernel);

describe("link()", () => {
  it("keeps two traits equal, whichever changes", () => {
    const [a, b] = [new IntSlider({ value: 3 }), new FloatSlider()];
    const connection = link([a, "value"], [b, "value"]);
    expect(b.value).toBe(3);
    a.value = 5;
    expect(b.value).toBe(5);
    b.value = 8;
    expect(a.value).toBe(8);
    connection.unlink();
    connection.unlink();
    a.value = 1;
    expect(b.value).toBe(8);
    b.value = 2;
    expect(a.value).toBe(1);
  });

  it("takes over what a page sets", () => {
    const [a, b] = [new IntSlider(), new IntSlider()];
    openWidget(a);
    openWidget(b);
    link([a, "value"], [b, "value"]);
    kernel.frontend.set(a.model_id, { value: 42 });
    expect(kernel.frontend.models.get(b.model_id)?.["value"]).toBe(42);
  });

  it("converts values there and back", () => {
    const [celsius, fahrenheit] = [new FloatSlider({ value: 100 }), new FloatSlider({ max: 300 })];
    link(
      [celsius, "value"],
      [fahrenheit, "value"],
      [(value) => value * 1.8 + 32, (value) => (value - 32) / 1.8],
    );
    expect(fahrenheit.value).toBe(212);
    fahrenheit.value = 50;
    expect(celsius.value).toBe(10);
  });

  it("ends with functions that don't agree, and with an end that keeps another value", () => {
    const [a, b] = [new IntSlider({ value: 1 }), new IntSlider({ max: 10 })];
    let calls = 0;
    const more = (value: number): number => {
      calls += 1;
      return value + 1;
    };
    link([a, "value"], [b, "value"], [more, more]);
    a.value = 5;
    expect([a.value, b.value, calls]).toEqual([5, 6, 2]);
    b.value = 8;
    expect([a.value, b.value, calls]).toEqual([9, 8, 3]);
    a.value = 50;
    expect([a.value, b.value]).toEqual([50, 10]);
  });

  it("reports that setting one end has changed the other", () => {
    const [a, b] = [new IntSlider(), new IntSlider()];
    link([a, "value"], [b, "value"]);
    b.observe(() => {
      a.value = 7;
    }, "value");
    const log = collectLog();
    a.value = 5;
    expect(log.join()).toContain(
      "The link is broken: setting IntSlider.value has changed IntSlider.value",
    );
    expect([a.value, b.value]).toEqual([7, 5]);
    a.value = 6;
    expect(b.value).toBe(6);
  });

  it("ends when one of the widgets closes", () => {
    const [a, b] = [new IntSlider(), new IntSlider()];
    let calls = 0;
    const count = (value: number): number => {
      calls += 1;
      return value;
    };
    link([a, "value"], [b, "value"], [count, count]);
    a.close();
    b.value = 9;
    expect([a.value, calls]).toEqual([0, 1]);
  });

  it("connects traits that only the kernel has", () => {
    const choice = new Dropdown({ options: ["one", "two"] });
    const text = new Label();
    dlink([choice, "value"], [text, "value"], (value) => `It is ${value ?? "none"}`);
    choice.index = 1;
    expect(text.value).toBe("It is two");
  });

  it("says what is wrong with an end", () => {
    const [a, b] = [new IntSlider(), new IntSlider()];
    expect(() => link([a, "valeu" as "value"], [b, "value"])).toThrow(
      /^source: expected one of the traits of IntSlider: .*value.*, got "valeu"$/,
    );
    expect(() => link([a, "value"], [b, "close" as "value"])).toThrow(/^target: .*, got "close"$/);
    expect(() => dlink([a, "value"], b as never)).toThrow(
      "target: expected an array of a widget and the name of a trait, got an IntSlider",
    );
    b.close();
    expect(() => dlink([a, "value"], [b, "value"])).toThrow(
      "target: expected an open widget, got a closed IntSlider",
    );
  });

  it("is not made when the target rejects the source's value", () => {
    const [text, box] = [new Text({ value: "yes" }), new Checkbox()];
    expect(() => link([text, "value"], [box, "value" as never])).toThrow(
      'value: expected true or false, got "yes"',
    );
    text.value = "no";
    expect(box.value).toBe(false);
  });
});

describe("dlink()", () => {
  it("passes values on in one direction", () => {
    const [a, b] = [new IntSlider({ value: 2 }), new IntSlider()];
    const connection = dlink([a, "value"], [b, "value"], (value) => value * 2);
    expect(b.value).toBe(4);
    b.value = 50;
    expect(a.value).toBe(2);
    a.value = 3;
    expect(b.value).toBe(6);
    connection.unlink();
    a.value = 10;
    expect(b.value).toBe(6);
  });
});

describe("jslink()", () => {
  it("lets the page keep two traits equal, until it ends", () => {
    const [play, slider] = [new Play(), new IntSlider()];
    const connection = jslink([play, "value"], [slider, "value"]);
    expect(connection).toBeInstanceOf(Link);
    expect(kernel.frontend.models.get(connection.model_id)).toMatchObject({
      _model_name: "LinkModel",
      source: [`IPY_MODEL_${play.model_id}`, "value"],
      target: [`IPY_MODEL_${slider.model_id}`, "value"],
    });
    connection.unlink();
    expect(connection[STATUS]).toBe("closed");
    expect(kernel.frontend.models.has(connection.model_id)).toBe(false);
  });

  it("has a direction as jsdlink()", () => {
    const [play, slider] = [new Play(), new IntSlider()];
    const connection = jsdlink([play, "value"], [slider, "max"]);
    expect(connection).toBeInstanceOf(DirectionalLink);
    expect(kernel.frontend.models.get(connection.model_id)).toMatchObject({
      _model_name: "DirectionalLinkModel",
      target: [`IPY_MODEL_${slider.model_id}`, "max"],
    });
    connection.unlink();
    expect(connection[STATUS]).toBe("closed");
  });

  it("ends when one of the widgets closes", () => {
    const [a, b] = [new IntSlider(), new IntSlider()];
    const connection = jslink([a, "value"], [b, "value"]);
    a.close();
    expect(connection[STATUS]).toBe("closed");
    b.close();
    expect(openWidgets()).toEqual([]);
  });

  it("takes traits that the page has", () => {
    const [choice, slider] = [new Dropdown({ options: [1, 2] }), new IntSlider()];
    expect(() => jslink([choice, "value"], [slider, "value" as never])).toThrow(
      /^source: expected a trait that the page has \(.*index.*\), got "value" of Dropdown, which only/,
    );
    expect(() => jslink([slider, "valeu" as "value"], [slider, "max"])).toThrow(
      /^source: expected one of the traits of IntSlider: .*, got "valeu"$/,
    );
    expect(() => new Link({ source: [slider, "value"], target: [slider] })).toThrow(
      "target: expected an array of a widget and the name of a trait, got an array of length 1",
    );
    expect(openWidgets()).toEqual([]);
  });
});
