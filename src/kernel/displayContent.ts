import { DETAILS, encodeBundle, type MimeBundle } from "../widgets";

/** Returns the content of a message that shows a bundle. A display id makes it replaceable. */
export function displayContent(data: MimeBundle, displayId: string | undefined): object {
  const details = data[DETAILS];
  const id = displayId ?? details?.displayId;
  return {
    data: encodeBundle(data),
    metadata: details?.metadata ?? {},
    transient: id === undefined ? {} : { display_id: id },
  };
}
