/** A bad link in front of JupyterLab, compared with jupyter_rfb. */
import { badLinkTables, GOOD, measureBadLink } from "../lib/badLink.mjs";
import { pictureFiles } from "../lib/pictures.mjs";
import { ThrottlingProxy } from "../lib/throttle.mjs";

const [WIDTH, HEIGHT] = [1280, 720];

/** @typedef {import("../lib/pictures.mjs").PictureKind} PictureKind */

/** What is compared.
 * @type {readonly { name: string, side: import("./session.mjs").Side, kind: PictureKind, traits: object }[]} */
const CASES = [
  { name: "adaptive", side: "ours", kind: "scene", traits: { adaptive: true } },
  {
    name: "adaptive, JPEG",
    side: "ours",
    kind: "scene",
    traits: { adaptive: true, codec: "jpeg" },
  },
  {
    name: "adaptive, JPEG, chart",
    side: "ours",
    kind: "chart",
    traits: { adaptive: true, codec: "jpeg" },
  },
  {
    name: "adaptive, JPEG, noise",
    side: "ours",
    kind: "noise",
    traits: { adaptive: true, codec: "jpeg" },
  },
  { name: "JPEG", side: "ours", kind: "scene", traits: { codec: "jpeg" } },
  { name: "jupyter_rfb", side: "theirs", kind: "scene", traits: {} },
];

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureBadLinkInJupyter({ ours: session }, { rounds, quick, say }) {
  const proxy = new ThrottlingProxy(session.port);
  const port = await proxy.listen();
  /** @type {{ name: string, runs: import("../lib/badLink.mjs").Measured[] }[]} */
  const data = CASES.map(({ name }) => ({ name, runs: [] }));
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { name, side, kind, traits }] of CASES.entries()) {
        say(`bad link, notebook: ${name}`);
        // JupyterLab covers the page with a dialog after a cut.
        await session.openPage(port, [side]);
        proxy.throttle(GOOD);
        const pictures = { files: pictureFiles(kind, WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
        await session.show(side, { pictures, width: WIDTH, height: HEIGHT, traits });
        const subject = {
          page: session.page,
          move: (/** @type {boolean} */ moving) => session.control.call(side, "marker", { moving }),
          state: () => session.control.call(side, "state"),
          drawn: () => session.control.call(side, "drawn"),
        };
        const times = { warmup: 5, seconds: quick ? 8 : 12 };
        data[index]?.runs.push(await measureBadLink(subject, proxy, times));
      }
    }
  } finally {
    proxy.close();
  }
  return { data, tables: badLinkTables("notebook", data) };
}
