// Package record keeps the record of a run in a directory: it is the only code that writes it, and the way by which
// everything else reads it.
//
// A [Writer] writes test.json, the parameters and parties of the run, before the first node starts. It appends each
// operation to history.jsonl and each message to journal.jsonl as they happen, so that a run that was cut short has left what
// happened until then. Seal puts back what a node may have changed meanwhile.
//
// [Open] opens the directory of a run, also one of Maelstrom's or of an older version. These lack some of the facts. The
// guesses that take their place are in guesses.go, and nowhere else.
package record
