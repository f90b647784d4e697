import { describeValue, ProtocolError } from "../protocol/errors";
import { isBinary, isRecord, putBuffers, setOwn } from "./bufferPaths";
import { copyValue, isReference } from "./traits";
import type { AnyTrait } from "./widgetClass";
import { OPEN, STATUS, type ModelReference } from "./widgetHooks";

/** What stands for a widget in a state, before the model id (ipywidgets' widget_serialization). */
const MODEL_PREFIX = "IPY_MODEL_";

/** Longest text form of a widget, as in ipywidgets: it is shown where no frontend can show the widget. */
const MAX_DESCRIPTION = 110;

/** Marks a closed widget inside a state. */
const GONE: unique symbol = Symbol("gone");

function isModel(value: unknown): value is ModelReference {
  return isReference(value) && "model_id" in value;
}

/**
 * A trait's value as the frontends get it: references instead of widgets, whose comms are opened first, so that a frontend
 * knows a child before its parent. A closed widget is left out of arrays and objects, and is null elsewhere.
 */
export function toWire(value: unknown): unknown {
  const wire = referTo(value);
  return wire === GONE ? null : wire;
}

function referTo(value: unknown): unknown {
  if (isModel(value)) {
    if (value[STATUS] === "closed") return GONE;
    value[OPEN]();
    return MODEL_PREFIX + value.model_id;
  }
  if (Array.isArray(value)) return value.map(referTo).filter((item) => item !== GONE);
  if (!isRecord(value)) return value;
  const wire: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const referred = referTo(item);
    if (referred !== GONE) setOwn(wire, key, referred);
  }
  return wire;
}

/** The inverse of toWire: widgets instead of the references that `find` knows. Others stay strings. */
export function fromWire(value: unknown, find: (modelId: string) => unknown): unknown {
  if (typeof value === "string") {
    if (!value.startsWith(MODEL_PREFIX)) return value;
    return find(value.slice(MODEL_PREFIX.length)) ?? value;
  }
  if (Array.isArray(value)) return value.map((item) => fromWire(item, find));
  if (!isRecord(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setOwn(result, key, fromWire(item, find));
  return result;
}

/** A widget in one line of text, such as `IntSlider(value=3, max=10)`. */
export function describeWidget(
  widget: object,
  values: readonly (readonly [string, unknown])[],
  closed: boolean,
): string {
  const parts = values.map(([name, value]) => `${name}=${describe(value)}`);
  if (closed) parts.unshift("closed");
  const text = `${widget.constructor.name}(${parts.join(", ")})`;
  return text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION - 1)}…` : text;
}

function describe(value: unknown): string {
  if (isReference(value)) return `${value.constructor.name}()`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_DESCRIPTION / 2).map(describe);
    return `[${shown.join(", ")}]`;
  }
  if (isBinary(value)) return `${value.byteLength} bytes`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, MAX_DESCRIPTION));
  return describeValue(value);
}

/** What a state update from a frontend comes to, by the names of traits. */
export interface StateUpdate {
  /** The values to keep. */
  readonly accepted: ReadonlyMap<string, unknown>;
  /** The same as they came: what the frontends have. */
  readonly received: Map<string, unknown>;
  /** Traits whose value was not valid: the frontends have to be told the kernel's. */
  readonly refused: readonly string[];
  /** What was wrong, for each key that was dropped. */
  readonly errors: readonly unknown[];
}

/**
 * Reads an untrusted state update: each key for itself, so that a bad one does no harm to the others.
 *
 * @throws ProtocolError when it is no state at all, or its buffers do not fit in it.
 */
export function readUpdate(
  traits: ReadonlyMap<string, AnyTrait>,
  find: (modelId: string) => unknown,
  state: unknown,
  bufferPaths: unknown,
  buffers: readonly Uint8Array[],
): StateUpdate {
  if (!isRecord(state)) {
    throw new ProtocolError(`state: expected an object, got ${describeValue(state)}`);
  }
  putBuffers(state, bufferPaths, buffers);
  const accepted = new Map<string, unknown>();
  const received = new Map<string, unknown>();
  const refused: string[] = [];
  const errors: unknown[] = [];
  for (const [name, value] of Object.entries(state)) {
    const trait = traits.get(name);
    try {
      if (trait?.sync !== true) {
        throw new ProtocolError(`state: expected a synchronised trait, got ${describeValue(name)}`);
      }
      const wire = copyValue(value, name);
      const next = trait.check(trait.references ? fromWire(wire, find) : wire, name);
      // A frontend may send what the model is along with the rest: it is checked, and stays as it is.
      if (trait.constant) continue;
      accepted.set(name, next);
      received.set(name, wire);
    } catch (error) {
      // No code of the user's is at fault, so the stack would say nothing.
      errors.push(error instanceof Error ? new ProtocolError(error.message) : error);
      if (trait?.sync === true) refused.push(name);
    }
  }
  return { accepted, received, refused, errors };
}
