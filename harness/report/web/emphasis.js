// Emphasis is the degree to which a message is emphasized.
export const Emphasis = Object.freeze({none: 0, some: 1, full: 2});
