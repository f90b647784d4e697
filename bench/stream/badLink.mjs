/** A bad link in front of a server of this package, with its view in a page. */
import { chromium } from "@playwright/test";
import { chromiumFlags, chromiumPath } from "../../scripts/lib/chromium.mjs";
import { at } from "../../scripts/lib/paths.mjs";
import { badLinkTables, GOOD, measureBadLink } from "../lib/badLink.mjs";
import { JsonProcess } from "../lib/jsonProcess.mjs";
import { pictureFiles } from "../lib/pictures.mjs";
import { installReaders } from "../lib/readers.mjs";
import { ThrottlingProxy } from "../lib/throttle.mjs";
import { installMarkerProbe, markerProbeInWorker } from "./markerProbe.mjs";
import { servePage } from "./servePage.mjs";
import { showStream } from "./showStream.mjs";
import { asProgram, prefixWorkers } from "./workers.mjs";

const [WIDTH, HEIGHT] = [1280, 720];

/** What is compared.
 * @type {readonly { name: string, kind: import("../lib/pictures.mjs").PictureKind, options: object }[]} */
const CASES = [
  { name: "adaptive", kind: "scene", options: { adaptive: true } },
  { name: "adaptive, JPEG", kind: "scene", options: { adaptive: true, codec: "jpeg" } },
  { name: "adaptive, JPEG, chart", kind: "chart", options: { adaptive: true, codec: "jpeg" } },
  { name: "adaptive, JPEG, noise", kind: "noise", options: { adaptive: true, codec: "jpeg" } },
  { name: "JPEG", kind: "scene", options: { codec: "jpeg" } },
];

/** @param {import("@playwright/test").Browser} browser
 * @param {string} origin
 * @param {JsonProcess} server
 * @param {typeof CASES[number]} one
 * @param {{ warmup: number, seconds: number }} times */
async function measure(browser, origin, server, { kind, options }, times) {
  const pictures = { files: pictureFiles(kind, WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
  const { url } = await server.ask({ task: "serve", pictures, options });
  const address = new URL(url);
  const proxy = new ThrottlingProxy(Number(address.port));
  address.port = String(await proxy.listen());
  proxy.throttle(GOOD);
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
  try {
    const inWorkers = asProgram(installReaders) + asProgram(markerProbeInWorker);
    await page.addInitScript(prefixWorkers, inWorkers);
    await page.addInitScript(asProgram(installReaders) + asProgram(installMarkerProbe));
    await page.goto(origin);
    const view = { side: "ours", url: address.href, video: true, width: WIDTH, height: HEIGHT };
    await page.evaluate(showStream, view);
    await page.waitForFunction((width) => document.querySelector("canvas")?.width === width, WIDTH);
    const subject = {
      page,
      move: (/** @type {boolean} */ moving) => server.ask({ task: "marker", moving }),
      state: () => server.ask({ task: "state" }),
      drawn: () => server.ask({ task: "drawn" }),
    };
    return await measureBadLink(subject, proxy, times);
  } finally {
    await page.close();
    await server.ask({ task: "end" });
    proxy.close();
  }
}

/** @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureBadLinkOfStream({ rounds, quick, say }) {
  const server = new JsonProcess(process.execPath, [at("bench", "stream", "interactive.mjs")]);
  const web = await servePage();
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumFlags });
  /** @type {{ name: string, runs: import("../lib/badLink.mjs").Measured[] }[]} */
  const data = CASES.map(({ name }) => ({ name, runs: [] }));
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, one] of CASES.entries()) {
        say(`bad link, WebSocket: ${one.name}`);
        const times = { warmup: 5, seconds: quick ? 8 : 12 };
        data[index]?.runs.push(await measure(browser, web.origin, server, one, times));
      }
    }
  } finally {
    await browser.close();
    web.close();
    server.end();
  }
  return { data, tables: badLinkTables("WebSocket", data) };
}
