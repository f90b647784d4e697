import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { unpackEnvelope } from "../../src/protocol/envelope";
import { serve_edge } from "../../src/server";
import { NatsServer } from "../support/natsServer";
import { StreamViewer } from "../support/streamViewer";
import { TslabProcess } from "../support/tslabProcess";

describe("in a notebook", () => {
  let tslab: TslabProcess;
  beforeAll(async () => {
    tslab = await TslabProcess.start();
  });
  afterAll(() => tslab.dispose());

  it("a stream can be served, with its types, and the same class as in a cell", async () => {
    const served = await tslab.execute(`
      import { RemoteFrameBuffer, type RfbEvent } from "jupyter-rfb-ts";
      import { serve, serve_server, type Display, type InputEvent } from "jupyter-rfb-ts/server";
      class Square extends RemoteFrameBuffer {
        level = 40;
        get_frame() {
          return { data: new Uint8Array(8 * 6 * 3).fill(this.level), shape: [6, 8, 3] };
        }
        handle_event(event: RfbEvent) {
          if (event.event_type !== "key_down") return;
          this.level = 200;
          this.request_draw();
        }
      }
      const display: Display = await serve(new Square(), { port: 0, codec: "png" });
      const events: InputEvent[] = display.poll_events();
      const first: string | undefined = events[0]?.client_id;
      console.log(display.ws_url);`);
    expect(served).toMatchObject({ status: "ok", stderr: "" });
    const levels: number[] = [];
    const socket = new WebSocket(served.stdout.trim());
    try {
      socket.on("message", (data: Buffer, isBinary) => {
        if (!isBinary) return;
        const { header } = unpackEnvelope(data);
        const { seq } = header as { seq: number };
        levels.push(seq);
        socket.send(JSON.stringify({ type: "ack", seq, decode_queue_size: 0, displayed: true }));
      });
      await new Promise((resolve) => socket.once("open", resolve));
      const supported = ["image/jpeg", "image/png"];
      socket.send(JSON.stringify({ type: "hello", supported, device_pixel_ratio: 1 }));
      await expect.poll(() => levels.length).toBe(1);
      const event = { type: "key_down", key: "a", modifiers: [] };
      socket.send(JSON.stringify({ type: "event", event }));
      await expect.poll(() => levels.length).toBe(2);
    } finally {
      socket.terminate();
    }
    const closed = await tslab.execute(`await display.close();`);
    expect(closed).toMatchObject({ status: "ok", stderr: "" });
  });

  it("the traits of the class say how it is sent", async () => {
    const served = await tslab.execute(`
      import { RemoteFrameBuffer as Rfb } from "jupyter-rfb-ts";
      import { serve as serveIt } from "jupyter-rfb-ts/server";
      class Plain extends Rfb {
        get_frame() {
          return { data: new Uint8Array(8 * 6 * 3).fill(9), shape: [6, 8, 3] };
        }
      }
      const plain = new Plain({ codec: "png", max_buffered_frames: 99 });
      const shown = await serveIt(plain, { port: 0 });
      console.log(shown.ws_url);`);
    expect(served).toMatchObject({ status: "ok", stderr: "" });
    const mimes: unknown[] = [];
    const socket = new WebSocket(served.stdout.trim());
    try {
      socket.on("message", (data: Buffer, isBinary) => {
        if (isBinary) mimes.push((unpackEnvelope(data).header as { mime?: unknown }).mime);
      });
      await new Promise((resolve) => socket.once("open", resolve));
      const supported = ["image/jpeg", "image/png"];
      socket.send(JSON.stringify({ type: "hello", supported, device_pixel_ratio: 1 }));
      await expect.poll(() => mimes).toEqual(["image/png"]);
      const closed = await tslab.execute(`plain.close(); console.log(shown.isClosed);`);
      expect(closed).toMatchObject({ status: "ok", stdout: "true\n", stderr: "" });
      await expect.poll(() => socket.readyState).toBe(WebSocket.CLOSED);
    } finally {
      socket.terminate();
    }
  });

  it("what a cell shows can be published to many viewers at an edge", async () => {
    const nats = await NatsServer.start();
    try {
      const published = await tslab.execute(`
        import { RemoteFrameBuffer as Buffer_ } from "jupyter-rfb-ts";
        import { publish_to } from "jupyter-rfb-ts/server";
        class Lecture extends Buffer_ {
          get_frame() {
            return { data: new Uint8Array(8 * 6 * 3).fill(9), shape: [6, 8, 3] };
          }
        }
        const w = new Lecture();
        const lecture = await publish_to(w, { nats: "${nats.url}", name: "lecture" });
        w`);
      expect(published).toMatchObject({ status: "ok", stderr: "" });
      const edge = await serve_edge({ nats: nats.url, port: 0 });
      const viewer = new StreamViewer(`${edge.ws_url ?? ""}lecture`);
      try {
        await expect.poll(() => viewer.frames.length, { timeout: 10_000 }).toBeGreaterThan(0);
        expect(viewer.frames[0]?.header).toMatchObject({ width: 8, height: 6 });
        const counted = await tslab.execute(`console.log(lecture.client_count)`);
        expect(counted.stdout).toBe("1\n");
        const closed = await tslab.execute(`await lecture.close()`);
        expect(closed).toMatchObject({ status: "ok", stderr: "" });
        await expect.poll(() => viewer.closed?.code).toBe(1001);
      } finally {
        viewer.ws.terminate();
        await edge.close();
      }
    } finally {
      await nats.stop();
    }
  });

  it("a stream with the page prints its address in the cell", async () => {
    const served = await tslab.execute(`
      const paged = await serve(4, 3, { port: 0, page: true });
      paged.url;`);
    expect(served).toMatchObject({ status: "ok", stderr: "" });
    const url = /^Open (http:\/\/127\.0\.0\.1:\d+\/) in a browser$/m.exec(served.stdout)?.[1] ?? "";
    expect(await (await fetch(url)).text()).toContain("<title>Remote frame buffer</title>");
    expect((await tslab.execute(`await paged.close();`)).status).toBe("ok");
  });

  it("a mistake in an option does not compile, or is told at once", async () => {
    const taken = await tslab.execute(`
      await serve(4, 4, { port: -1 }).catch((error) => console.log(String(error)));`);
    expect(taken.stdout).toContain("port: expected an integer from 0 to 65535, got -1");
    const wrong = await tslab.execute(`await serve(4, 4, { port: 0, codec: "h265" });`);
    expect(wrong.status).toBe("error");
  });
});
