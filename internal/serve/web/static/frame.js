// Gives the keyboard to the page in the frame, which may have loaded before this.

const frame = document.querySelector("iframe");
frame.addEventListener("load", () => frame.focus());
frame.focus();
