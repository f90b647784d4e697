/** The programs of the notebooks that run in a page, by name. */
declare module "virtual:live-examples" {
  export const programs: Readonly<
    Record<string, () => Promise<{ readonly run: (timers: object) => Promise<unknown> }>>
  >;
}
