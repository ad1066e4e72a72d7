// Package choice holds the decisions of a run, and their text.
//
// A [List] has the decisions of a run in their order: at decision 12 option 3, at decision 17 option 1, elsewhere option 0, which
// is the canonical one. Its text is short, can be printed, and can stand in a URL as it is:
//
//	12.3-17.1
package choice
