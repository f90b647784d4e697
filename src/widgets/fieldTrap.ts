/** How a base class takes the fields that a user's class defines. */
import { ON_FIELD } from "./widgetHooks";

interface FieldTaker {
  [ON_FIELD](name: string, value: unknown): boolean;
}

/**
 * The root of all widget classes. A class's fields are defined after the constructors of its base
 * classes, on the object that this constructor returns. Only a Proxy notices, and can tell the
 * first value from what is assigned a line later. As every class below has it as its `this`, their
 * `#private` fields are its own, and there is no second object.
 */
export class WidgetRoot {
  constructor() {
    if (ON_FIELD in this) return trapped(this as FieldTaker);
  }
}

function trapped<Taker extends FieldTaker>(widget: Taker): Taker {
  const proxy: Taker = new Proxy(widget, {
    defineProperty(target, name, descriptor) {
      const before = Reflect.getOwnPropertyDescriptor(target, name);
      const isTaken =
        typeof name === "string" &&
        isFirstValue(before, descriptor) &&
        proxy[ON_FIELD](name, descriptor.value);
      return isTaken || Reflect.defineProperty(target, name, descriptor);
    },
  });
  return proxy;
}

/**
 * Whether a property gets its first value, as a field of the class or of a subclass, or by an
 * assignment. A function isn't a value. What began as one stays in the kernel.
 */
function isFirstValue(
  before: PropertyDescriptor | undefined,
  descriptor: PropertyDescriptor,
): boolean {
  const { enumerable, configurable } = { ...before, ...descriptor };
  const value: unknown = descriptor.value;
  if (!("value" in descriptor) || value === undefined || typeof value === "function") return false;
  // An assignment changes the value only; the definition of a field says everything.
  const isAssignment = !("enumerable" in descriptor);
  if (isAssignment && before !== undefined && before.value !== undefined) return false;
  return enumerable === true && configurable === true;
}
