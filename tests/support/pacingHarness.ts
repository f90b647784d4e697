/** Scheduler, ledger and receipt watch as a session puts them together, with draws that the test counts. */
import type { DrawOutcome } from "../../src/framebuffer/pacing/drawPace";
import { FrameLedger } from "../../src/framebuffer/pacing/frameLedger";
import { FrameScheduler } from "../../src/framebuffer/pacing/frameScheduler";
import { ReceiptWatch } from "../../src/framebuffer/pacing/receiptWatch";
import { send } from "./departures";
import { FakeClock } from "./fakeClock";

/** Seconds that a receipt has in the harness, however often one was missed. */
export const RECEIPT_LIMIT = 10;

/** Each draw sends a frame at once, as a fast encoder would. */
export function setUpPacing(
  maxInFlight: number,
  {
    visible = true,
    limit = () => RECEIPT_LIMIT,
  }: {
    readonly visible?: boolean;
    readonly limit?: (missed: number) => number | undefined;
  } = {},
) {
  const clock = new FakeClock();
  let draws = 0;
  let idles = 0;
  let givenUp = 0;
  let resends = 0;
  let sends = true;
  let outcome: (() => DrawOutcome) | undefined;
  const ledger = new FrameLedger({
    maxInFlight: () => maxInFlight,
    onChange: () => scheduler.update(),
  });
  const scheduler: FrameScheduler = new FrameScheduler({
    clock,
    hasRoom: () => ledger.hasRoom,
    isEncoding: () => ledger.encoding > 0,
    draw: () => {
      draws++;
      scheduler.beginDraw();
      const drawn = outcome?.();
      if (sends && outcome === undefined) send(ledger);
      scheduler.endDraw();
      if (drawn !== undefined) scheduler.recordOutcome(drawn);
    },
    onIdle: () => idles++,
    onChange: () => receipts.update(),
  });
  const receipts: ReceiptWatch = new ReceiptWatch({
    clock,
    ledger,
    limit,
    isHeldUp: () => scheduler.isHeldUp,
    mayResend: () => scheduler.isQuiet,
    onGivenUp: () => givenUp++,
    resend: () => {
      resends++;
      send(ledger, { purpose: "repeat" });
    },
  });
  ledger.observe(receipts);
  scheduler.setVisible(visible);
  clock.turn();
  return {
    clock,
    ledger,
    scheduler,
    receipts,
    draws: () => draws,
    idles: () => idles,
    givenUp: () => givenUp,
    resends: () => resends,
    sendNothing: () => (sends = false),
    /** Draws as told from now on, and sends nothing. */
    drawWith: (draw: () => DrawOutcome) => (outcome = draw),
    /** Takes a receipt. Returns whether it was for a frame that was sent. */
    acknowledge: (index: number) =>
      ledger.confirm({ index, localtime: 0 }, clock.monotonic()) !== undefined,
    /** Lets time pass, and what becomes due then happen. */
    pass: (seconds: number) => {
      clock.advance(seconds);
      for (let turn = 0; turn < 3; turn++) clock.turn();
    },
    /** Requests and lets a turn go by. */
    request: () => {
      scheduler.request();
      clock.turn();
    },
  };
}
