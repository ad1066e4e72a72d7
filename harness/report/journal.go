package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
	"time"

	"glomers/harness/network"
	"glomers/harness/record"
)

// An outcome is the fate of a message.
type outcome uint8

// The page uses the same numbers for the outcomes.
const (
	received outcome = iota
	dropped
	gone
	underWay // when the run ended
)

// A message is a message that was sent in the run, or a copy of it that a fault made.
type message struct {
	sent, done int64 // ns since the start of the run; done has no meaning while it is under way
	id         int64
	src, dest  int // numbers in journal.parties; src is the actual sender
	as         int // the src of the envelope, which is nearly always the same as src
	kind       int // a number in journal.types
	outcome    outcome
	body       int // the position of its body
}

// A journal holds the messages of a run. It compresses their bodies as they come.
type journal struct {
	window   Options
	lines    record.Journal
	messages []message // Invariant: in the order of sent, after close
	total    int       // including messages that do not fit into the page
	parties  *names
	types    *names
	last     time.Duration // the time of the latest event
	full     bool          // later events were left out of the journal

	lostCopies int // copies that do not fit into the page

	byID    map[int64]int // the position of the first copy of a message
	copies  bool          // there are copies
	lengths []int         // of the bodies, as stored
	room    budget
	bodies  bytes.Buffer // gzip
	zip     *gzip.Writer
}

func newJournal(window Options, nodes []string) *journal {
	j := &journal{
		window:  window,
		parties: newNames(maxParties, "others"),
		types:   newNames(maxTypes, "others"),
		byID:    make(map[int64]int),
		room:    budget{left: maxText},
	}
	for _, id := range nodes { // including nodes that never sent or received a message
		j.parties.number([]byte(id))
	}
	j.zip = newZip(&j.bodies)
	return j
}

// read reads the events of a journal.
func (j *journal) read(r io.Reader) error {
	for e, err := range j.lines.Events(r) {
		if err == nil {
			err = j.add(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *journal) add(e record.Event) error {
	j.last = max(j.last, time.Duration(e.Time))
	switch string(e.Kind) {
	case network.Sent:
		return j.send(e)
	case network.Received:
		j.settle(e, received)
	case network.Dropped:
		j.settle(e, dropped)
	case network.Gone:
		j.settle(e, gone)
	case network.Full:
		j.full = true
	default:
		j.lines.Damaged++
	}
	return nil
}

func (j *journal) send(e record.Event) error {
	j.total++
	if !j.window.has(e.Time) || len(j.messages) == maxMessages {
		return nil
	}
	m := message{
		sent: e.Time, id: e.ID, src: j.parties.number(e.Src), dest: j.parties.number(e.Dest),
		kind: j.types.number(e.Type()), outcome: underWay, body: len(j.lengths),
	}
	m.as = m.src
	if e.Writer != nil {
		m.src = j.parties.number(e.Writer)
	}
	text, rest := j.room.cut(e.Body, e.Size)
	j.byID[e.ID] = len(j.messages)
	j.messages = append(j.messages, m)
	j.lengths = append(j.lengths, len(text)+len(rest))
	if _, err := j.zip.Write(text); err != nil {
		return fmt.Errorf("bodies: %w", err)
	}
	_, err := io.WriteString(j.zip, rest)
	return err
}

// settle records the outcome of a message. A message that already has an outcome was copied by a fault.
func (j *journal) settle(e record.Event, o outcome) {
	at, ok := j.byID[e.ID]
	if !ok {
		return // the message was sent outside the window
	}
	m := &j.messages[at]
	if m.outcome != underWay {
		if len(j.messages) == maxMessages {
			j.lostCopies++
			return
		}
		j.copies = true
		j.messages = append(j.messages, *m)
		m = &j.messages[len(j.messages)-1]
	}
	m.done, m.outcome = e.Time, o
}

// close ends the bodies and sorts the copies into their places.
func (j *journal) close() error {
	if j.copies {
		slices.SortStableFunc(j.messages, func(a, b message) int { return cmp.Compare(a.sent, b.sent) })
	}
	j.byID = nil
	err := j.zip.Close()
	zips.Put(j.zip)
	j.zip = nil
	return err
}

// A budget limits the text in a page, but leaves a part of every text.
type budget struct {
	left int
	cuts int // the number of texts that were cut
}

const (
	longText  = 16 << 10 // bytes of any text
	shortText = 128      // bytes of any text after the budget is used up
)

// cut returns the part of a text that is kept, and a remark about the rest. The whole text has size bytes; the argument text may
// be only its beginning.
func (b *budget) cut(text []byte, size int) (kept []byte, rest string) {
	limit := longText
	if b.left <= 0 {
		limit = shortText
	}
	if size <= limit {
		b.left -= size
		return text, ""
	}
	b.left -= limit
	b.cuts++
	return text[:min(limit, len(text))], fmt.Sprintf("… (%d bytes)", size)
}
