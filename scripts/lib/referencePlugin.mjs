/** A plugin of TypeDoc: what the reference shows, and what it leaves out. */
import {
  Comment,
  CommentTag,
  Converter,
  DeclarationReflection,
  LiteralType,
  ReferenceType,
  ReflectionFlag,
  ReflectionKind,
  UnionType,
} from "typedoc";
import { MarkdownPageEvent } from "typedoc-plugin-markdown";

/** The modules, by the files of lib/ that declare them: what users import. */
const MODULES = new Map([
  ["kernel", "jupyter-rfb-ts"],
  ["server", "jupyter-rfb-ts/server"],
  ["client", "jupyter-rfb-ts/client"],
  ["client/element", "jupyter-rfb-ts/element"],
  ["client/react", "jupyter-rfb-ts/react"],
]);

/** Members that are not for users: internal methods have symbols as keys, internal traits an underscore. */
const INTERNAL = /^(?:_|\[(?!(?:iterator|asyncIterator|dispose|asyncDispose)\]))/;

/** A class that widgets extend without a name that users know. */
const UNNAMED = /(?:Base|_base)\./;

const MEMBERS_OF = ReflectionKind.ClassOrInterface | ReflectionKind.TypeLiteral;

const CLASSES = "Widget classes";
const TYPES = "Widget types";

/** @param {import("typedoc").Application} app */
export function load(app) {
  // After the plugin that finds what is inherited, and before the one that makes groups.
  app.converter.on(Converter.EVENT_RESOLVE_END, reshape, -50);
  app.renderer.on(MarkdownPageEvent.END, fixAnchors);
}

/** VitePress's anchors have no "_". The theme's plugin forgets links to other folders.
 * @param {import("typedoc").PageEvent} page */
function fixAnchors(page) {
  if (page.contents === undefined) return;
  page.contents = page.contents.replace(
    /(\]\([^)\s#]*#)([\w-]+)\)/g,
    (_, link, anchor) => `${link}${anchor.replaceAll("_", "-")})`,
  );
}

/** @param {import("typedoc").Context} context */
function reshape(context) {
  const { project } = context;
  for (const reflection of Object.values(project.reflections)) {
    if (!(reflection instanceof DeclarationReflection)) continue;
    if (reflection.kindOf(ReflectionKind.SomeModule)) {
      reflection.name = MODULES.get(reflection.name) ?? reflection.name;
    } else if (isLeftOut(reflection)) project.removeReflection(reflection);
    else {
      expandNames(reflection, context);
      hideUnnamedBase(reflection);
      showAsProperty(reflection);
      group(reflection);
    }
  }
  for (const widget of project.getReflectionsByKind(ReflectionKind.Class)) {
    if (widget instanceof DeclarationReflection) linkBase(widget, project);
  }
}

/** @param {import("typedoc").DeclarationReflection} reflection */
function isLeftOut(reflection) {
  const { name, parent } = reflection;
  if (isGenerated(reflection)) return name.endsWith("Traits");
  return parent?.kindOf(MEMBERS_OF) === true && INTERNAL.test(name);
}

/** Shows the values of a type such as `(typeof CODEC_CHOICES)[number]`.
 * @param {import("typedoc").DeclarationReflection} alias
 * @param {import("typedoc").Context} context */
function expandNames(alias, context) {
  if (!alias.kindOf(ReflectionKind.TypeAlias) || alias.type?.type !== "indexedAccess") return;
  const declaration = context.getSymbolFromReflection(alias)?.declarations?.[0];
  if (declaration === undefined) return;
  for (const program of context.programs) {
    if (program.getSourceFile(declaration.getSourceFile().fileName) === undefined) continue;
    context.setActiveProgram(program);
    const values = program.getTypeChecker().getTypeAtLocation(declaration);
    const literals = values.isUnion() ? values.types : [values];
    if (!literals.every((literal) => literal.isStringLiteral())) continue;
    alias.type = new UnionType(literals.map(({ value }) => new LiteralType(value)));
    context.setActiveProgram(undefined);
  }
}

/** Most widgets extend a class that has no name of its own: nothing is said to come from there.
 * @param {import("typedoc").DeclarationReflection} reflection */
function hideUnnamedBase(reflection) {
  for (const each of [reflection, ...reflection.getNonIndexSignatures()]) {
    if (UNNAMED.test(each.inheritedFrom?.name ?? "")) delete each.inheritedFrom;
    if (UNNAMED.test(each.overwrites?.name ?? "")) delete each.overwrites;
  }
}

/** Names the public class above a class, on whose page a core widget's inherited members stand.
 * @param {import("typedoc").DeclarationReflection} shown
 * @param {import("typedoc").ProjectReflection} project */
function linkBase(shown, project) {
  if (!UNNAMED.test(`${shown.typeHierarchy?.types.join()}.`)) return;
  delete shown.typeHierarchy;
  const name = shown.getChildByName(["layout"]) === undefined ? "Widget" : "DOMWidget";
  const base = project
    .getReflectionsByKind(ReflectionKind.Class)
    .find((other) => other.name === name);
  if (!(base instanceof DeclarationReflection) || !shown.getChildByName(["model_id"])) return;
  const inherited = new Set(base.children?.map((member) => member.name));
  for (const member of isWidgetFile(shown) ? [...(shown.children ?? [])] : []) {
    if (inherited.has(member.name) && member.name !== "constructor") {
      project.removeReflection(member);
    }
  }
  const link = ReferenceType.createResolvedReference(name, base, project);
  const self = ReferenceType.createResolvedReference(shown.name, shown, project);
  shown.typeHierarchy = { types: [link], next: { types: [self], isTarget: true } };
}

/**
 * A trait is a property to its users, though it is a getter and a setter. Where the setter takes
 * more than the getter gives, both are shown, with the one comment.
 *
 * @param {import("typedoc").DeclarationReflection} reflection
 */
function showAsProperty(reflection) {
  const { getSignature, setSignature } = reflection;
  if (getSignature?.type === undefined) return;
  const written = setSignature?.parameters?.[0]?.type;
  if (setSignature === undefined || String(written) === String(getSignature.type)) {
    reflection.kind = ReflectionKind.Property;
    reflection.type = getSignature.type;
    const { comment, inheritedFrom } = getSignature;
    if (comment !== undefined) reflection.comment ??= comment;
    if (inheritedFrom !== undefined) reflection.inheritedFrom ??= inheritedFrom;
    reflection.setFlag(ReflectionFlag.Readonly, setSignature === undefined);
    delete reflection.getSignature;
    delete reflection.setSignature;
  } else if (getSignature.comment !== undefined) {
    setSignature.comment ??= new Comment(getSignature.comment.summary);
  }
}

/** Lists the core widgets and their types apart from what this library is about.
 * @param {import("typedoc").DeclarationReflection} reflection */
function group(reflection) {
  if (!reflection.parent?.kindOf(ReflectionKind.SomeModule) || !isWidgetFile(reflection)) return;
  const name = reflection.kindOf(ReflectionKind.Class) ? CLASSES : TYPES;
  reflection.comment?.blockTags.push(new CommentTag("@group", [{ kind: "text", text: name }]));
}

/** The file that declares something, relative to the repository.
 * @param {import("typedoc").Reflection} reflection */
function fileOf(reflection) {
  return reflection.project.getSymbolIdFromReflection(reflection)?.packagePath ?? "";
}

/** @param {import("typedoc").Reflection} reflection */
const isGenerated = (reflection) => fileOf(reflection).includes("/widgets/generated/");

/** @param {import("typedoc").Reflection} reflection */
const isWidgetFile = (reflection) => /\/widgets\/(?:generated|controls)\//.test(fileOf(reflection));
