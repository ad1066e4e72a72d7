package record

import (
	"fmt"
	"time"

	"glomers/harness/network"
)

// A journalRoom bounds the journal. A run whose nodes send more than it has room for goes on, for the verdict comes from the history:
// a learner whose nodes send too much wants to know how much, and whether they work.
type journalRoom struct {
	limit, used int64
	full        bool
	since       time.Duration // when it got full
}

// take returns what goes into the journal for an event: its line, the mark that the journal ends here, or nothing after that.
func (j *journalRoom) take(line []byte, e network.Event) []byte {
	switch {
	case j.full:
		return nil
	case j.used+int64(len(line)) > j.limit:
		j.full, j.since = true, e.Time
		return fmt.Appendf(nil, `{"time":%d,"event":"%s","id":%d,"src":"","dest":"","body":{"limit":%d}}`+"\n", int64(e.Time), network.Full, e.ID, j.limit)
	}
	j.used += int64(len(line))
	return line
}

// JournalFull reports whether the journal had no room for all events, and since when.
func (w *Writer) JournalFull() (since time.Duration, full bool) { return w.room.since, w.room.full }
