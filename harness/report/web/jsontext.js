// JSONText formats JSON text over several lines. It does not parse the text, so that integers above 2^53 keep their digits;
// text that is not JSON becomes readable, too.

const text = /"(?:[^"\\]|\\.)*"?/ys;
const flat = /\[(?:[^[\]{}"]|"(?:[^"\\]|\\.)*")*\]|\{\s*\}/ys; // an array of scalars, or an empty object

// indent returns the text with a line for each member; an array of scalars stays on one line.
export function indent(json) {
  let out = "", depth = 0;
  const line = () => "\n" + "  ".repeat(Math.max(0, depth));
  const take = (pattern, i) => {
    pattern.lastIndex = i;
    return pattern.exec(json)?.[0];
  };
  for (let i = 0; i < json.length;) {
    const c = json[i];
    const whole = take(text, i) || take(flat, i);
    i += whole ? whole.length : 1;
    if (whole) {
      out += whole;
    } else if (c === "{" || c === "[") {
      depth++;
      out += c + line();
    } else if (c === "}" || c === "]") {
      depth--;
      out += line() + c;
    } else if (c === ",") {
      out += c + line();
    } else if (c === ":") {
      out += ": ";
    } else if (c.trim() !== "") {
      out += c;
    }
  }
  return out;
}
