package workload

import (
	"encoding/json"
	"slices"
	"strings"

	"glomers/harness/check/elle"
	"glomers/harness/history"
)

// txnFlags returns the flags of both workloads of transactions.
func txnFlags() []Flag {
	return append(keyFlags(),
		Flag{
			Name: "max-txn-length", Argument: "n", Default: "4", About: "micro-operations of a transaction",
			Set: whole(func(o *Options) *int { return &o.MaxTxnLength }),
		},
		Flag{
			Name: "consistency-models", Argument: "names", Default: string(elle.StrongSerializable), Words: elle.ModelNames(), Judges: true,
			About: "what transactions must satisfy: models of Elle, with commas between them",
			Set: func(o *Options, text string) error {
				o.ConsistencyModels = nil
				for name := range strings.SplitSeq(text, ",") {
					name = strings.TrimSpace(name)
					if _, err := elle.ParseModel(name); err != nil {
						return err
					}
					o.ConsistencyModels = append(o.ConsistencyModels, name)
				}
				return nil
			},
		},
		Flag{
			Name: "strict", Judges: true,
			About: "let what Maelstrom does not look at in transactions count, too: warnings, and the level that was decided completely",
			Set:   func(o *Options, text string) error { o.Strict = text == "true"; return nil },
		})
}

// writesSome reports whether a micro-operation of the history has the function f, given as JSON.
func writesSome(h []history.Op, f string) bool {
	return slices.ContainsFunc(h, func(op history.Op) bool {
		var txn [][]json.RawMessage
		if op.F != "txn" || json.Unmarshal(op.Value, &txn) != nil {
			return false // not a transaction
		}
		return slices.ContainsFunc(txn, func(m []json.RawMessage) bool { return len(m) == 3 && string(m[0]) == f })
	})
}

func txnFigures() []Figure {
	return []Figure{
		{"workload/valid", "", `false if there is an anomaly that the consistency models forbid; otherwise "unknown" if a part could not be judged`},
		{"workload/consistency-models", "", "the models that were asked for"},
		{"workload/anomaly-types", "", "the anomalies found that they forbid"},
		{"workload/anomaly-counts/*", "", "how many of each; of cycles at most one for each component of the graph of transactions"},
		{"workload/anomalies", "", "the first eight of each, with the operations and an explanation"},
		{"workload/tolerated", "", "the anomalies found that the models allow"},
		{"workload/not", "", "the weakest models that the history contradicts"},
		{"workload/also-not", "", "the stronger ones that fall with them"},
		{"workload/unclear", "", "what kept a part of the history from being judged"},
		{"workload/warnings", "", "what Maelstrom does not look at, such as nodes that never show each other's writes; it counts under --strict. In registers, incomplete counts always: an acknowledged transaction has not as many micro-operations as its request (if it has none, Maelstrom finds it valid)"},
		{"workload/decided", "", "of txn-rw-register: for the levels read-uncommitted, read-committed, read-atomic and causal, whether there is an order of all transactions that explains every read; the violation of the weakest level that has none; what keeps one undecided; the level required by the consistency models, which counts under --strict, and whether that made the history invalid (error)"},
		{"workload/replication-delay/at-most/*", "ms", "from the acknowledgement of a write to the end of the first read on another node that showed it, or a later one that the node had not written itself: the write was there by then; 0 if it was shown before. Only pairs that were shown count; missing if there are none"},
		{"workload/replication-delay/at-least/*", "ms", "the same, to the beginning of the last read that did not show it; 0 if there was none"},
		{"workload/replication-delay/shown", "", "pairs of a write and another node that showed it; 0 means that no write of one node was ever shown by another"},
		{"workload/replication-delay/unshown", "", "pairs of a write and another node that read its key later, but never showed it, nor replaced it by a write of its own"},
	}
}
