// Emphasis is how much a message stands out.
export const Emphasis = Object.freeze({none: 0, some: 1, full: 2});
