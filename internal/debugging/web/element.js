// element makes a DOM element from its properties and its children. Strings become text, never markup. Properties that begin
// with "aria-", and role, are set as attributes.
export function element(tag, properties = {}, ...children) {
  const e = document.createElement(tag);
  set(e, properties);
  e.append(...children);
  return e;
}

// drawn makes an element of a picture from its attributes and its children.
export function drawn(tag, attributes = {}, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") e.addEventListener("click", value);
    else e.setAttribute(name, value);
  }
  e.append(...children);
  return e;
}

function set(e, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "role" || name.startsWith("aria-") || name.startsWith("data-")) e.setAttribute(name, value);
    else e[name] = value;
  }
}

// button makes a button. It keeps the focus when the page is drawn anew, by its key.
export function button(key, name, text, onclick, properties = {}) {
  return element("button", {type: "button", "data-key": key, "aria-label": name, title: name, onclick, ...properties}, text);
}
