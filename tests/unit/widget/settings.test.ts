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
    expect(parseSettings(defaults)).toEqual(defaults);
    expect(parseSettings({})).toEqual(defaults);
    expect(DEFAULT_VIEW_PROPERTIES).toMatchObject(defaults);
    expect(properties.throttle).toMatchObject({ minimum: 0, maximum: 1000 });
    for (const { title, description } of Object.values(properties)) {
      expect(title).not.toBe("");
      expect(description).not.toBe("");
    }
  });

  it("have defaults for values that are invalid", () => {
    for (const throttle of ["20", -1, 1001, Number.NaN, null]) {
      expect(parseSettings({ throttle, smoothing: "no", touchKeyboard: 1 })).toEqual({
        throttle: 20,
        smoothing: true,
        touchKeyboard: false,
      });
    }
    expect(parseSettings({ throttle: 0, smoothing: false, touchKeyboard: true })).toEqual({
      throttle: 0,
      smoothing: false,
      touchKeyboard: true,
    });
  });

  it("are passed to listeners until those are disposed", () => {
    const store = new SettingsStore();
    const heard: number[] = [];
    const listening = store.onChange(({ throttle }) => void heard.push(throttle));
    store.set({ throttle: 5, smoothing: true, touchKeyboard: false });
    listening.dispose();
    store.set({ throttle: 6, smoothing: true, touchKeyboard: false });
    expect(heard).toEqual([5]);
    expect(store.current.throttle).toBe(6);
  });
});

describe("module", () => {
  it("has the package's name and version", () => {
    expect(json("package.json")).toMatchObject({ name: MODULE_NAME, version: MODULE_VERSION });
    expect(MODULE_VERSION_RANGE).toBe(`^${MODULE_VERSION}`);
  });
});
