import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW_PROPERTIES } from "../../../src/view/index";
import { MODULE_NAME, MODULE_VERSION, MODULE_VERSION_RANGE } from "../../../src/widget/module";
import { parseSettings, SettingsStore } from "../../../src/widget/settings";

const json = (path: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../../..", path), "utf8"));

describe("settings", () => {
  it("have the schema's names, defaults and bounds", () => {
    const { properties } = json("schema/plugin.json") as {
      properties: Record<string, { title: string; description: string; default: unknown }>;
    };
    const defaults = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, property.default]),
    );
    const { keepPicture, ...view } = defaults;
    expect(parseSettings(defaults)).toEqual({ view, keepPicture });
    expect(parseSettings({})).toEqual({ view, keepPicture });
    // On other pages every key goes to the picture.
    expect({ ...DEFAULT_VIEW_PROPERTIES, passedKeys: view.passedKeys }).toMatchObject(view);
    expect(properties.throttle).toMatchObject({ minimum: 0, maximum: 1000 });
    for (const { title, description } of Object.values(properties)) {
      expect(title).not.toBe("");
      expect(description).not.toBe("");
    }
  });

  it("have defaults for values that are invalid", () => {
    for (const throttle of ["20", -1, 1001, Number.NaN]) {
      const invalid = {
        throttle,
        smoothing: "no",
        touchKeyboard: 1,
        keepPicture: "no",
        passedKeys: [5],
        toolbar: "sometimes",
      };
      expect(parseSettings(invalid)).toEqual({
        view: {
          ...{ throttle: null, smoothing: true, touchKeyboard: false },
          passedKeys: ["Accel S", "Accel Shift S", "Accel Shift C"],
          toolbar: "auto",
        },
        keepPicture: true,
      });
    }
    const view = { throttle: 0, smoothing: false, touchKeyboard: true, passedKeys: ["F1"] };
    expect(parseSettings({ ...view, keepPicture: false, toolbar: "always" })).toEqual({
      view: { ...view, toolbar: true },
      keepPicture: false,
    });
    expect(parseSettings({ toolbar: "never" }).view.toolbar).toBe(false);
  });

  it("are passed to listeners until those are disposed", () => {
    const store = new SettingsStore();
    const heard: (number | null)[] = [];
    const listening = store.onChange(({ view }) => void heard.push(view.throttle));
    store.set(parseSettings({ throttle: 5 }));
    listening.dispose();
    store.set(parseSettings({ throttle: 6 }));
    expect(heard).toEqual([5]);
    expect(store.current.view.throttle).toBe(6);
  });
});

describe("module", () => {
  it("has the package's name and version", () => {
    expect(json("package.json")).toMatchObject({ name: MODULE_NAME, version: MODULE_VERSION });
    expect(MODULE_VERSION_RANGE).toBe(`^${MODULE_VERSION}`);
  });
});
