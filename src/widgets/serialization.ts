import { describeValue, ProtocolError } from "../protocol/errors";
import { referenceTo, referredId } from "../protocol/modelReference";
import { isRecord, putBuffers, setOwn } from "./bufferPaths";
import { copyValue } from "./traits";
import type { AnyTrait } from "./widgetClass";
import { isReference, OPEN, STATUS } from "./widgetHooks";

/** Marks a closed widget inside a state. */
const GONE: unique symbol = Symbol("gone");

/**
 * Converts a trait's value to what frontends get, with references in place of widgets. Opens the
 * widgets first, so that a frontend knows a child before its parent. A closed widget is left out of
 * arrays and objects, and is null elsewhere.
 */
export function toWire(value: unknown): unknown {
  const wire = referTo(value);
  return wire === GONE ? null : wire;
}

function referTo(value: unknown): unknown {
  if (isReference(value)) {
    if (value[STATUS] === "closed") return GONE;
    value[OPEN]("parent");
    return referenceTo(value.model_id);
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

/**
 * The inverse of toWire: replaces the references that `find` knows by widgets. Other references
 * stay strings.
 */
export function fromWire(value: unknown, find: (modelId: string) => unknown): unknown {
  const id = referredId(value);
  if (id !== undefined) return find(id) ?? value;
  if (Array.isArray(value)) return value.map((item) => fromWire(item, find));
  if (!isRecord(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setOwn(result, key, fromWire(item, find));
  return result;
}

/** A frontend's state update after its check, by names of traits. */
export interface StateUpdate {
  /** The values to keep. */
  readonly accepted: ReadonlyMap<string, unknown>;
  /** The same values as they came, which is what the frontends have. */
  readonly received: Map<string, unknown>;
  /** All values as they came, valid or not, of traits that frontends may set. */
  readonly echoed: ReadonlyMap<string, unknown>;
  /** Traits whose value was invalid. The frontends need the kernel's value instead. */
  readonly refused: readonly string[];
  /** An error for each key that was dropped. */
  readonly errors: readonly unknown[];
}

/**
 * Reads an untrusted state update. Each key is checked separately, so that an invalid one doesn't
 * affect the others.
 *
 * @param find - Returns the open widget with a model id.
 * @throws ProtocolError when the state isn't an object, or its buffers don't fit into it.
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
  const echoed = new Map<string, unknown>();
  const refused: string[] = [];
  const errors: unknown[] = [];
  for (const [name, value] of Object.entries(state)) {
    const trait = traits.get(name);
    try {
      if (trait?.sync !== true) {
        throw new ProtocolError(`state: expected a synchronised trait, got ${describeValue(name)}`);
      }
      const wire = copyValue(value, name);
      if (!trait.constant) echoed.set(name, wire);
      const referred = trait.references ? fromWire(wire, find) : wire;
      const given = trait.fromJson === undefined ? referred : trait.fromJson(referred, name);
      const next = trait.check(given, name);
      // A frontend may send the model's identity along with the rest: it is checked, but never
      // changes.
      if (trait.constant) continue;
      accepted.set(name, next);
      received.set(name, wire);
    } catch (error) {
      errors.push(error);
      if (trait?.sync === true) refused.push(name);
    }
  }
  return { accepted, received, echoed, refused, errors };
}
