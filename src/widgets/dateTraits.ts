/**
 * Dates and times. A date is a JavaScript Date in the kernel, and an object of numbers on the wire,
 * as ipywidgets sends it.
 */
import * as checks from "../protocol/checks";
import { isRecord } from "./bufferPaths";
import { trait, type Trait } from "./traits";

/** A calendar day as an object. */
export interface DateValue {
  /** All its digits, such as 2026. */
  readonly year: number;
  /** 0 for January, as in JavaScript. */
  readonly month: number;
  /** Day of the month, from 1. */
  readonly date: number;
}

/** A time of day. */
export interface TimeValue {
  /** 0..23. */
  readonly hours: number;
  /** 0..59. */
  readonly minutes: number;
  /** 0..59. */
  readonly seconds: number;
  /** 0..999. */
  readonly milliseconds: number;
}

/** A day and a time as an object. */
export type DatetimeValue = DateValue & TimeValue;

/** What a time of day may be set to: "9:30", "09:30:15.250", or an object. */
export type TimeInput = string | (Pick<TimeValue, "hours" | "minutes"> & Partial<TimeValue>);

const DAY_RANGES = { year: [-271_821, 275_760], month: [0, 11], date: [1, 31] } as const;
const TIME_RANGES = {
  hours: [0, 23],
  minutes: [0, 59],
  seconds: [0, 59],
  milliseconds: [0, 999],
} as const;

type Ranges = Readonly<Record<string, readonly [min: number, max: number]>>;

/** "9:30", with seconds and their fraction if there are any. */
const TIME_TEXT = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/;

/** How a Date and the numbers on the wire correspond. */
interface Calendar {
  readonly ranges: Ranges;
  split(date: Date): Readonly<Record<string, number>>;
  join(parts: Readonly<Record<string, number>>): Date;
}

const LOCAL: Calendar = {
  ranges: { ...DAY_RANGES, ...TIME_RANGES },
  split: (date) => ({
    year: date.getFullYear(),
    month: date.getMonth(),
    date: date.getDate(),
    hours: date.getHours(),
    minutes: date.getMinutes(),
    seconds: date.getSeconds(),
    milliseconds: date.getMilliseconds(),
  }),
  join: ({ year = 0, month, date, hours, minutes, seconds, milliseconds }) => {
    // A constructor with numbers takes the years below 100 for those of the 20th century.
    const result = new Date(2000, 0, 1);
    result.setFullYear(year, month, date);
    result.setHours(hours ?? 0, minutes ?? 0, seconds ?? 0, milliseconds ?? 0);
    return result;
  },
};

const UTC: Calendar = {
  ranges: LOCAL.ranges,
  split: (date) => ({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    date: date.getUTCDate(),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
    milliseconds: date.getUTCMilliseconds(),
  }),
  join: ({ year = 0, month, date, hours = 0, minutes, seconds, milliseconds }) => {
    const result = new Date(0);
    result.setUTCFullYear(year, month, date);
    result.setUTCHours(hours, minutes, seconds, milliseconds);
    return result;
  },
};

/** The day alone: the Date is the day's first moment in the kernel's time zone. */
const DAY: Calendar = {
  ranges: DAY_RANGES,
  split: (date) => {
    const { year = 0, month = 0, date: day = 0 } = LOCAL.split(date);
    return { year, month, date: day };
  },
  join: (parts) => LOCAL.join(parts),
};

/** Checks an object of whole numbers. */
function readParts(value: unknown, name: string, ranges: Ranges): Record<string, number> {
  const names = Object.keys(ranges);
  if (!isRecord(value)) {
    const expected = `an object with ${names.join(", ")}`;
    throw new TypeError(checks.mismatch(name, { expected }, value));
  }
  const parts = names.map((key) => {
    const [min, max] = ranges[key] ?? [];
    return [key, checks.checkValue(`${name}.${key}`, value[key], checks.integer(min, max))];
  });
  return Object.fromEntries(parts) as Record<string, number>;
}

function dateTrait(calendar: Calendar): Trait<Date> {
  const fromJson = (value: unknown, name: string): Date => {
    const parts = readParts(value, name, calendar.ranges);
    const date = calendar.join(parts);
    if (calendar.split(date)["date"] === parts["date"]) return date;
    const expected = { expected: "a day of that month" };
    throw new RangeError(checks.mismatch(`${name}.date`, expected, parts["date"]));
  };
  const check = (value: unknown, name: string): Date => {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
      throw new TypeError(checks.mismatch(name, { expected: "a valid Date" }, value));
    }
    // A copy, which the user's own changes to the Date don't reach.
    return calendar.join(calendar.split(value));
  };
  return {
    ...trait(() => calendar.join({ year: 1900, month: 0, date: 1 }), check),
    fromUser: (value, name) => (isDateObject(value) ? fromJson(value, name) : value),
    fromJson,
    toJson: (date) => calendar.split(date),
  };
}

function isDateObject(value: unknown): boolean {
  return isRecord(value) && !(value instanceof Date);
}

/** A calendar day: a Date whose time is 0:00 in the kernel's time zone. */
export function date(): Trait<Date> {
  return dateTrait(DAY);
}

/** A moment. On the wire it is in UTC. */
export function datetime(): Trait<Date> {
  return dateTrait(UTC);
}

/** A day and a time without a time zone: those of a Date in the kernel's. */
export function naiveDatetime(): Trait<Date> {
  return dateTrait(LOCAL);
}

/** A time of day. */
export function time(): Trait<TimeValue> {
  const midnight: TimeValue = { hours: 0, minutes: 0, seconds: 0, milliseconds: 0 };
  const check = (value: unknown, name: string): TimeValue =>
    // readParts() returns a number for each of the ranges.
    Object.freeze(readParts(value, name, TIME_RANGES)) as object as TimeValue;
  return {
    ...trait(() => Object.freeze(midnight), check),
    fromUser: (value, name) => {
      if (typeof value === "string") return readTime(value, name);
      return isDateObject(value) ? { seconds: 0, milliseconds: 0, ...(value as object) } : value;
    },
  };
}

function readTime(text: string, name: string): TimeValue {
  const [, hours, minutes, seconds = 0, fraction = ""] = TIME_TEXT.exec(text) ?? [];
  if (hours === undefined) {
    const expected = { expected: 'a time such as "9:30" or "09:30:15.250"' };
    throw new RangeError(checks.mismatch(name, expected, text));
  }
  return {
    hours: Number(hours),
    minutes: Number(minutes),
    seconds: Number(seconds),
    milliseconds: Number(fraction.padEnd(3, "0")),
  };
}

/** Whether a value is a time of day. */
export function isTime(value: unknown): value is TimeValue {
  return isRecord(value) && Object.keys(TIME_RANGES).every((key) => Object.hasOwn(value, key));
}

/** Milliseconds since midnight. */
export function millisecondsOf({ hours, minutes, seconds, milliseconds }: TimeValue): number {
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}

/** A time of day as text, such as "09:30" or "09:30:15.250". */
export function timeText({ hours, minutes, seconds, milliseconds }: TimeValue): string {
  const [h, m, s] = [hours, minutes, seconds].map((part) => String(part).padStart(2, "0"));
  if (seconds === 0 && milliseconds === 0) return `${h}:${m}`;
  const fraction = milliseconds === 0 ? "" : `.${String(milliseconds).padStart(3, "0")}`;
  return `${h}:${m}:${s}${fraction}`;
}
