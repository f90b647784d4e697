import { afterAll, beforeAll, expect, it } from "vitest";
import { TslabProcess } from "../support/tslabProcess";

let tslab: TslabProcess;

beforeAll(async () => {
  tslab = await TslabProcess.start();
});

afterAll(() => tslab.dispose());

it("types what is chosen, in tslab's own TypeScript", async () => {
  const cell = await tslab.execute(`
    import { Button, Dropdown, HBox, IntSlider, SelectMultiple, VBox } from "jupyter-rfb-ts";
    const button = new Button({ description: "again" });
    let clicks = 0;
    button.on_click(({ description }) => { if (description.length > 0) clicks += 1; });
    button.click();
    const size = new Dropdown({ options: { small: 10, large: 100 } });
    size.value = 100;
    const twice: number = (size.value ?? 0) * 2;
    const colour = new Dropdown({ options: [["Red", "#f00"], ["Blue", "#00f"]], value: "#00f" });
    const many = new SelectMultiple({ options: ["a", "b"], value: ["b"] });
    const first: string | undefined = many.value[0];
    const box = new VBox([button, new HBox([size, colour])], { box_style: "info" });
    const slider = new IntSlider({ max: 100 });
    slider.value = 700;
    console.log(JSON.stringify([clicks, twice, colour.label, first, slider.value]));
    box`);
  expect(cell.stderr).toBe("");
  expect(cell.stdout).toBe(`${JSON.stringify([1, 200, "Blue", "b", 100])}\n`);
  const wrong = await tslab.execute(`size.value = "tiny";`);
  expect(wrong.stderr).toContain("Type 'string' is not assignable to type 'number'");
});
