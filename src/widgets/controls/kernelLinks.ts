/** Links between traits that the kernel keeps equal, perhaps by way of functions. */
import type { Disposable } from "../../protocol/transport";
import { whenClosed } from "../closing";
import { equalValues } from "../equalValues";
import type { Widget } from "../widget";
import { GET_TRAIT, SET_TRAIT } from "../widgetHooks";
import { checkLinkEnd, type LinkEnd, type TraitName, type TraitNameFor } from "./linkEnd";

/** A link between two traits. */
export interface KernelLink {
  /** Ends the link. A second call does nothing. */
  unlink(): void;
}

/** Converts between the values of two linked traits: there, and back. */
export type LinkTransform<A, B> = readonly [there: (value: A) => B, back: (value: B) => A];

type Convert = (value: never) => unknown;

const same: Convert = (value: unknown) => value;

/**
 * Keeps two traits equal: the target takes over the source's value now, and each takes over the
 * other's changes. The link ends when one of the widgets closes.
 *
 * @param transform - Functions that convert the values: `[there, back]`. They need not be each
 *   other's inverse: a change isn't sent back to where it came from.
 * @throws TypeError when a widget has no such trait; what the target throws for the source's value
 */
export function link<
  A extends Widget,
  Name extends TraitName<A>,
  B extends Widget,
  Other extends TraitName<B>,
>(
  source: readonly [A, Name],
  target: readonly [B, Other],
  transform: LinkTransform<A[Name], B[Other]>,
): KernelLink;
export function link<
  A extends Widget,
  Name extends TraitName<A>,
  B extends Widget,
  Other extends TraitNameFor<B, A[Name]>,
>(source: readonly [A, Name], target: readonly [B, Other]): KernelLink;
export function link(
  source: unknown,
  target: unknown,
  [there, back]: readonly [Convert, Convert] = [same, same],
): KernelLink {
  return connect(source, target, there, back);
}

/**
 * Sets the target to the source's value, now and whenever that changes. The link ends when one of
 * the widgets closes.
 *
 * @param transform - Converts the source's value for the target.
 * @throws TypeError when a widget has no such trait; what the target throws for the source's value
 */
export function dlink<
  A extends Widget,
  Name extends TraitName<A>,
  B extends Widget,
  Other extends TraitName<B>,
>(
  source: readonly [A, Name],
  target: readonly [B, Other],
  transform: (value: A[Name]) => B[Other],
): KernelLink;
export function dlink<
  A extends Widget,
  Name extends TraitName<A>,
  B extends Widget,
  Other extends TraitNameFor<B, A[Name]>,
>(source: readonly [A, Name], target: readonly [B, Other]): KernelLink;
export function dlink(source: unknown, target: unknown, transform: Convert = same): KernelLink {
  return connect(source, target, transform);
}

function connect(source: unknown, target: unknown, there: Convert, back?: Convert): KernelLink {
  const from = checkLinkEnd("source", source);
  const to = checkLinkEnd("target", target);
  copy(from, to, there);
  let isCopying = false;
  const follow = (a: LinkEnd, b: LinkEnd, convert: Convert): Disposable =>
    observe(a, () => {
      if (isCopying) return;
      isCopying = true;
      try {
        copy(a, b, convert);
      } finally {
        isCopying = false;
      }
    });
  const parts = [follow(from, to, there)];
  if (back !== undefined) parts.push(follow(to, from, back));
  const unlink = (): void => parts.forEach((part) => part.dispose());
  for (const { widget } of [from, to]) parts.push(whenClosed(widget, unlink));
  return { unlink };
}

/** @throws Error when this changed the source, as then the two ends don't agree */
function copy(from: LinkEnd, to: LinkEnd, convert: Convert): void {
  const value = from.widget[GET_TRAIT](from.trait);
  // The pair's types are checked where link() and dlink() are called.
  to.widget[SET_TRAIT](to.trait, convert(value as never));
  if (equalValues(from.widget[GET_TRAIT](from.trait), value)) return;
  const [source, target] = [from, to].map(
    ({ widget, trait }) => `${widget.constructor.name}.${trait}`,
  );
  throw new Error(`The link is broken: setting ${target} has changed ${source}`);
}

function observe({ widget, trait }: LinkEnd, handler: () => void): Disposable {
  // checkLinkEnd() has found the trait.
  const owner = widget as unknown as Widget;
  owner.observe(handler, trait as keyof Widget & string);
  return { dispose: () => owner.unobserve(handler, trait) };
}
