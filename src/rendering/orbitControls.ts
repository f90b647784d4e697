/** A camera that turns around a point. */
import { checkOptions, checkValue, isObject, type Check } from "../protocol/checks";
import type { RfbEvent } from "../protocol/events";
import {
  ANGLE,
  DIRECTION,
  DISTANCE,
  MAX_PITCH,
  ORBIT_OPTIONS,
  VECTOR,
  type OrbitControlsOptions,
} from "./orbitOptions";
import { PointerDrag, type DragStep } from "./pointerDrag";
import { add, cross, dot, normalized, scaled, turnedWithUp, type Vector3 } from "./vectors";

/** What is needed of a camera of three.js. */
export interface CameraLike {
  /** Where the camera is. */
  readonly position: { set(x: number, y: number, z: number): unknown };
  /** Which way is up in its picture. */
  readonly up?: { set(x: number, y: number, z: number): unknown } | undefined;
  /** Turns the camera to a point. */
  lookAt(x: number, y: number, z: number): unknown;
}

const CAMERA: Check<CameraLike> = {
  expected: "a camera, with position.set() and lookAt()",
  type: "object",
  accepts: (value): value is CameraLike =>
    isObject(value) &&
    isObject(value.position) &&
    typeof value.position.set === "function" &&
    typeof value.lookAt === "function",
};

/** The view's height before its first resize event, in logical pixels. */
const FIRST_HEIGHT = 480;

/** How much a pixel of the wheel changes the logarithm of the distance; a notch has about 100. */
const ZOOM_PER_PIXEL = 0.001;

const RIGHT_BUTTON = 2;
const MIDDLE_BUTTON = 3;

/** The state that a reset restores. */
interface Orbit {
  readonly distance: number;
  readonly yaw: number;
  readonly pitch: number;
  readonly target: Vector3;
}

/**
 * Turns events into a camera that orbits a target, as three.js's and pygfx's controls do.
 *
 * - Dragging turns, short of the poles.
 * - The wheel zooms.
 * - Dragging with the right or middle button or with Shift pans.
 * - Two fingers pan and zoom.
 * - A double click resets.
 *
 * Pass it every event, also `resize`, from which it knows the view's height.
 *
 * @example
 * ```ts
 * class Scene extends RemoteFrameBuffer {
 *   controls = new OrbitControls({ distance: 4, pitch: 0.4 });
 *   handle_event(event: RfbEvent) {
 *     if (this.controls.handle_event(event)) this.request_draw();
 *   }
 *   get_frame() {
 *     this.controls.apply(camera); // three.js; for others there is viewMatrix()
 *     return render(camera);
 *   }
 * }
 * ```
 */
export class OrbitControls {
  readonly #drag = new PointerDrag();
  readonly #settings;
  readonly #home: Orbit;
  #orbit: Orbit;
  #height = FIRST_HEIGHT;

  /**
   * @throws TypeError for an unknown option, or one of another type
   * @throws RangeError for another invalid option, or where a minimum is above its maximum
   */
  constructor(options: OrbitControlsOptions = {}) {
    if (CAMERA.accepts(options)) {
      throw new TypeError(
        "options: expected an object of options, got a camera; pass it to apply(camera) when you draw",
      );
    }
    const given = checkOptions<OrbitControlsOptions>(options, ORBIT_OPTIONS);
    const distance = given.distance ?? 5;
    const settings = {
      up: normalized(checkValue("up", given.up ?? [0, 1, 0], DIRECTION)),
      minDistance: given.minDistance ?? Math.min(distance, given.maxDistance ?? distance) / 1000,
      maxDistance: given.maxDistance ?? Math.max(distance, given.minDistance ?? distance) * 1000,
      minPitch: given.minPitch ?? -MAX_PITCH,
      maxPitch: given.maxPitch ?? MAX_PITCH,
      fov: given.fov ?? 50,
      rotateSpeed: given.rotateSpeed ?? 1,
      zoomSpeed: given.zoomSpeed ?? 1,
      panSpeed: given.panSpeed ?? 1,
    };
    checkLimits("Distance", settings.minDistance, settings.maxDistance);
    checkLimits("Pitch", settings.minPitch, settings.maxPitch);
    this.#settings = settings;
    this.#orbit = this.#home = {
      distance: clamp(distance, settings.minDistance, settings.maxDistance),
      yaw: given.yaw ?? 0,
      pitch: clamp(given.pitch ?? 0, settings.minPitch, settings.maxPitch),
      target: checkValue("target", [...(given.target ?? [0, 0, 0])], VECTOR),
    };
  }

  /**
   * From the camera to the target. Set, it is limited to minDistance and maxDistance.
   *
   * @throws TypeError or RangeError when it isn't a number above 0
   */
  get distance(): number {
    return this.#orbit.distance;
  }

  set distance(value: number) {
    this.#set({ distance: checkValue("distance", value, DISTANCE) });
  }

  /**
   * The camera's angle around the up axis, in radians.
   *
   * @throws TypeError or RangeError when it isn't a finite number
   */
  get yaw(): number {
    return this.#orbit.yaw;
  }

  set yaw(value: number) {
    this.#set({ yaw: checkValue("yaw", value, ANGLE) });
  }

  /**
   * The camera's angle above the target, in radians. Set, it is limited to its range.
   *
   * @throws TypeError or RangeError when it isn't a finite number
   */
  get pitch(): number {
    return this.#orbit.pitch;
  }

  set pitch(value: number) {
    this.#set({ pitch: checkValue("pitch", value, ANGLE) });
  }

  /**
   * What the camera looks at.
   *
   * @throws TypeError or RangeError when it isn't three finite numbers
   */
  get target(): Vector3 {
    return this.#orbit.target;
  }

  set target(value: readonly number[]) {
    const [x, y, z] = checkValue("target", value, VECTOR);
    this.#set({ target: [x, y, z] });
  }

  /** The direction that is up, of length 1. */
  get up(): Vector3 {
    return this.#settings.up;
  }

  /** Where the camera is. */
  get position(): Vector3 {
    return add(this.target, scaled(this.#axes().back, this.distance));
  }

  /**
   * Handles an event of a picture.
   *
   * @returns whether the camera moved, so that a new frame is needed
   */
  handle_event(event: RfbEvent): boolean {
    switch (event.event_type) {
      case "pointer_down":
      case "pointer_move":
      case "pointer_up": {
        const step = this.#drag.handle(event);
        return step !== undefined && this.#follow(step);
      }
      case "wheel":
        return this.#zoom(Math.exp(event.dy * ZOOM_PER_PIXEL * this.#settings.zoomSpeed));
      case "double_click":
        return this.reset();
      case "resize":
        this.#height = event.height;
        return false;
      default:
        return false;
    }
  }

  /**
   * Goes back to the distance, yaw, pitch and target of the options.
   *
   * @returns whether the camera moved
   */
  reset(): boolean {
    return this.#set(this.#home);
  }

  /**
   * Places a camera of three.js, or one with the same methods: sets its position and up direction,
   * and makes it look at the target.
   *
   * @throws TypeError when it isn't such a camera
   */
  apply(camera: CameraLike): void {
    checkValue("camera", camera, CAMERA);
    camera.position.set(...this.position);
    // lookAt() uses it.
    camera.up?.set(...this.up);
    camera.lookAt(...this.target);
  }

  /**
   * The matrix that turns the world's coordinates into the camera's, whose x is right, y up and -z
   * ahead: 16 numbers, column after column, as WebGPU, WebGL and gl-matrix have them.
   */
  viewMatrix(): Float32Array {
    const { right, up, back } = this.#axes();
    const { position } = this;
    const axes = [right, up, back];
    return Float32Array.of(
      ...[0, 1, 2].flatMap((row) => [...axes.map((axis) => axis[row] ?? 0), 0]),
      ...axes.map((axis) => -dot(axis, position)),
      1,
    );
  }

  /** The camera's own axes, of length 1. */
  #axes(): { readonly right: Vector3; readonly up: Vector3; readonly back: Vector3 } {
    const { yaw, pitch } = this.#orbit;
    const ahead = Math.cos(pitch);
    const local: Vector3 = [Math.sin(yaw) * ahead, Math.sin(pitch), Math.cos(yaw) * ahead];
    const back = turnedWithUp(local, this.up);
    const right = turnedWithUp([Math.cos(yaw), 0, -Math.sin(yaw)], this.up);
    return { right, up: cross(back, right), back };
  }

  #follow({ dx, dy, spread, pointers, button, withShift }: DragStep): boolean {
    if (pointers > 1) {
      const hasPanned = this.#pan(dx, dy);
      return this.#zoom(1 / spread) || hasPanned;
    }
    const pans = withShift || button === RIGHT_BUTTON || button === MIDDLE_BUTTON;
    if (pans) return this.#pan(dx, dy);
    if (button !== 1) return false;
    const angle = (2 * Math.PI * this.#settings.rotateSpeed) / this.#height;
    const { yaw, pitch } = this.#orbit;
    return this.#set({ yaw: yaw - dx * angle, pitch: pitch + dy * angle });
  }

  #zoom(factor: number): boolean {
    return this.#set({ distance: this.distance * factor });
  }

  #pan(dx: number, dy: number): boolean {
    const { fov, panSpeed } = this.#settings;
    const viewHeight = 2 * this.distance * Math.tan((fov * Math.PI) / 360);
    const unit = (viewHeight / this.#height) * panSpeed;
    const { right, up } = this.#axes();
    const moved = add(scaled(right, -dx * unit), scaled(up, dy * unit));
    return this.#set({ target: add(this.target, moved) });
  }

  /** @returns whether anything changed */
  #set(change: Partial<Orbit>): boolean {
    const before = this.#orbit;
    const { minDistance, maxDistance, minPitch, maxPitch } = this.#settings;
    const { distance, yaw, pitch, target } = { ...before, ...change };
    this.#orbit = {
      distance: clamp(distance, minDistance, maxDistance),
      yaw,
      pitch: clamp(pitch, minPitch, maxPitch),
      target,
    };
    return (
      this.distance !== before.distance ||
      this.yaw !== before.yaw ||
      this.pitch !== before.pitch ||
      target.some((part, axis) => part !== before.target[axis])
    );
  }
}

function checkLimits(name: string, min: number, max: number): void {
  if (min > max) {
    throw new RangeError(`min${name}: expected at most max${name}, ${max}, got ${min}`);
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
