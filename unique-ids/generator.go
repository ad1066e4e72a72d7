package main

import (
	"fmt"
	"time"
)

// An id has 63 bits, so it is a positive int64:
//
//	start of the process, ms since the epoch | counter | node index
//	              41 bits                    | 12 bits |  10 bits
//
// The counter may overflow into the start: ids then look as if the process had started later, by a millisecond for each 4096 ids.
// That does no harm as long as the process lives for longer than that, for its successor then starts later still.
const (
	indexBits   = 10
	counterBits = 12
	startBits   = 41

	maxNodes = 1 << indexBits
	maxStart = 1<<startBits - 1 // in September 2069
)

// epoch is the instant from which starts are counted. The virtual time of testing/synctest begins at the same instant, so
// generators work there, too.
var epoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// A generator yields ids, each larger than the one before. No two generators yield the same id if
// those of one node follow each other, as its processes do, and for each of them
//   - its start is a later millisecond than its predecessor's, and
//   - the predecessor yielded at most 4096 ids for each millisecond between the two starts.
//
// The first holds if the node's clock is not set back between processes, see waitPast; the
// second, because no machine gives out four million ids a second for long.
//
// It is not safe for concurrent use.
type generator struct {
	index   int64
	counter int64 // start and counter of the next id
}

// newGenerator returns the generator of the node with that index, from 0, whose process started at the millisecond of start. The
// clock must have passed that millisecond before the first id is used.
func newGenerator(start time.Time, index int) (*generator, error) {
	if index < 0 || index >= maxNodes {
		return nil, fmt.Errorf("unique-ids: node index %d: want 0 to %d", index, maxNodes-1)
	}
	ms := sinceEpoch(start)
	if ms < 0 || ms > maxStart {
		return nil, fmt.Errorf("unique-ids: the clock says %v, which ids have no room for", start.UTC())
	}
	return &generator{index: int64(index), counter: ms << counterBits}, nil
}

// next returns a new id.
func (g *generator) next() int64 {
	id := g.counter<<indexBits | g.index
	g.counter++
	return id
}

// sinceEpoch returns the whole milliseconds from the epoch to t.
func sinceEpoch(t time.Time) int64 { return t.UnixMilli() - epoch.UnixMilli() }
