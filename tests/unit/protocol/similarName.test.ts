import { describe, expect, it } from "vitest";
import { didYouMean, similarName } from "../../../src/protocol/similarName";

const KNOWN = ["css_width", "css_height", "quality", "fit", "title", "has_titlebar", "fps"];

describe("a name that was probably meant", () => {
  it.each([
    ["qualty", "quality"],
    ["qaulity", "quality"],
    ["qualityy", "quality"],
    ["Quality", "quality"],
    ["cssWidth", "css_width"],
    ["css-height", "css_height"],
    ["css_heigth", "css_height"],
    ["width", "css_width"],
    ["height", "css_height"],
    ["titel", "title"],
    ["FPS", "fps"],
  ])("is found for %s", (wrong, right) => {
    expect(similarName(wrong, KNOWN)).toBe(right);
    expect(didYouMean(wrong, KNOWN)).toBe(`; did you mean ${right}?`);
  });

  it.each(["", "colour", "css", "it", "f", "constructor", "quantum"])(
    "isn't guessed for %j",
    (wrong) => {
      expect(similarName(wrong, KNOWN)).toBeUndefined();
      expect(didYouMean(wrong, KNOWN)).toBe("");
    },
  );
});
