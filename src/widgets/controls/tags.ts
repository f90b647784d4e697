/** Lists of tags. A tag that isn't allowed is an error. */
import * as checks from "../../protocol/checks";
import * as generated from "../generated/coreWidgets";
import type { ReadTrait, Rule } from "../rules";
import { color } from "../textTraits";
import type { Widget } from "../widget";
import { defineRules, type WidgetClass } from "../widgetClass";

type CheckTag = (tag: unknown, read: ReadTrait, name: string) => void;

/** Tags are among the allowed ones, if there are any, and pass a check. */
function tagRule(check: CheckTag): Rule {
  return {
    keep: (value, read, name) => {
      const allowed = read("allowed_tags") as readonly unknown[];
      (value as readonly unknown[]).forEach((tag, index) => {
        const where = `${name}[${index}]`;
        if (allowed.length > 0 && !allowed.includes(tag)) {
          const expected = `one of allowed_tags (${allowed.map(String).join(", ")})`;
          throw new RangeError(checks.mismatch(where, { expected }, tag));
        }
        check(tag, read, where);
      });
      return value;
    },
  };
}

const NOT_BLANK = checks.string(1);
const COLOR = color("black");

const checkText: CheckTag = (tag, _, name) => void checks.checkValue(name, tag, NOT_BLANK);
const checkColor: CheckTag = (tag, _, name) => void COLOR.check(tag, name);
const checkNumber: CheckTag = (tag, read, name) => {
  const bound = (which: "min" | "max"): number | undefined =>
    (read(which) as number | null) ?? undefined;
  checks.checkValue(name, tag, checks.number(bound("min"), bound("max")));
};

function tags<W extends Widget, Options extends object>(
  base: WidgetClass<W, Options>,
  check: CheckTag,
): WidgetClass<W, Options> {
  const Base: WidgetClass<Widget, Options> = base;
  const Tags = class extends Base {};
  defineRules(Tags, { value: tagRule(check) });
  return Tags as unknown as WidgetClass<W, Options>;
}

/** A list of colors. */
export class ColorsInput extends tags(generated.ColorsInput, checkColor) {}
/** A list of numbers. */
export class FloatsInput extends tags(generated.FloatsInput, checkNumber) {}
/** A list of integers. */
export class IntsInput extends tags(generated.IntsInput, checkNumber) {}
/** A list of texts, none of which is empty. */
export class TagsInput extends tags(generated.TagsInput, checkText) {}
