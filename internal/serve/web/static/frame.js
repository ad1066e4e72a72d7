// Shows a page in the frame at the place that our address names, and gives the keyboard to the frame.

const frame = document.querySelector("iframe");
let shown, loading = true;
const go = () => {
  shown = location.hash;
  frame.src = frame.dataset.src + shown;
};
go();
// A browser may forget that a frame's address changes while the frame is loading. So it has none before go, and a change waits.
window.addEventListener("hashchange", () => {
  if (!loading) go();
});
frame.addEventListener("load", () => {
  loading = false;
  if (location.hash !== shown) go();
  frame.focus();
});
