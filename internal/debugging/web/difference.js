// Difference says what two states, or two executions, do not have in common.

const most = 1500; // lines that are compared; the time grows with the square

// lines compares two texts line by line. It returns [{text, change}], where change is "" for what both have, "-" for what only the first
// has, and "+" for what only the second has (a longest common subsequence).
export function lines(before, after) {
  if (before === after) return split(after).map((text) => ({text, change: ""}));
  const a = split(before), b = split(after);
  if (a.length > most || b.length > most) {
    return [...a.map((text) => ({text, change: "-"})), ...b.map((text) => ({text, change: "+"}))];
  }
  // common[i][j] is the length of the longest subsequence of a from i and b from j. The comma at the end of a line is no difference.
  const same = (i, j) => a[i].replace(/,$/, "") === b[j].replace(/,$/, "");
  const common = Array.from({length: a.length + 1}, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i][j] = same(i, j) ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const out = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(i, j)) {
      out.push({text: b[j], change: ""});
      i++;
      j++;
    } else if (j >= b.length || i < a.length && common[i + 1][j] >= common[i][j + 1]) {
      out.push({text: a[i++], change: "-"});
    } else {
      out.push({text: b[j++], change: "+"});
    }
  }
  return out;
}

// compact puts lists of numbers and short texts on one line.
export function compact(text) {
  return text.replace(/\[\n\s*([^[\]{}]{1,400}?)\n\s*\]/g, (_, list) => `[${list.replace(/\n\s*/g, " ")}]`);
}

function split(text) {
  return text === "" ? [] : text.split("\n");
}

// first returns the number of the first action in which two executions differ; -1 if they do not.
export function first(a, b) {
  const n = Math.max(a.length, b.length);
  for (let i = 0; i < n; i++) {
    if (a[i]?.text !== b[i]?.text) return i;
  }
  return -1;
}
