/** What a bad link does to a picture that is dragged, at rest, and after a loss of the connection. */
import { setTimeout as sleep } from "node:timers/promises";
import { movesToPhotons } from "../jupyter/photon.mjs";
import { median, p95 } from "./statistics.mjs";

/** A bad mobile link: 1 % of the packets are lost. */
const BAD = { mbitPerSecond: 2, roundTripMs: 100 };
const LOSSES = { lostShare: 0.01, stallMs: 200 };
/** The link before and after it is bad. */
export const GOOD = { mbitPerSecond: 50, roundTripMs: 100 };

/** Seconds to wait until the picture is exact, has full quality, or answers. */
const LIMIT = 60;
/** Seconds for which the full quality must be kept, or the queue be short. */
const KEPT = 1.5;
/** Milliseconds of queue in front of the link that are allowed. */
const SHORT_QUEUE = 100;
/** Seconds to wait until the queue is short. What isn't adaptive keeps it long. */
const DRAIN_LIMIT = 15;
/** Moves from one look at the clock to the next. */
const MOVES = 4;

/**
 * @typedef {object} State of what is drawn
 * @property {number | null} quality of the newest picture in motion; null if the library doesn't report it
 * @property {number | null} scale
 * @property {readonly string[]} held names of the events that begin or end something held, so far
 *
 * @typedef {object} Subject a picture in a page behind the link
 * @property {import("@playwright/test").Page} page with a benchProbe
 * @property {(moving: boolean) => Promise<unknown>} move draws all the time, or once more
 * @property {() => Promise<State>} state
 * @property {() => Promise<{ checksum: number }>} drawn the picture drawn last; takes the processor a while
 *
 * @typedef {object} Motion
 * @property {number} seenPerSecond
 * @property {readonly number[]} latencies milliseconds from input to photon; NaN for never
 * @property {import("./throttle.mjs").Queue} queue the longest in front of the link
 * @property {number | null} quality
 * @property {number | null} scale
 *
 * @typedef {object} Rest
 * @property {number} seconds until the page showed exactly what was drawn; NaN for never
 * @property {number} bytes that the link carried meanwhile
 *
 * @typedef {object} Measured times in seconds; NaN for never
 * @property {number} drained until the queue was short, from when the link became bad
 * @property {Motion} steady
 * @property {Motion} lossy
 * @property {Rest} rest
 * @property {number} recovery
 * @property {Rest} restAfter
 * @property {number} released
 * @property {number} back
 */

/** @param {Subject} subject
 * @param {string} method of the page's probe
 * @returns {Promise<any>} */
const probe = ({ page }, method) =>
  page.evaluate((name) => /** @type {any} */ (window).benchProbe[name](), method);

/** @param {Subject} subject
 * @param {import("./throttle.mjs").ThrottlingProxy} proxy
 * @param {number} seconds
 * @returns {Promise<Motion>} */
async function measureMotion(subject, proxy, seconds) {
  await probe(subject, "watch");
  proxy.takeLongestQueue();
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  await probe(subject, "beginSeen");
  const latencies = [];
  while (elapsed() < seconds) latencies.push(...(await movesToPhotons(subject, MOVES)));
  const seenPerSecond = (await probe(subject, "endSeen")) / elapsed();
  const { quality, scale } = await subject.state();
  return { seenPerSecond, latencies, queue: proxy.takeLongestQueue(), quality, scale };
}

/** @param {(seconds: number) => Promise<boolean>} isReached gets the seconds so far
 * @returns {Promise<number>} seconds until it was; NaN for never */
async function until(isReached) {
  const began = performance.now();
  for (;;) {
    const seconds = (performance.now() - began) / 1000;
    if (await isReached(seconds)) return seconds;
    if (seconds > LIMIT) return NaN;
    await sleep(100);
  }
}

/** @param {Subject} subject
 * @param {import("./throttle.mjs").ThrottlingProxy} proxy
 * @returns {Promise<Rest>} */
async function measureRest(subject, proxy) {
  await probe(subject, "watch");
  const before = proxy.carriedBytes;
  await subject.move(false);
  const seconds = await until(
    async () => (await probe(subject, "checksum")) === (await subject.drawn()).checksum,
  );
  return { seconds, bytes: proxy.carriedBytes - before };
}

/** Seconds until what waits in front of the link is little, and stays so; NaN for never. What a good link had in flight must be carried.
 * @param {import("./throttle.mjs").ThrottlingProxy} proxy */
async function measureDrain(proxy) {
  let since = 0;
  proxy.takeLongestQueue();
  const reached = await until(async (seconds) => {
    if (proxy.takeLongestQueue().ms > SHORT_QUEUE) since = seconds;
    return seconds - since >= KEPT || seconds > DRAIN_LIMIT;
  });
  return reached - since >= KEPT ? since : NaN;
}

/** Seconds until pictures have full quality and size, and keep them; NaN for never, or if it isn't known.
 * @param {Subject} subject */
async function measureRecovery(subject) {
  let since = NaN;
  const reached = await until(async (seconds) => {
    const { quality, scale } = await subject.state();
    if (quality === null) return seconds > KEPT;
    const isFull = quality >= 80 && scale === 1;
    if (!isFull) since = NaN;
    else if (Number.isNaN(since)) since = seconds;
    return seconds - since >= KEPT;
  });
  return Number.isNaN(reached) ? NaN : since;
}

/** Cuts the link while a button and a key are held, which are released meanwhile.
 * @param {Subject} subject
 * @param {import("./throttle.mjs").ThrottlingProxy} proxy
 * @returns {Promise<{ released: number, back: number }>} seconds from its return until the source has both releases, and until
 *   a new picture is seen; NaN for never */
async function measureCut(subject, proxy) {
  const { page } = subject;
  const { x, y, width, height } = await probe(subject, "watch");
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.keyboard.down("w");
  const has = async (/** @type {readonly string[]} */ names) => {
    const { held } = await subject.state();
    return names.every((name) => held.includes(name));
  };
  await until(() => has(["pointer_down", "key_down"]));
  proxy.cut();
  await page.mouse.up();
  await page.keyboard.up("w");
  await sleep(1000);
  await probe(subject, "beginSeen");
  proxy.mend();
  const [released, back] = await Promise.all([
    until(() => has(["pointer_up", "key_up"])),
    until(async () => (await probe(subject, "seenSoFar")) > 0),
  ]);
  await probe(subject, "endSeen");
  return { released, back };
}

/** Measures a picture that is shown already, by a link that is still good.
 * @param {Subject} subject
 * @param {import("./throttle.mjs").ThrottlingProxy} proxy
 * @param {{ warmup: number, seconds: number }} options
 * @returns {Promise<Measured>} */
export async function measureBadLink(subject, proxy, { warmup, seconds }) {
  await subject.move(true);
  await sleep(warmup * 500);
  proxy.throttle(BAD);
  const drained = await measureDrain(proxy);
  await sleep(warmup * 1000);
  const steady = await measureMotion(subject, proxy, seconds);
  const rest = await measureRest(subject, proxy);
  proxy.throttle({ ...BAD, ...LOSSES });
  await subject.move(true);
  await sleep(warmup * 500);
  const lossy = await measureMotion(subject, proxy, seconds);
  proxy.throttle(GOOD);
  const recovery = await measureRecovery(subject);
  const restAfter = await measureRest(subject, proxy);
  await subject.move(true);
  const cut = await measureCut(subject, proxy);
  await subject.move(false);
  proxy.release();
  return { drained, steady, lossy, rest, recovery, restAfter, ...cut };
}

/** @param {readonly number[]} values */
const finite = (values) => values.filter(Number.isFinite);

/** The tables of both routes.
 * @param {string} route
 * @param {readonly { name: string, runs: readonly Measured[] }[]} rows
 * @returns {import("./report.mjs").Table[]} */
export function badLinkTables(route, rows) {
  const link = `${BAD.mbitPerSecond} Mbit/s, ${BAD.roundTripMs} ms`;
  const all = (
    /** @type {readonly Measured[]} */ runs,
    /** @type {(run: Measured) => number} */ of,
  ) => median(finite(runs.map(of)));
  const most = (
    /** @type {readonly Measured[]} */ runs,
    /** @type {(run: Measured) => number} */ of,
  ) => Math.max(...runs.map(of));
  const motion = (
    /** @type {readonly Measured[]} */ runs,
    /** @type {"steady" | "lossy"} */ kind,
  ) => {
    const latencies = runs.flatMap((run) => run[kind].latencies);
    const seen = finite(latencies);
    return [
      all(runs, (run) => run[kind].seenPerSecond),
      median(seen),
      p95(seen),
      `${latencies.length - seen.length} of ${latencies.length}`,
      most(runs, (run) => run[kind].queue.ms),
    ];
  };
  /** @param {Rest} rest
   * @param {{ mbitPerSecond: number }} conditions */
  const own = ({ bytes }, { mbitPerSecond }) => (bytes * 8) / (mbitPerSecond * 1e6);
  return [
    {
      title: `Bad link (${link}), ${route}: in motion`,
      columns: [
        ...["", "seen/s", "input to photon p50 ms", "p95", "never seen", "queue ms"],
        "drained after s",
        ...["1 % lost: seen/s", "input to photon p50 ms", "p95", "never seen", "queue ms"],
        ...["quality", "scale"],
      ],
      rows: rows.map(({ name, runs }) => [
        name,
        ...motion(runs, "steady"),
        all(runs, ({ drained }) => drained),
        ...motion(runs, "lossy"),
        all(runs, ({ lossy }) => lossy.quality ?? NaN),
        all(runs, ({ lossy }) => lossy.scale ?? NaN),
      ]),
      note: `Ours by jpeg-turbo, 4:2:0, or H.264; jupyter_rfb by simplejpeg, 4:4:4. Never seen: moves without an answer on the screen. Queue: the longest that waited in front of the link, once it was shorter than ${SHORT_QUEUE} ms, or else after ${DRAIN_LIMIT} s. Drained: when it was, after a link of ${GOOD.mbitPerSecond} Mbit/s had become bad, with what that had in flight. Quality and scale: of the last frame. 1 % lost: each packet that is lost arrives 200 ms late, and all behind it with it, as in a TCP connection.`,
    },
    {
      title: `Bad link (${link}), ${route}: at rest, and afterwards`,
      columns: [
        ...["", "MB at rest", "exact after s", "of these the link's own s"],
        ...[`full quality after s at ${GOOD.mbitPerSecond} Mbit/s`, "MB at rest", "exact after s"],
        ...["cut: all released after s", "picture back after s"],
      ],
      rows: rows.map(({ name, runs }) => [
        name,
        all(runs, ({ rest }) => rest.bytes / 1e6),
        all(runs, ({ rest }) => rest.seconds),
        all(runs, ({ rest }) => own(rest, BAD)),
        all(runs, ({ recovery }) => recovery),
        all(runs, ({ restAfter }) => restAfter.bytes / 1e6),
        all(runs, ({ restAfter }) => restAfter.seconds),
        all(runs, ({ released }) => released),
        all(runs, ({ back }) => back),
      ]),
      note: "Exact: the page shows each pixel as it was drawn. The link's own seconds are what it takes for the bytes alone. Cut: all connections end while a key and a button are held, which are released meanwhile; counted from when connections are accepted again.",
    },
  ];
}
