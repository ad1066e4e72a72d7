package elle

import "strings"

// An Anomaly names a way in which a history contradicts the expected behaviour of a database.
type Anomaly string

// The anomalies that are not cycles. For cycles, see classes.
const (
	G1a            Anomaly = "G1a"                     // a read saw the write of a transaction that failed
	G1b            Anomaly = "G1b"                     // a read saw a write that its transaction overwrote itself
	Internal       Anomaly = "internal"                // a read contradicts earlier reads or writes of its own transaction
	LostUpdate     Anomaly = "lost-update"             // two transactions read one version of a key and both wrote the key
	CyclicVersions Anomaly = "cyclic-versions"         // the versions of a key cannot be put in an order
	EmptyGraph     Anomaly = "empty-transaction-graph" // nothing orders any two transactions, so nothing was tested

	// Of lists only.
	DirtyUpdate       Anomaly = "dirty-update"       // a transaction appended after the append of one that failed
	DuplicateElements Anomaly = "duplicate-elements" // a read saw an element twice
	FutureRead        Anomaly = "future-read"        // a read saw an element that its own transaction appended only later
	IncompatibleOrder Anomaly = "incompatible-order" // reads disagree about the order of elements
)

// implies returns the anomalies of which a is directly a special case. Some of them, such as G1 and G2, are never
// reported themselves; only models refer to them.
func (a Anomaly) implies() []Anomaly {
	base, variant := a.split()
	varies := wider[base].varies
	var all []Anomaly
	for _, w := range wider[base].anomalies {
		if varies {
			w += variant
		}
		all = append(all, w)
	}
	// A process is sequential, so an anomaly that contradicts the order of a process also contradicts real time.
	if varies && variant == "" {
		all = append(all, base+"-process")
	}
	if varies && variant == "-process" {
		all = append(all, base+"-realtime")
	}
	return all
}

// wider has, for each anomaly, the anomalies of which it is a special case, and whether it and they have variants.
var wider = map[Anomaly]struct {
	anomalies []Anomaly
	varies    bool
}{
	"G0":                 {[]Anomaly{"G1c"}, true},
	"G1c":                {[]Anomaly{"G1"}, true},
	"G-single-item":      {[]Anomaly{"G-single", "G-nonadjacent-item"}, true},
	"G-single":           {[]Anomaly{"G-nonadjacent"}, true},
	"G-nonadjacent-item": {[]Anomaly{"G-nonadjacent", "G2-item"}, true},
	"G-nonadjacent":      {[]Anomaly{"G2"}, true},
	"G2-item":            {[]Anomaly{"G2"}, true},
	"G1":                 {nil, true},
	"G2":                 {nil, true},
	G1a:                  {[]Anomaly{"G1"}, false},
	G1b:                  {[]Anomaly{"G1"}, false},
	LostUpdate:           {[]Anomaly{"G2-item"}, false},
	IncompatibleOrder:    {[]Anomaly{G1a}, false},
	DirtyUpdate:          {[]Anomaly{G1a}, false},
	FutureRead:           {[]Anomaly{"G1c"}, false},
}

// split cuts off "-process" or "-realtime".
func (a Anomaly) split() (base, variant Anomaly) {
	for _, v := range []string{"-process", "-realtime"} {
		if b, ok := strings.CutSuffix(string(a), v); ok {
			return Anomaly(b), Anomaly(v)
		}
	}
	return a, ""
}

// allImplied returns a and all anomalies of which it is a special case, directly or not.
func (a Anomaly) allImplied() map[Anomaly]bool { return closure([]Anomaly{a}, Anomaly.implies) }
