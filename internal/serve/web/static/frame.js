// Gives the keyboard to the page in the frame.
"use strict";

const frame = document.querySelector("iframe");
frame.addEventListener("load", () => frame.focus());
