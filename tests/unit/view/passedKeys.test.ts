import { describe, expect, it } from "vitest";
import { passedKeys } from "../../../src/view/input/passedKeys";

/** A key with the modifiers that its name has in front. */
function press(name: string) {
  const parts = name.split("+");
  return {
    key: parts.pop() ?? "",
    altKey: parts.includes("Alt"),
    ctrlKey: parts.includes("Ctrl"),
    metaKey: parts.includes("Meta"),
    shiftKey: parts.includes("Shift"),
  };
}

describe("keys that are left to the page", () => {
  it("are those of the list, with exactly their modifiers", () => {
    const isPassed = passedKeys(["Accel S", "Ctrl Shift F1", " x "], false);
    for (const name of ["Ctrl+s", "Ctrl+S", "Ctrl+Shift+F1", "x"]) {
      expect([name, isPassed(press(name))]).toEqual([name, true]);
    }
    for (const name of ["s", "Meta+s", "Ctrl+Shift+s", "Ctrl+Alt+s", "F1", "Shift+x", "y"]) {
      expect([name, isPassed(press(name))]).toEqual([name, false]);
    }
  });

  it("have Cmd for Accel on a Mac", () => {
    const isPassed = passedKeys(["Accel S"], true);
    expect([isPassed(press("Meta+s")), isPassed(press("Ctrl+s"))]).toEqual([true, false]);
  });

  it.each(["", "  ", "Accel", "Ctrl", "Hyper S", "Accel K Accel L"])("are none for %j", (text) => {
    const isPassed = passedKeys([text], false);
    for (const name of ["s", "Ctrl+s", "Ctrl", "Ctrl+l", ""]) {
      expect(isPassed(press(name))).toBe(false);
    }
  });
});
