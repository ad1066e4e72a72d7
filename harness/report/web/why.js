import * as Anchors from "./anchors.js";
import {element} from "./element.js";
import * as Format from "./format.js";

// Why explains the violations: for each cause its story, a picture of the story, and the conclusion. Steps lead to their message or operation.

const open = 3; // the first causes are open, the others folded

export function mount(section, run) {
  if (run.causes.length === 0) return;
  section.append(element("h2", {}, "Why"), ...run.causes.map((cause, i) => explanation(cause, i)));
}

function explanation(cause, i) {
  const steps = cause.story || [];
  const story = element("ol", {className: "story"}, ...steps.map(step));
  const body = element("div", {className: "told"}, story);
  if (cause.svg) {
    body.append(element("img", {src: `data:image/svg+xml,${encodeURIComponent(cause.svg)}`, alt: cause.about}));
  }
  const details = element("details", {className: "cause", id: `why${i + 1}`, open: i < open},
    element("summary", {}, element("h3", {}, cause.headline)), body,
    element("p", {className: "so"}, element("strong", {}, "So: "), cause.so));
  if (cause.others) details.append(element("p", {className: "also"}, element("strong", {}, "Also: "), cause.others));
  return details;
}

// step is a line of a story. Its time leads to its message or operation.
function step(s) {
  const time = Format.time(s["at-ns"]), anchor = Anchors.of(s);
  return element("li", {className: s.lost ? "lost" : ""},
    anchor ? element("a", {href: `#${anchor}`, title: Anchors.title(s)}, time) : element("span", {className: "soft"}, time), " ", s.text);
}
