import { describe, expect, it } from "vitest";
import { OrbitControls, type OrbitControlsOptions, type Vector3 } from "../../../src/rendering";
import type { RfbEvent } from "../../../src/protocol/events";
import { doubleClick, fingers, hover, mouse, resize, wheel } from "./events";

const HEIGHT = 200;

function orbit(options: OrbitControlsOptions = {}): OrbitControls {
  const controls = new OrbitControls(options);
  controls.handle_event(resize(300, HEIGHT));
  return controls;
}

/** Drags from one place to another. */
function drag(
  controls: OrbitControls,
  dx: number,
  dy: number,
  fields: Parameters<typeof mouse>[2] = {},
): boolean {
  controls.handle_event(mouse("pointer_down", [50, 50], fields));
  const hasMoved = controls.handle_event(mouse("pointer_move", [50 + dx, 50 + dy], fields));
  controls.handle_event(mouse("pointer_up", [50 + dx, 50 + dy], fields));
  return hasMoved;
}

function near(vector: Vector3 | readonly number[]): unknown {
  return vector.map((part) => expect.closeTo(part, 6) as number);
}

/** A point of the world in the camera's coordinates. */
function seen(controls: OrbitControls, [x, y, z]: Vector3): number[] {
  const m = controls.viewMatrix();
  const at = (index: number): number => m[index] ?? NaN;
  return [0, 1, 2].map((row) => at(row) * x + at(row + 4) * y + at(row + 8) * z + at(row + 12));
}

describe("the camera", () => {
  it("looks at the target from the front at first", () => {
    const controls = orbit();
    expect(controls.position).toEqual(near([0, 0, 5]));
    expect([controls.target, controls.up]).toEqual([
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it.each<[string, OrbitControlsOptions, Vector3]>([
    ["to the right", { yaw: Math.PI / 2, distance: 2 }, [2, 0, 0]],
    ["above", { pitch: Math.PI / 6, distance: 2 }, [0, 1, Math.sqrt(3)]],
    ["around another target", { target: [1, 2, 3], distance: 2 }, [1, 2, 5]],
    ["with z up", { up: [0, 0, 9], distance: 2 }, [0, -2, 0]],
    ["with z up, to the right", { up: [0, 0, 1], yaw: Math.PI / 2, distance: 2 }, [2, 0, 0]],
    ["with x up", { up: [1, 0, 0], pitch: Math.PI / 6, distance: 2 }, [1, 0, Math.sqrt(3)]],
    ["upside down", { up: [0, -1, 0], pitch: Math.PI / 6, distance: 2 }, [0, -1, -Math.sqrt(3)]],
  ])("is %s", (_what, options, position) => {
    expect(orbit(options).position).toEqual(near(position));
  });

  it.each<OrbitControlsOptions>([
    {},
    { yaw: 1, pitch: -0.7, distance: 3, target: [4, -5, 6] },
    { up: [0, 0, 1], yaw: 2, pitch: 1.2 },
    { up: [1, 2, -3], yaw: -2, pitch: 0.4 },
    { up: [0, -1, 0], yaw: 0.3, pitch: 0.2 },
  ])("sees its target ahead, what is up above, and nothing mirrored: %o", (options) => {
    const controls = orbit(options);
    const { target, up, distance } = controls;
    expect(seen(controls, target)).toEqual(near([0, 0, -distance]));
    expect(seen(controls, controls.position)).toEqual(near([0, 0, 0]));
    const above: Vector3 = [target[0] + up[0], target[1] + up[1], target[2] + up[2]];
    const [x = NaN, y = NaN] = seen(controls, above);
    expect(x).toBeCloseTo(0, 6);
    expect(y).toBeGreaterThan(0);
    const m = [...controls.viewMatrix()];
    const [a = 0, b = 0, c = 0, , d = 0, e = 0, f = 0, , g = 0, h = 0, i = 0] = m;
    expect(a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e)).toBeCloseTo(1, 5);
    expect(m).toHaveLength(16);
  });

  it("is not given to what isn't a camera", () => {
    expect(() => orbit({}).apply({} as never)).toThrow(
      "camera: expected a camera, with position.set() and lookAt(), got an object",
    );
  });

  it("is given to a camera like three.js's", () => {
    const calls: unknown[] = [];
    const set =
      (name: string) =>
      (...numbers: number[]): number =>
        calls.push([name, numbers]);
    orbit({ target: [1, 0, 0], up: [0, 0, 1], distance: 2 }).apply({
      position: { set: set("position") },
      up: { set: set("up") },
      lookAt: set("lookAt"),
    });
    expect(calls).toEqual([
      ["position", near([1, -2, 0])],
      ["up", [0, 0, 1]],
      ["lookAt", [1, 0, 0]],
    ]);
  });
});

describe("a drag", () => {
  it("turns: half a turn over half the height, as if the scene were held", () => {
    const controls = orbit();
    expect(drag(controls, -HEIGHT / 4, 0)).toBe(true);
    expect(controls.yaw).toBeCloseTo(Math.PI / 2);
    expect(controls.position).toEqual(near([5, 0, 0]));
    drag(controls, 0, HEIGHT / 12);
    expect(controls.pitch).toBeCloseTo(Math.PI / 6);
    expect(controls.position[1]).toBeCloseTo(2.5);
  });

  it("stops short of the poles, and says when nothing moves", () => {
    const controls = orbit();
    expect(drag(controls, 0, 9999)).toBe(true);
    expect(controls.pitch).toBe(1.57);
    expect(drag(controls, 0, 10)).toBe(false);
    expect(drag(controls, 0, 0)).toBe(false);
    drag(controls, 0, -9999);
    expect(controls.pitch).toBe(-1.57);
    const limited = orbit({ minPitch: 0.1, maxPitch: 0.5 });
    expect(limited.pitch).toBe(0.1);
    drag(limited, 0, 9999);
    expect(limited.pitch).toBe(0.5);
  });

  it.each([
    ["the right button", { button: 2 }],
    ["the middle button", { button: 3 }],
    ["Shift", { modifiers: ["Shift"] }],
  ] as const)("pans with %s: the target follows the pointer", (_what, fields) => {
    const controls = orbit({ distance: 10, fov: 90 });
    expect(drag(controls, HEIGHT / 2, HEIGHT / 4, fields)).toBe(true);
    // At a distance of 10 the view is 20 high.
    expect(controls.target).toEqual(near([-10, 5, 0]));
    expect(controls.position).toEqual(near([-10, 5, 10]));
    expect(controls.yaw).toBe(0);
  });

  it("does nothing with another button", () => {
    const controls = orbit();
    expect(drag(controls, 10, 10, { button: 4 })).toBe(false);
    expect(controls.position).toEqual(near([0, 0, 5]));
  });

  it("ends when the release was lost", () => {
    const controls = orbit();
    controls.handle_event(mouse("pointer_down", [0, 0]));
    expect(controls.handle_event(hover([10, 10]))).toBe(false);
    expect(controls.handle_event(mouse("pointer_move", [90, 90]))).toBe(false);
    expect(controls.yaw).toBe(0);
  });

  it("does nothing without a press on the picture", () => {
    expect(orbit().handle_event(mouse("pointer_move", [9, 9]))).toBe(false);
  });
});

describe("zooming", () => {
  it("is exponential: a notch changes the distance by a tenth", () => {
    const controls = orbit({ distance: 1 });
    expect(controls.handle_event(wheel(100))).toBe(true);
    expect(controls.distance).toBeCloseTo(1.105, 3);
    controls.handle_event(wheel(-200));
    expect(controls.distance).toBeCloseTo(0.905, 3);
  });

  it("stops at the limits", () => {
    const controls = orbit({ distance: 2, minDistance: 1, maxDistance: 4 });
    controls.handle_event(wheel(1e5));
    expect(controls.distance).toBe(4);
    expect(controls.handle_event(wheel(10))).toBe(false);
    controls.handle_event(wheel(-1e9));
    expect(controls.distance).toBe(1);
  });

  it("follows two fingers, which pan as well", () => {
    const controls = orbit({ distance: 10, fov: 90 });
    controls.handle_event(fingers("pointer_down", [100, 100]));
    controls.handle_event(fingers("pointer_down", [100, 100], [200, 100]));
    expect(controls.handle_event(fingers("pointer_move", [75, 120], [275, 120]))).toBe(true);
    expect(controls.distance).toBeCloseTo(5);
    expect(controls.target).toEqual(near([-2.5, 2, 0]));
    expect(controls.yaw).toBe(0);
  });

  it("stays at the target with speeds of 0", () => {
    const controls = orbit({ rotateSpeed: 0, zoomSpeed: 0, panSpeed: 0 });
    const moves: RfbEvent[] = [wheel(100), wheel(-100)];
    expect(moves.map((event) => controls.handle_event(event))).toEqual([false, false]);
    expect([drag(controls, 9, 9), drag(controls, 9, 9, { button: 2 })]).toEqual([false, false]);
  });
});

it("resets with a double click", () => {
  const controls = orbit({ yaw: 1, pitch: 0.5, distance: 3, target: [1, 1, 1] });
  drag(controls, 30, 10);
  drag(controls, 5, 5, { button: 2 });
  controls.handle_event(wheel(300));
  expect(controls.handle_event(doubleClick())).toBe(true);
  const { yaw, pitch, distance, target } = controls;
  expect([yaw, pitch, distance, target]).toEqual([1, 0.5, 3, [1, 1, 1]]);
  expect(controls.handle_event(doubleClick())).toBe(false);
});

it("can be moved by code, within its limits", () => {
  const controls = orbit({ maxDistance: 8 });
  controls.yaw += 0.25;
  controls.pitch = 3;
  controls.distance = 100;
  controls.target = [1, 2, 3];
  const { yaw, pitch, distance, target } = controls;
  expect([yaw, pitch, distance, target]).toEqual([0.25, 1.57, 8, [1, 2, 3]]);
});

describe("options that are wrong", () => {
  it.each<[string, unknown, ErrorConstructor, string]>([
    ["no object", [], TypeError, "options: expected an object, got an array of length 0"],
    ["a misspelt one", { dist: 3, tagret: [] }, TypeError, "options: expected one of distance, "],
    [
      "a camera",
      { position: { set() {} }, lookAt() {} },
      TypeError,
      "options: expected an object of options, got a camera; pass it to apply(camera)",
    ],
    ["no direction", { up: [0, 0, 0] }, RangeError, "not all 0, got [0, 0, 0]"],
    ["Python's way to write", { min_distance: 1 }, TypeError, "did you mean minDistance?"],
    ["NaN", { yaw: NaN }, RangeError, "yaw: expected a finite number of radians, got NaN"],
    ["no distance", { distance: 0 }, RangeError, "distance: expected a number above 0, got 0"],
    [
      "degrees",
      { pitch: 45 },
      RangeError,
      "pitch: expected a number of radians from -1.57 to 1.57",
    ],
    ["two numbers", { target: [1, 2] }, RangeError, "target: expected [x, y, z], three finite"],
    ["an object", { target: { x: 1 } }, TypeError, "target: expected [x, y, z], three finite"],
    [
      "no direction",
      { up: [0, 0, 0] },
      RangeError,
      "up: expected [x, y, z], three finite numbers, ",
    ],
    ["a wide view", { fov: 180 }, RangeError, "fov: expected a number of degrees from 1 to 179"],
    [
      "a minimum above the maximum",
      { minDistance: 3, maxDistance: 2 },
      RangeError,
      "minDistance: expected at most maxDistance, 2, got 3",
    ],
    ["as angles", { minPitch: 1, maxPitch: 0 }, RangeError, "minPitch: expected at most max"],
  ])("%s", (_what, options, kind, text) => {
    const make = (): OrbitControls => new OrbitControls(options as OrbitControlsOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });

  it("and values that are", () => {
    const controls = orbit();
    expect(() => (controls.yaw = NaN)).toThrow("yaw: expected a finite number of radians, got NaN");
    expect(() => (controls.distance = -1)).toThrow("distance: expected a number above 0, got -1");
    expect(() => (controls.target = [NaN, 0, 0])).toThrow("target: expected [x, y, z]");
  });
});
