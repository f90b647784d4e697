import { describe, expect, it } from "vitest";
import { prepareSockets } from "../../../../src/kernel/tslab/tslabKernelInternals";

/** A zeromq.js Router, as far as it matters. */
function router(closed = false) {
  return { closed, handover: false, linger: -1 };
}

describe("prepareSockets", () => {
  it("lets pages replace their connections, and not hold up the end of the process", () => {
    const server = { shell: router(), control: router(), stdin: router(), iopub: router() };
    prepareSockets(server);
    const changed = { closed: false, handover: true, linger: 2000 };
    expect(server).toEqual({ shell: changed, control: changed, stdin: changed, iopub: router() });
  });

  it("leaves closed and unknown sockets as they are", () => {
    const server = { shell: router(true), control: { closed: false } };
    prepareSockets(server);
    prepareSockets(undefined);
    expect(server).toEqual({ shell: router(true), control: { closed: false } });
  });
});
