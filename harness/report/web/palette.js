// Palette gives every message type a colour, which is the same in all views. A reply has the colour of its request.

// of reads the colours that the style sheet gives an element, and assigns colours to the types. It must be called again when
// the colour scheme changes.
export function of(element, run) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue(name).trim();
  const hues = Array.from({length: 8}, (_, i) => get(`--hue-${i}`));
  return {
    text: get("--ink"), soft: get("--ink-soft"), line: get("--lane"), paper: get("--paper"),
    grid: get("--grid"), bad: get("--bad"), fault: get("--fault"), cursor: get("--cursor"),
    ok: get("--ok"), fail: get("--fail"), info: get("--info"), open: get("--open"), other: get("--hue-other"),
    hues, types: assign(run.types).map((hue) => hues[hue] ?? get("--hue-other")),
  };
}

// assign numbers the hues of the types in the order of their first messages.
function assign(types) {
  const taken = new Map();
  return types.map((type) => {
    const request = type.replace(/_ok$/, "");
    if (!taken.has(request)) taken.set(request, taken.size);
    return taken.get(request);
  });
}

// onChange calls f when the reader switches between light and dark.
export function onChange(f) {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", f);
}
