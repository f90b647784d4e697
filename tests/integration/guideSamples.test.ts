import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOTEBOOK_PAGES, samplesOf } from "../support/guides";
import { missingNodeAv } from "../support/nodeAv";
import { TslabProcess } from "../support/tslabProcess";

const missing = missingNodeAv();
if (missing !== undefined) console.warn(`samples with video are not tested: ${missing}`);

/** Files that samples read from the kernel's folder. */
const FILES = ["cat.png", "dog.jpg"];

describe.each(NOTEBOOK_PAGES)("the samples of docs/%s, as the cells of a notebook", (page) => {
  const samples = samplesOf(page).filter(
    ({ reason, needsNodeAv }) => reason === undefined && !(needsNodeAv && missing !== undefined),
  );
  let tslab: TslabProcess;

  beforeAll(async () => {
    tslab = await TslabProcess.start();
    for (const name of FILES) writeFileSync(join(tslab.folder, name), Uint8Array.of(1, 2, 3));
  });

  afterAll(() => tslab.dispose());

  it("are there", () => expect(samples.length).toBeGreaterThan(0));

  it.each(samples)("run: $heading", async ({ code }) => {
    const { status, stderr } = await tslab.execute(code);
    expect([status, stderr]).toEqual(["ok", ""]);
  });
});
