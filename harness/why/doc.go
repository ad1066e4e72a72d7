// Package why explains violations: not only that a value is missing, but who had it, who it was sent to, which of these messages was
// lost, and what would have had to happen afterwards and did not.
//
// An explanation is made from what was recorded alone: the history, the journal of the network, the faults, and the findings of the
// checker. It never guesses what is inside a node, so each sentence of it can be looked up in the report of the run.
//
// [Explain] has an explainer for each workload (cause.go lists them). An explainer describes each violation as a [Cause]: a headline, a
// story of steps in the order of time, and a conclusion. Violations with the same cause are told once, with the number of their victims.
//
// Nodes speak protocols of their own, so values are looked for anywhere in messages (carries.go). As small numbers are everywhere, what
// the run shows elsewhere decides which places count: a place holds elements of a set if its senders could have had them (slot.go), messages of a
// log if they were sent to it (logslots.go), and the total of a counter if it is what had been added by then (numbersin.go, totals.go).
package why
