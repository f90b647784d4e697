import { describe, expect, it } from "vitest";
import { fileName } from "../../../../src/view/toolbar/saveFile";

const NOW = new Date(2026, 0, 2, 3, 4, 5);

describe("a saved picture's name", () => {
  it.each([
    ["Waves", "Waves 2026-01-02 03.04.05.png"],
    ["", "Picture 2026-01-02 03.04.05.png"],
    [" ../../etc\u0000\n", "etc 2026-01-02 03.04.05.png"],
    ["<b>a:b</b>", "b a b b 2026-01-02 03.04.05.png"],
    ["Größe 5 µm", "Größe 5 µm 2026-01-02 03.04.05.png"],
  ])("of the title %j is %s", (title, name) => {
    expect(fileName(title, NOW, "png")).toBe(name);
  });
});
