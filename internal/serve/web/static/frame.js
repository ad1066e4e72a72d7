// Gives the keyboard to the page in the frame, which may have loaded before this, and takes it to the place that our address names.

const frame = document.querySelector("iframe");
const go = () => {
  if (location.hash) frame.src = frame.src.replace(/#.*$/, "") + location.hash;
};
go();
window.addEventListener("hashchange", go);
frame.addEventListener("load", () => frame.focus());
frame.focus();
