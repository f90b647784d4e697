/**
 * Links between traits that the page keeps equal, without a round trip to the kernel: `jslink()`
 * and `jsdlink()`. They work in a saved notebook too.
 */
import { whenClosed } from "../closing";
import * as generated from "../generated/coreWidgets";
import type { Rules } from "../rules";
import type { Widget } from "../widget";
import { defineRules } from "../widgetClass";
import { checkLinkEnd, checkPageLinkEnd, type TraitName, type TraitNameFor } from "./linkEnd";

/** Keeps two traits equal, in the page. */
export class Link extends generated.Link {
  /** Ends the link. */
  unlink(): void {
    this.close();
  }
}

/** Sets a trait to the value of another one, in the page, when that changes. */
export class DirectionalLink extends generated.DirectionalLink {
  /** Ends the link. */
  unlink(): void {
    this.close();
  }
}

const end = {
  keep: (value: unknown, _: unknown, name: string): unknown => {
    checkPageLinkEnd(name, value);
    return value;
  },
};
const ENDS: Rules = { source: end, target: end };
defineRules(Link, ENDS);
defineRules(DirectionalLink, ENDS);

/**
 * Keeps two traits equal, in the page: `jslink([play, "value"], [slider, "value"])`. The link ends
 * when one of the widgets closes.
 *
 * @throws TypeError when a widget has no such trait, or the page doesn't have it
 */
export function jslink<
  A extends Widget,
  Name extends TraitName<A>,
  B extends Widget,
  Other extends TraitNameFor<B, A[Name]>,
>(source: readonly [A, Name], target: readonly [B, Other]): Link {
  return closedWith(new Link({ source, target }), source, target);
}

/**
 * Sets the target to the value of the source, in the page, now and whenever the source changes. The
 * link ends when one of the widgets closes.
 *
 * @throws TypeError when a widget has no such trait, or the page doesn't have it
 */
export function jsdlink<
  A extends Widget,
  Name extends TraitName<A>,
  B extends Widget,
  Other extends TraitNameFor<B, A[Name]>,
>(source: readonly [A, Name], target: readonly [B, Other]): DirectionalLink {
  return closedWith(new DirectionalLink({ source, target }), source, target);
}

function closedWith<L extends Widget>(link: L, source: unknown, target: unknown): L {
  const waiting = [checkLinkEnd("source", source), checkLinkEnd("target", target)].map(
    ({ widget }) => whenClosed(widget, () => link.close()),
  );
  whenClosed(link, () => waiting.forEach((one) => one.dispose()));
  return link;
}
