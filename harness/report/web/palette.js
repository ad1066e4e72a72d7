// Palette gives every message type a colour, the same in all views. A reply has the colour of its request.

const hues = 8; // --type-0 to --type-7 in style.css

// of reads the colours that the style sheet gives an element, and assigns those of the types. Read it again when the
// colour scheme changes.
export function of(element, run) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue(name).trim();
  const slots = assign(run.types);
  return {
    text: get("--ink"), soft: get("--ink-soft"), line: get("--lane"), paper: get("--paper"),
    bad: get("--bad"), fault: get("--fault"),
    types: slots.map((slot) => get(slot < hues ? `--type-${slot}` : "--type-other")),
    groups: Array.from({length: hues}, (_, i) => get(`--type-${i}`)),
  };
}

// assign gives each type the number of its hue, in the order of their first messages.
function assign(types) {
  const taken = new Map();
  return types.map((type) => {
    const request = type.replace(/_ok$/, "");
    if (!taken.has(request)) taken.set(request, taken.size);
    return taken.get(request);
  });
}

// onChange calls f when the reader changes between light and dark.
export function onChange(f) {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", f);
}
