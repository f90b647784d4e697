/** The headings of Keep a Changelog for those that changesets writes.
 * @type {readonly (readonly [string, string])[]} */
const headings = [
  ["### Major Changes", "### Changed"],
  ["### Minor Changes", "### Added"],
  ["### Patch Changes", "### Fixed"],
];

/**
 * Gives the release that `changeset version` added to a changelog the form of the older ones: below the introduction, with a date.
 * @param {string} before the changelog without the release
 * @param {string} after the changelog as `changeset version` left it: the release comes right after the title
 * @param {string} version of the release
 * @param {string} date of the release, as 2026-01-31
 * @returns {string}
 * @throws Error when the release is not there, or anything else has changed */
export function placeRelease(before, after, version, date) {
  const [title = ""] = before.split("\n", 1);
  const start = `${title}\n\n## ${version}\n\n`;
  const end = before.slice(title.length);
  if (!after.startsWith(start) || !after.endsWith(end)) {
    throw new Error(`CHANGELOG.md: expected only "## ${version}" to be new, below "${title}"`);
  }
  let entries = after.slice(start.length, after.length - end.length).trim();
  for (const [theirs, ours] of headings) entries = entries.replace(theirs, ours);
  const older = before.search(/^## /m);
  return `${before.slice(0, older)}## [${version}] - ${date}\n\n${entries}\n\n${before.slice(older)}`;
}
