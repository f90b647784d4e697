/** What a user of Python's ipywidgets tries first, cell by cell, and what each cell shows. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TslabProcess, type Execution } from "../support/tslabProcess";

/** What a cell shows, in short. */
interface Seen {
  /** The text forms of what it displays. */
  readonly shows?: readonly unknown[];
  readonly prints?: string | RegExp;
  /** Its error. */
  readonly fails?: RegExp;
}

const IMPORTED = [
  ...["RemoteFrameBuffer", "IntSlider", "FloatSlider", "Checkbox", "ToggleButtons", "Output"],
  ...["VBox", "HBox", "Tab", "Accordion", "Text", "HTML", "IntProgress", "Play", "ColorPicker"],
  ...["DatePicker", "FileUpload", "Layout", "Link", "DirectionalLink", "Button", "Dropdown"],
  ...["IntRangeSlider", "SelectMultiple", "Image", "Label", "GridBox", "Box", "Valid", "Textarea"],
  ...["BoundedIntText", "RadioButtons", "Select", "TagsInput"],
];

const IMPORT = (names: readonly string[]): string =>
  `import { ${names.join(", ")} } from "jupyter-rfb-ts";`;

const PAGES = `{ children: [new HTML({ value: "<b>one</b>" }), new Text({ value: "two" })],
  titles: ["First", "Second"], selected_index: 0 }`;

/** Cells, and what a person sees. */
const TRIAL: readonly (readonly [code: string, seen: Seen])[] = [
  [IMPORT([...IMPORTED, "AppLayout"]), {}],
  [IMPORT(IMPORTED), {}],
  [
    `const s = new FloatSlider({ value: 3, min: 1, max: 10, step: 0.1, description: "frequency" });
    s.observe((change) => { console.log(change.new.toFixed(1)); }, "value");
    const c = new Checkbox({ value: true, description: "on" });
    c.observe(() => { console.log(c.value); }, "value");
    new VBox({ children: [s, c] })`,
    { shows: ["VBox(children=[FloatSlider(), Checkbox()])"] },
  ],
  // The observer's line, and the value of the assignment.
  ["s.value = 5", { prints: "5.0\n5\n" }],
  ["const out = new Output();\nout", { shows: ["Output()"] }],
  ['out.append_stdout("hello from output\\n");', {}],
  ['out.capture(() => console.log("captured"));', {}],
  [
    "out.outputs",
    {
      prints: `[
  {
    output_type: 'stream',
    name: 'stdout',
    text: 'hello from output\\ncaptured\\n'
  }
]
`,
    },
  ],
  [
    'const s2 = new IntSlider({ description: "wide", layout: { width: "90%" } });\ns2',
    { shows: ['IntSlider(description="wide")'] },
  ],
  ['s2.layout.width = "300px";', { prints: "300px\n" }],
  ['s2.style.handle_color = "tomato";', { prints: "tomato\n" }],
  [
    'const s3 = new IntSlider({ style: { handle_color: "tomato" } });\ns3',
    { shows: ["IntSlider()"] },
  ],
  ["s2.valu = 3;", { fails: /'valu' does not exist on type 'IntSlider'. Did you mean 'value'\?/ }],
  ['s2.value = "seven";', { fails: /Type 'string' is not assignable to type 'number'/ }],
  ['(s2 as any).value = "seven";', { fails: /TypeError: value: expected an integer, got "seven"/ }],
  ["s2.value = 700;\ns2.value", { prints: "100\n" }],
  [
    'const prog = new IntProgress({ min: 0, max: 100, description: "busy" });\nprog',
    { shows: ['IntProgress(description="busy")'] },
  ],
  [
    "for (let i = 0; i <= 100; i += 5) { prog.value = i; await new Promise((r) => setTimeout(r, 3)); }",
    {},
  ],
  [
    `const tab = new Tab(${PAGES});\ntab`,
    {
      shows: ['Tab(children=[HTML(), Text()], titles=["First", "Second"], selected_index=0)'],
    },
  ],
  [
    `new Accordion(${PAGES})`,
    {
      shows: ['Accordion(children=[HTML(), Text()], titles=["First", "Second"], selected_index=0)'],
    },
  ],
  [
    `const play = new Play({ min: 0, max: 100, interval: 100 });
    const color = new ColorPicker({ value: "#ff0000" });
    new HBox({ children: [play, color] })`,
    { shows: ["HBox(children=[Play(), ColorPicker()])"] },
  ],
  [
    `const a = new IntSlider({ description: "a" }), b = new IntSlider({ description: "b" });
    new Link({ source: [a, "value"], target: [b, "value"] });
    new VBox({ children: [a, b] })`,
    { shows: ["VBox(children=[IntSlider(), IntSlider()])"] },
  ],
  [
    'const dd = new Dropdown({ _options_labels: ["one", "two"], index: 0 });\ndd',
    { shows: ['Dropdown(index=0, label="one", value="one")'] },
  ],
  ["dd.value", { prints: "one\n" }],
  [
    "const rs = new IntRangeSlider({ value: [2, 8], max: 10 });\nrs",
    { shows: ["IntRangeSlider(value=[2, 8], max=10)"] },
  ],
  ["const up = new FileUpload({});\nup", { shows: ["FileUpload()"] }],
  ["up.value", { prints: "[]\n" }],
  ["const dp = new DatePicker({});\ndp", { shows: ["DatePicker()"] }],
  // As None in Python, null isn't shown.
  ["dp.value", {}],
  [
    `const btn = new Button({ description: "again", button_style: "success", icon: "refresh" });
    btn.on_msg((m) => { console.log("msg", m); });
    btn`,
    { shows: ['Button(description="again", button_style="success", icon="refresh")'] },
  ],
  // As in Python, click() calls the callbacks of on_click(), and there are none.
  ["btn.click()", {}],
  [
    'import { display } from "tslab";\ndisplay(btn);',
    {
      fails:
        /no call signatures\.\nhelp: tslab's display .*: import \{ display \} from "jupyter-rfb-ts"/,
    },
  ],
  [
    "[s, c]",
    {
      prints: `[
  FloatSlider(value=5, min=1, max=10, description="frequency"),
  Checkbox(value=true, description="on")
]
`,
    },
  ],
  ["console.log(s);", { prints: 'FloatSlider(value=5, min=1, max=10, description="frequency")\n' }],
  ["s", { shows: ['FloatSlider(value=5, min=1, max=10, description="frequency")'] }],
  [
    `const bundle = {
      [Symbol.for("Jupyter.display")]() { return { "text/html": "<b>bold</b>", "text/plain": "bold" }; }
    };
    bundle`,
    { shows: ["bold"] },
  ],
  ["new IntSlider().keys", { prints: /^\[[^]*'layout',[^]*'value'[^]*\]\n$/ }],
];

describe("what a user of ipywidgets tries first", () => {
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
  });

  afterAll(() => tslab.dispose());

  /** Runs a cell. For a while after an error, tslab cancels cells. */
  async function run(code: string): Promise<Execution> {
    for (;;) {
      const cell = await tslab.execute(code);
      if (cell.status !== "abort") return cell;
    }
  }

  it.each(TRIAL)("%s", async (code, { shows = [], prints = "", fails }) => {
    const { messages, stdout, stderr } = await run(code);
    const shown = messages
      .filter(({ type }) => type === "display_data")
      .map(({ content }) => (content["data"] as Readonly<Record<string, unknown>>)["text/plain"]);
    expect(shown).toEqual(shows);
    if (typeof prints === "string") expect(stdout).toBe(prints);
    else expect(stdout).toMatch(prints);
    if (fails === undefined) expect(stderr).toBe("");
    else expect(stderr).toMatch(fails);
  });
});
