import { number, positive, type Check, type Checks } from "../protocol/checks";
import type { Vector3 } from "./vectors";

/** Options of OrbitControls. */
export interface OrbitControlsOptions {
  /** From the camera to the target, > 0. @defaultValue 5 */
  readonly distance?: number | undefined;
  /**
   * The camera's angle around the up axis, in radians. At 0 it looks along -z (with up = z: along
   * y); a positive one moves it to the right. @defaultValue 0
   */
  readonly yaw?: number | undefined;
  /**
   * The camera's angle above the target, in radians, between minPitch and maxPitch.
   *
   * @defaultValue 0
   */
  readonly pitch?: number | undefined;
  /** What the camera looks at. @defaultValue `[0, 0, 0]` */
  readonly target?: readonly number[] | undefined;
  /** The direction that is up, of any length. @defaultValue `[0, 1, 0]` */
  readonly up?: readonly number[] | undefined;
  /** The nearest that the wheel and fingers zoom. @defaultValue distance / 1000 */
  readonly minDistance?: number | undefined;
  /** The farthest that the wheel and fingers zoom. @defaultValue distance * 1000 */
  readonly maxDistance?: number | undefined;
  /** In radians, from -1.57. @defaultValue -1.57, just short of the pole */
  readonly minPitch?: number | undefined;
  /** In radians, up to 1.57. @defaultValue 1.57, just short of the pole */
  readonly maxPitch?: number | undefined;
  /**
   * The camera's vertical field of view in degrees, as in three.js: what lies at the target then
   * stays under the pointer when you pan. From 1 to 179. @defaultValue 50
   */
  readonly fov?: number | undefined;
  /** At 1, a drag over the picture's height turns by 360 degrees. @defaultValue 1 */
  readonly rotateSpeed?: number | undefined;
  /** At 1, a notch of the wheel changes the distance by a tenth. @defaultValue 1 */
  readonly zoomSpeed?: number | undefined;
  /** At 1, what lies at the target follows the pointer. @defaultValue 1 */
  readonly panSpeed?: number | undefined;
}

/** Just short of the poles, where no direction is up. In radians. */
export const MAX_PITCH = 1.57;

/** A position. */
export const VECTOR: Check<Vector3> = {
  expected: "[x, y, z], three finite numbers",
  type: "array",
  accepts: (value): value is Vector3 =>
    Array.isArray(value) && value.length === 3 && value.every(Number.isFinite),
};

/** A vector that has a direction. */
export const DIRECTION: Check<Vector3> = {
  ...VECTOR,
  expected: `${VECTOR.expected}, not all 0`,
  accepts: (value): value is Vector3 => VECTOR.accepts(value) && value.some((part) => part !== 0),
};

/** An angle. */
export const ANGLE = number(-Infinity, Infinity, "radians");
/** A distance. */
export const DISTANCE = positive();
const PITCH = number(-MAX_PITCH, MAX_PITCH, "radians");
const SPEED = number(0);

/** The checks of all options. */
export const ORBIT_OPTIONS: Checks<OrbitControlsOptions> = {
  distance: DISTANCE,
  yaw: ANGLE,
  pitch: PITCH,
  target: VECTOR,
  up: DIRECTION,
  minDistance: DISTANCE,
  maxDistance: DISTANCE,
  minPitch: PITCH,
  maxPitch: PITCH,
  fov: number(1, 179, "degrees"),
  rotateSpeed: SPEED,
  zoomSpeed: SPEED,
  panSpeed: SPEED,
};
