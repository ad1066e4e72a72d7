// Package why explains violations: not only that a value is missing, but who had it, who it was sent to, which of these messages was
// lost, and what would have had to happen afterwards and did not.
//
// An explanation is made from what was recorded alone: the history, the journal of the network, the faults, and the findings of the
// checker. It never guesses what is inside a node, so each sentence of it can be looked up in the report of the run.
//
// [Explain] has an explainer for each workload, one file each. An explainer describes each violation as a [Cause]: a headline, a story of
// steps in the order of time, and a conclusion. Violations with the same cause are told once, with the number of their victims.
package why
