/** Walks up the tree of a page. */

/** An element and the elements around it, also those outside its shadow roots. */
export function* withAncestors(element: Element): Generator<Element> {
  let one: Element | null | undefined = element;
  while (one) {
    yield one;
    one = one.assignedSlot ?? one.parentElement ?? hostOf(one);
  }
}

/** The element whose shadow root contains an element; undefined outside of shadow roots. */
function hostOf(element: Element): Element | undefined {
  return (element.getRootNode() as Partial<ShadowRoot>).host;
}
