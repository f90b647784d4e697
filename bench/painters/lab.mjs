/**
 * Ways to bring a picture onto a canvas, and how soon an animation frame can show it. Runs in a page and, sent as text, in a worker: so
 * it uses nothing from outside.
 *
 * @typedef {object} Painter
 * @property {(picture: ImageBitmap | VideoFrame) => void} paint
 * @property {() => Uint8ClampedArray | Uint8Array} read RGBA from the top, right after paint()
 *
 * @typedef {object} Task
 * @property {string} painter
 * @property {string} source
 * @property {string} codec of the video
 * @property {number} width
 * @property {number} height
 * @property {number} count pictures
 *
 * @typedef {HTMLCanvasElement | OffscreenCanvas} AnyCanvas
 */
export function paintLab() {
  /** @type {Record<string, Uint8Array[]>} */
  const files = {};
  /** In milliseconds: more than an animation frame, so that pictures meet each phase of it. */
  const PAUSE_MS = 24;

  /** @param {AnyCanvas} canvas
   * @param {boolean} desynchronized
   * @returns {Painter} */
  function painter2d(canvas, desynchronized) {
    const settings = { colorSpace: /** @type {const} */ ("srgb"), desynchronized };
    /** @type {any} */
    const context = canvas.getContext("2d", settings);
    return {
      paint(picture) {
        context.globalCompositeOperation = "copy";
        context.drawImage(picture, 0, 0);
      },
      read: () => context.getImageData(0, 0, canvas.width, canvas.height).data,
    };
  }

  /** @param {AnyCanvas} canvas
   * @param {boolean} desynchronized
   * @returns {Painter} */
  function painterGl(canvas, desynchronized) {
    const settings = { desynchronized, antialias: false, depth: false, stencil: false };
    /** @type {any} */
    const gl = canvas.getContext("webgl2", settings);
    if (gl === null) throw new Error("Cannot measure: no WebGL2");
    const program = gl.createProgram();
    const compile = (/** @type {number} */ kind, /** @type {string} */ text) => {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, `#version 300 es\n${text}`);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    };
    compile(
      gl.VERTEX_SHADER,
      `out vec2 place;
      void main() {
        vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
        place = vec2(corner.x, 1.0 - corner.y);
        gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
      }`,
    );
    compile(
      gl.FRAGMENT_SHADER,
      `precision mediump float;
      uniform sampler2D picture;
      in highp vec2 place;
      out vec4 colour;
      void main() { colour = texture(picture, place); }`,
    );
    gl.linkProgram(program);
    gl.useProgram(program);
    const { TEXTURE_2D, RGBA, UNSIGNED_BYTE, NEAREST, CLAMP_TO_EDGE } = gl;
    gl.bindTexture(TEXTURE_2D, gl.createTexture());
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(TEXTURE_2D, filter, NEAREST);
    }
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) {
      gl.texParameteri(TEXTURE_2D, wrap, CLAMP_TO_EDGE);
    }
    const { width, height } = canvas;
    let hasTexture = false;
    return {
      paint(picture) {
        // The browser has a short way for a whole VideoFrame, and none for a part of a texture.
        if (picture instanceof VideoFrame || !hasTexture) {
          gl.texImage2D(TEXTURE_2D, 0, RGBA, RGBA, UNSIGNED_BYTE, picture);
          hasTexture = true;
        } else {
          gl.texSubImage2D(TEXTURE_2D, 0, 0, 0, RGBA, UNSIGNED_BYTE, picture);
        }
        gl.drawArrays(gl.TRIANGLES, 0, 3);
      },
      read() {
        const pixels = new Uint8Array(width * height * 4);
        gl.readPixels(0, 0, width, height, RGBA, UNSIGNED_BYTE, pixels);
        const row = width * 4;
        const turned = new Uint8Array(pixels.length);
        for (let y = 0; y < height; y += 1) {
          turned.set(pixels.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
        }
        return turned;
      },
    };
  }

  /** @type {Record<string, (canvas: AnyCanvas) => Painter>} */
  const painters = {
    "2D": (canvas) => painter2d(canvas, false),
    "2D, desynchronized": (canvas) => painter2d(canvas, true),
    WebGL2: (canvas) => painterGl(canvas, false),
    "WebGL2, desynchronized": (canvas) => painterGl(canvas, true),
  };

  /** @param {Task} task
   * @returns {{ next: () => Promise<ImageBitmap | VideoFrame>, end: () => void }} */
  function decoderOf({ source, codec }) {
    const set = files[source === "H.264" ? "h264" : "jpeg"] ?? [];
    let at = -1;
    const bytes = () => /** @type {any} */ (set[(at += 1) % set.length]);
    if (source === "ImageBitmap") {
      return {
        next: () => createImageBitmap(new Blob([bytes()], { type: "image/jpeg" })),
        end: () => undefined,
      };
    }
    if (source === "ImageDecoder") {
      return {
        async next() {
          const decoder = new ImageDecoder({ type: "image/jpeg", data: bytes() });
          const { image } = await decoder.decode();
          decoder.close();
          return image;
        },
        end: () => undefined,
      };
    }
    /** @type {(picture: VideoFrame) => void} */
    let take = (picture) => picture.close();
    /** @type {(error: unknown) => void} */
    let fail = () => undefined;
    const decoder = new VideoDecoder({
      output: (picture) => take(picture),
      error: (error) => fail(error),
    });
    decoder.configure({ codec, optimizeForLatency: true });
    return {
      next: () =>
        new Promise((resolve, reject) => {
          [take, fail] = [resolve, reject];
          const data = bytes();
          const type = at % set.length === 0 ? "key" : "delta";
          decoder.decode(new EncodedVideoChunk({ type, timestamp: at, data }));
        }),
      end: () => decoder.close(),
    };
  }

  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** @typedef {{ paint: () => Promise<void>, next: () => Promise<ImageBitmap | VideoFrame>, show: (picture: ImageBitmap | VideoFrame) => void, read: Painter["read"], end: () => void }} Showing */
  /** @type {Showing | undefined} */
  let showing;
  const shown = () => {
    if (showing === undefined) throw new Error("bench: nothing is shown");
    return showing;
  };

  return {
    /** @param {string} name
     * @param {Uint8Array[]} set */
    load(name, set) {
      files[name] = set;
    },

    /** Begins a painter on a canvas of its own, and shows some pictures to warm it up.
     * @param {AnyCanvas} canvas
     * @param {Task} task */
    async begin(canvas, task) {
      const painter = painters[task.painter]?.(canvas);
      if (painter === undefined) throw new Error(`bench: there is no painter ${task.painter}`);
      const { next, end } = decoderOf(task);
      const show = (/** @type {ImageBitmap | VideoFrame} */ picture) => {
        painter.paint(picture);
        picture.close();
      };
      const paint = async () => show(await next());
      showing = { paint, next, show, read: painter.read, end };
      for (let i = 0; i < 5; i += 1) {
        await paint();
        await nextFrame();
      }
    },

    /** One picture at a time, at any phase of the animation frames.
     * @param {number} count
     * @returns milliseconds from the bytes to the first animation frame after the picture was painted */
    async latencies(count) {
      const { paint } = shown();
      const found = [];
      for (let i = 0; i < count; i += 1) {
        await sleep(PAUSE_MS * Math.random());
        const began = performance.now();
        await paint();
        await nextFrame();
        found.push(performance.now() - began);
      }
      return found;
    },

    /** As fast as it goes: while an animation frame shows a picture, the next is decoded.
     * @param {number} count
     * @returns pictures that animation frames showed, a second */
    async race(count) {
      const { next, show } = shown();
      const began = performance.now();
      let coming = next();
      for (let i = 0; i < count; i += 1) {
        show(await coming);
        const seen = nextFrame();
        if (i + 1 < count) coming = next();
        await seen;
      }
      return (count * 1000) / (performance.now() - began);
    },

    /** @returns the pixels of the next picture, as they are on the canvas */
    async pixels() {
      const { paint, read } = shown();
      await paint();
      return read();
    },

    /** Ends the painter. */
    end() {
      showing?.end();
      showing = undefined;
    },
  };
}

/** What paints with WebGL here.
 * @returns {string} */
export function glRenderer() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (gl === null) return "none";
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
}
