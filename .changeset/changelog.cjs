/**
 * The entry of a change in CHANGELOG.md: its text, without the commit's hash, which means nothing to a user.
 * @type {import("@changesets/types").ChangelogFunctions}
 */
module.exports = {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().replaceAll("\n", "\n  ")}`,
  // There are no other packages in this repository.
  getDependencyReleaseLine: async () => "",
};
