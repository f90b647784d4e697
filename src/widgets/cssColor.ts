/** The colors that CSS has names for, and its two that aren't fixed. */
const NAMES: ReadonlySet<string> = new Set(
  `aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet
  brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan
  darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen
  darkorange darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray darkslategrey
  darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite
  forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew
  hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue
  lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon
  lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime
  limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple
  mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue
  mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid
  palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum
  powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen
  seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal
  thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen
  transparent currentcolor`.split(/\s+/),
);

const HEX = /^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i;

const NUMBER = String.raw`(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:%|deg|grad|rad|turn)?|none)`;
/** Three numbers with commas or spaces between them, and perhaps an opacity. */
const FUNCTION = new RegExp(
  String.raw`^(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(\s*` +
    String.raw`${NUMBER}(?:(?:\s*,\s*|\s+)${NUMBER}){2}(?:\s*[,/]\s*${NUMBER})?\s*\)$`,
  "i",
);

/** A custom property, and perhaps the color to use where it isn't set. */
const VARIABLE = /^var\(\s*--(?:[-\w\u0080-\uffff]|\\.)+\s*(?:,(.*))?\)$/i;

/** Whether a text is a color in CSS: a name, "#f80", "rgb(255, 128, 0)" or "var(--mine)". */
export function isCssColor(text: string): boolean {
  if (NAMES.has(text.toLowerCase()) || HEX.test(text) || FUNCTION.test(text)) return true;
  const variable = VARIABLE.exec(text);
  if (variable === null) return false;
  const fallback = variable[1]?.trim() ?? "";
  return fallback === "" || isCssColor(fallback);
}
