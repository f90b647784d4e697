"use strict";
/** Sends bytes over a comm as fast as the page confirms them: the limit of the connection itself. */
const { readFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");

/**
 * @param kernel the kernel that carries comms
 * @param options files: what is sent in turn; inFlight: how many wait for a confirmation; page: what the page does with them
 */
exports.relay = async function relay(kernel, { files, inFlight = 2, seconds, warmup, page }) {
  const messages = files.map((file) => new Uint8Array(readFileSync(file)));
  let sent = 0;
  let acked = 0;
  let running = true;
  let times = [];
  let roundTrips = [];
  let wake = () => undefined;
  const opened = new Promise((resolve, reject) => {
    wake = resolve;
    setTimeout(() => reject(new Error("The page did not take the relay's comm")), 10_000).unref();
  });
  const comm = kernel.openComm({
    targetName: "jupyter-rfb-ts.bench",
    data: page,
    onMessage: (data) => {
      if (data.ready) return wake();
      acked += 1;
      const at = times.shift();
      roundTrips.push(performance.now() - at);
      pump();
      return undefined;
    },
    onClose: () => undefined,
  });
  const pump = () => {
    while (running && sent - acked < inFlight) {
      times.push(performance.now());
      const bytes = messages[sent % messages.length];
      sent += 1;
      comm.send({ index: sent }, [bytes]);
    }
  };
  await opened;
  pump();
  await sleep(warmup * 1000);
  roundTrips = [];
  const before = acked;
  const cpu = process.cpuUsage();
  const start = performance.now();
  await sleep(seconds * 1000);
  const elapsed = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const count = acked - before;
  running = false;
  const result = {
    perSecond: count / elapsed,
    roundTrips,
    cpuMs: (user + system) / 1000 / count,
    bytes: messages.reduce((sum, bytes) => sum + bytes.byteLength, 0) / messages.length,
  };
  await sleep(100);
  times = [];
  comm.close();
  return result;
};
