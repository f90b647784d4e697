/** Containers that show their children as pages with titles. */
import * as checks from "../../protocol/checks";
import * as generated from "../generated/coreWidgets";
import type { ReadTrait, Rule } from "../rules";
import type { Widget } from "../widget";
import { defineRules } from "../widgetClass";
import { container, type ContainerClass } from "./boxes";

/** What containers of pages have in common. */
export interface PageMethods {
  /**
   * Sets the title of a page.
   *
   * @param index - Of the page among the children, from 0.
   * @throws RangeError when there is no such page
   */
  set_title(index: number, title: string): void;
  /** Returns the title of a page. @throws RangeError when there is no such page */
  get_title(index: number): string;
}

interface Pages {
  children: readonly Widget[];
  titles: readonly string[];
}

const countOf = (read: ReadTrait): number => (read("children") as readonly Widget[]).length;

/** A title for each child: "" where none is given. */
const TITLES: Rule = {
  follows: ["children"],
  keep: (value, read) => {
    const titles = value as readonly string[];
    return Object.freeze(Array.from({ length: countOf(read) }, (_, index) => titles[index] ?? ""));
  },
};

/** @param otherwise - Returns what is selected in place of null, or of a child that is gone. */
function selectedIndex(otherwise: (index: unknown, count: number) => number | null): Rule {
  const isChild = (value: unknown, count: number): boolean =>
    typeof value === "number" && value >= 0 && value < count;
  return {
    follows: ["children"],
    keep: (value, read, name) => {
      const count = countOf(read);
      if (value === null || isChild(value, count)) return value;
      const expected = `null or the index of one of ${count} children`;
      throw new RangeError(checks.mismatch(name, { expected }, value));
    },
    adjust: (value, read) => {
      const count = countOf(read);
      return isChild(value, count) ? value : otherwise(value, count);
    },
  };
}

/** Tabs always show one. */
const NEAREST = selectedIndex((index, count) => {
  if (count === 0) return null;
  return index === null ? 0 : count - 1;
});

const NONE = selectedIndex(() => null);

function pages<W extends Widget & Pages, Options extends object>(
  base: ContainerClass<W, Options>,
  selected: Rule,
): ContainerClass<W & PageMethods, Options> {
  const Base = base as unknown as ContainerClass<Widget & Pages, object>;
  const PageContainer = class extends Base implements PageMethods {
    set_title(index: number, title: string): void {
      const titles = [...this.titles];
      titles[this.#page(index)] = title;
      this.titles = titles;
    }

    get_title(index: number): string {
      return this.titles[this.#page(index)] ?? "";
    }

    #page(index: number): number {
      const count = this.titles.length;
      if (Number.isInteger(index) && index >= 0 && index < count) return index;
      const expected = `the index of one of ${count} pages`;
      throw new RangeError(checks.mismatch("index", { expected }, index));
    }
  };
  defineRules(PageContainer, { titles: TITLES, selected_index: selected });
  return PageContainer as unknown as ContainerClass<W & PageMethods, Options>;
}

/** Shows its children as pages that unfold, one at a time, or none. */
export class Accordion extends pages(container(generated.Accordion), NONE) {}
/** Shows one of its children, or none. */
export class Stack extends pages(container(generated.Stack), NONE) {}
/** Shows its children as pages with tabs. The first is selected unless an option says otherwise. */
export class Tab extends pages(container(generated.Tab), NEAREST) {}
