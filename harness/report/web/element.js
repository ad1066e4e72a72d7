// element makes a DOM element from its properties and its children. Strings become text, never markup. Properties that begin
// with "aria-", and role, are set as attributes.
export function element(tag, properties = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role" || name.startsWith("aria-")) e.setAttribute(name, value);
    else e[name] = value;
  }
  e.append(...children);
  return e;
}

// facts makes a list of names with their values, which are texts or elements.
export function facts(pairs) {
  return element("dl", {}, ...pairs.flatMap(([name, what]) => [element("dt", {}, name), element("dd", {}, what)]));
}

// iconButton makes a button that shows one or two signs. The name describes it for readers who cannot see it.
export function iconButton(sign, name, onclick) {
  return element("button", {type: "button", textContent: sign, "aria-label": name, title: name, onclick});
}

// fitCanvas sizes a canvas, given in CSS pixels, for the screen's resolution. It returns the canvas's context, cleared and
// scaled to CSS pixels.
export function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

// strokeLine draws a line on a canvas.
export function strokeLine(c, x1, y1, x2, y2) {
  c.beginPath();
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
  c.stroke();
}

// everyFrame returns a function that schedules one call of f before the next frame, however often the function itself is
// called before.
export function everyFrame(f) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      f();
    });
  };
}
