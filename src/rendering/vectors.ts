/** Vectors of three numbers. */

/** x, y and z. */
export type Vector3 = readonly [x: number, y: number, z: number];

export function add(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function scaled(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** A vector of length 1. The given one must not be 0. */
export function normalized(a: Vector3): Vector3 {
  // Scaled first: the squares of very long and very short vectors leave the range of numbers.
  const [x, y, z] = scaled(a, 1 / Math.max(...a.map(Math.abs)));
  return scaled([x, y, z], 1 / Math.hypot(x, y, z));
}

/**
 * A vector turned as the y axis has to be turned to become another one, by the shortest way.
 *
 * @param up - what the y axis becomes; of length 1
 */
export function turnedWithUp(vector: Vector3, up: Vector3): Vector3 {
  // Upside down there is no shortest way: around the x axis.
  if (up[1] < -1 + 1e-9) return [vector[0], -vector[1], -vector[2]];
  const axis = cross([0, 1, 0], up);
  const once = cross(axis, vector);
  return add(add(vector, once), scaled(cross(axis, once), 1 / (1 + up[1])));
}
