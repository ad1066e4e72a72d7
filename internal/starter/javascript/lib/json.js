// JSON with integers of any size. Those that a number does not hold exactly,
// beyond 2^53, are BigInts.

const LARGE = /\d{16}/;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/;
const COLON = /([ \t\r\n]*:)?/; // after a key
const TOKENS = new RegExp(
  `(?:${STRING.source}|${NUMBER.source})${COLON.source}`,
  "g",
);

/**
 * Returns the value that a text of JSON stands for. Throws SyntaxError if it is
 * not JSON.
 */
export function parse(text) {
  if (!LARGE.test(text)) return JSON.parse(text);
  // JSON.parse would round large integers. So it gets them as strings, and an
  // "i" marks them; an "s" marks other strings.
  const marked = text.replace(TOKENS, (token, fraction, exponent, colon) => {
    if (colon || fraction || exponent) return token;
    if (token.startsWith('"')) return `"s${token.slice(1)}`;
    return Number.isSafeInteger(Number(token)) ? token : `"i${token}"`;
  });
  return JSON.parse(marked, (_, value) => {
    if (typeof value !== "string") return value;
    return value.startsWith("i") ? BigInt(value.slice(1)) : value.slice(1);
  });
}

/** Returns the JSON of a value, in one line. */
export function stringify(value) {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) {
    return `[${value.map((item) => stringify(item) ?? "null").join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(
    ([, field]) => field !== undefined,
  );
  const pairs = fields.map(([k, v]) => `${JSON.stringify(k)}:${stringify(v)}`);
  return `{${pairs.join(",")}}`;
}

/** Says whether a value is an integer. */
export function isInteger(value) {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}
