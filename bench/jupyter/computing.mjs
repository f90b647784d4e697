/** What is seen of an animation while a cell computes. */
import { setTimeout as sleep } from "node:timers/promises";
import { pictureFiles } from "../lib/pictures.mjs";
import { EQUAL_TRAITS, equalEncoding, inTurn, pair } from "./endToEnd.mjs";
import { SIDES } from "./session.mjs";

const [WIDTH, HEIGHT] = [1280, 720];

/** Seconds for which the cell computes, and until it surely has begun. */
const COMPUTES = 5;
const BEGINS = 0.7;

/** @param {import("./inJupyter.mjs").Sides} sides
 * @param {import("../run.mjs").BenchContext} context
 * @returns {Promise<import("../lib/report.mjs").PartResult>} */
export async function measureComputing(sides, { rounds, against, say }) {
  const pictures = { files: pictureFiles("scene", WIDTH, HEIGHT), width: WIDTH, height: HEIGHT };
  /** @type {Record<string, number[]>} */
  const runs = { ours: [], theirs: [] };
  for (const side of SIDES) {
    await sides[side].show(side, { pictures, width: WIDTH, height: HEIGHT, traits: EQUAL_TRAITS });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn(round)) {
      say(`a cell that computes: ${side}`);
      const session = sides[side];
      await session.activate(side);
      await session.control.call(side, "marker", { moving: true });
      await sleep(500);
      await session.compute(COMPUTES);
      await sleep(BEGINS * 1000);
      const { frames, seconds } = await session.watchScreen(COMPUTES - 2 * BEGINS);
      runs[side]?.push(frames / seconds);
      await sleep(2 * BEGINS * 1000);
      await session.control.call(side, "settle");
    }
  }
  return {
    data: runs,
    tables: [
      {
        title: `Seen per second while a cell computes for ${COMPUTES} s: ours / ${against ?? "jupyter_rfb"}`,
        columns: ["picture", "seen/s"],
        rows: [
          [`scene ${WIDTH}x${HEIGHT} in motion`, pair(runs["ours"] ?? [], runs["theirs"] ?? [])],
        ],
        note: equalEncoding(against),
      },
    ],
  };
}
