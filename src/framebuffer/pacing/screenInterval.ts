/** Seconds from one frame to the next on most screens: more frames are not aimed at. */
export const SCREEN_INTERVAL: number = 1 / 60;
