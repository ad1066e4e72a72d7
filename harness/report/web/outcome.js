// Outcome names the values of run.messages.outcome.
export const Outcome = Object.freeze({
  received: 0, lost: 1, gone: 2, underWay: 3,
  wasLost: (outcome) => outcome === 1 || outcome === 2,
  names: Object.freeze(["received", "lost on the way", "its receiver had gone", "still under way at the end"]),
});
