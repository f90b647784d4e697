/** The example render_service: workers, web server, edge and NATS as real processes. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodePng } from "../support/decodeImage";
import { RenderService, type SessionAnswer } from "../support/renderService";
import { IMAGES, StreamViewer } from "../support/streamViewer";

const WAIT = { timeout: 30_000, interval: 50 };

let service: RenderService;
const viewers: StreamViewer[] = [];

beforeEach(async () => {
  service = await RenderService.start();
});
afterEach(async () => {
  for (const viewer of viewers.splice(0)) viewer.ws.terminate();
  const codes = await service.stop();
  expect(codes.filter((code) => code !== 0)).toEqual([]);
});

/** Watches a session, and waits for its first picture. */
async function watch({ url }: SessionAnswer): Promise<StreamViewer> {
  // It may come before the edge knows the stream, and then tries again as the page does.
  const viewer = await vi.waitFor(async () => {
    const one = new StreamViewer(url, { supported: IMAGES });
    viewers.push(one);
    await vi.waitFor(() => expect(one.frames.length + (one.closed?.code ?? 0)).not.toBe(0), WAIT);
    expect(one.closed).toBeUndefined();
    return one;
  }, WAIT);
  return viewer;
}

/**
 * The RGBA pixels of a viewer's picture at rest, which comes lossless.
 *
 * @param isWanted - which picture to wait for
 */
function restingPixels(
  viewer: StreamViewer,
  isWanted: (rgba: Uint8Array) => boolean = () => true,
): Promise<Uint8Array> {
  return vi.waitFor(() => {
    const frame = viewer.frames.at(-1);
    expect(frame?.header).toMatchObject({ type: "image_frame", mime: "image/png" });
    const { rgba } = decodePng(frame?.payload ?? new Uint8Array());
    expect(isWanted(rgba)).toBe(true);
    return rgba;
  }, WAIT);
}

/** How far two pictures of one size are apart, of 255. */
function difference(one: Uint8Array, other: Uint8Array): number {
  const sum = one.reduce((total, value, at) => total + Math.abs(value - (other[at] ?? 0)), 0);
  return sum / one.length;
}

describe("the render service", () => {
  it("spreads sessions over the workers, and asks none that has no free place", async () => {
    const workers = [await service.addWorker(2), await service.addWorker(2)];
    const sessions = await Promise.all([1, 2, 3, 4].map(() => service.askForSession()));
    const drawing = sessions.map(({ worker }) => worker);
    const [one = "", other = ""] = workers.map(({ name }) => name);
    expect(drawing.sort()).toEqual([one, one, other, other].sort());
    expect(new Set(sessions.map(({ name }) => name)).size).toBe(4);
    const all = await Promise.all(sessions.map(watch));
    expect(await service.askForSession()).toEqual({
      status: 503,
      error: "No worker has a free place",
    });
    // Its place is free again when its viewer has left.
    all[0]?.ws.terminate();
    const next = await vi.waitFor(async () => {
      const answer = await service.askForSession();
      expect(answer.status).toBe(200);
      return answer;
    }, WAIT);
    expect(next.worker).toBe(sessions[0]?.worker);
    expect(await service.askWhetherAlive(sessions[0]?.name ?? "")).toBe(404);
    expect(await service.askWhetherAlive(sessions[1]?.name ?? "")).toBe(204);
    // Nobody comes to it.
    await vi.waitFor(async () => expect(await service.askWhetherAlive(next.name)).toBe(404), WAIT);
  });

  it("draws for each user what that user does", async () => {
    await service.addWorker(2);
    const sessions = await Promise.all([service.askForSession(), service.askForSession()]);
    const [mine, other] = await Promise.all(sessions.map(watch));
    if (mine === undefined || other === undefined) throw new Error("expected two sessions");
    const [before, others] = [await restingPixels(mine), await restingPixels(other)];
    const send = (event: object): void => mine.say({ type: "event", event });
    const pointer = { button: 1, buttons: [1], modifiers: [], ntouches: 0, touches: {} };
    send({ type: "wheel", x: 100, y: 100, dx: 0, dy: -800, buttons: [], modifiers: [] });
    const zoomed = await restingPixels(mine, (rgba) => difference(rgba, before) > 5);
    send({ type: "pointer_down", x: 100, y: 100, ...pointer });
    send({ type: "pointer_move", x: 40, y: 60, ...pointer });
    send({ type: "pointer_up", x: 40, y: 60, ...pointer, buttons: [] });
    await restingPixels(mine, (rgba) => difference(rgba, zoomed) > 5);
    expect(difference(await restingPixels(other), others)).toBe(0);
  });

  it("gives the user of a killed worker a new session", async () => {
    const workers = [await service.addWorker(1), await service.addWorker(1)];
    const session = await service.askForSession();
    await watch(session);
    expect(await service.askWhetherAlive(session.name)).toBe(204);
    const killed = workers.find(({ name }) => name === session.worker);
    const left = workers.find(({ name }) => name !== session.worker);
    killed?.process.kill("SIGKILL");
    await killed?.process.ended;
    await vi.waitFor(
      async () => expect(await service.askWhetherAlive(session.name)).toBe(404),
      WAIT,
    );
    const next = await service.askForSession();
    expect(next.worker).toBe(left?.name);
    await watch(next);
  });

  it("ends the sessions of a worker that is asked to stop", async () => {
    const worker = await service.addWorker(1);
    const session = await service.askForSession();
    const viewer = await watch(session);
    worker.process.kill("SIGTERM");
    expect(await worker.process.ended).toMatchObject({ code: 0, stderr: "" });
    await vi.waitFor(() => expect(viewer.closed?.code).toBe(1001), WAIT);
    expect(await service.askWhetherAlive(session.name)).toBe(404);
    expect((await service.askForSession()).status).toBe(503);
  });

  it("refuses requests without NATS, and has all its places when NATS is back", async () => {
    await service.addWorker(2);
    await service.nats.kill();
    await vi.waitFor(
      async () => expect((await service.askForSession()).error).toBe("NATS can't be reached"),
      WAIT,
    );
    await service.nats.start();
    const begins = (): Promise<void> =>
      vi.waitFor(async () => expect((await service.askForSession()).status).toBe(200), WAIT);
    await begins();
    await begins();
  });

  it("stops without NATS, too", async () => {
    const worker = await service.addWorker(2);
    const session = await service.askForSession();
    await watch(session);
    await service.nats.kill();
    worker.process.kill("SIGTERM");
    expect(await worker.process.ended).toMatchObject({ code: 0 });
  });

  it("shows nobody the names of the sessions, and refuses pages of other sites", async () => {
    await service.addWorker(1);
    const session = await service.askForSession();
    await watch(session);
    const list = `${service.edgeUrl.replace(/^ws/, "http")}/streams`;
    expect((await fetch(list)).status).toBe(401);
    expect(await service.askForSession({ "sec-fetch-site": "cross-site" })).toMatchObject({
      status: 403,
    });
    expect(await service.askWhetherAlive(">")).toBe(404);
  });
});
