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

// An outcome says what became of a message.
type outcome uint8

// The outcomes; the page knows them by these numbers.
const (
	received outcome = iota
	dropped
	gone
	underWay // when the run ended
)

// A message is one that was sent in the run, or a copy of it that a fault has made.
type message struct {
	sent, done int64 // ns since the start of the run; done has no meaning while it is under way
	id         int64
	src, dest  int // numbers in journal.parties; src is who wrote the message
	as         int // in whose name: the src of the envelope, and nearly always src
	kind       int // a number in journal.types
	outcome    outcome
	body       int // its place among the bodies
}

// A journal holds the messages of a run; their bodies it compresses as they come.
type journal struct {
	window   Options
	lines    record.Journal
	messages []message // Invariant: in the order of sent, after close
	total    int       // messages, those without a place included
	parties  *names
	types    *names
	last     time.Duration // the latest event
	full     bool          // there was no room for later events

	lostCopies int // copies without a place

	byID    map[int64]int // the first place of a message
	copies  bool          // there are any
	lengths []int         // of the bodies, as they are kept
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
	for _, id := range nodes { // those that never said anything, too
		j.parties.number([]byte(id))
	}
	j.zip, _ = gzip.NewWriterLevel(&j.bodies, gzip.BestSpeed) // the level exists
	return j
}

// read takes the events of a journal.
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

// settle notes how a message ended. One that has ended before was copied by a fault.
func (j *journal) settle(e record.Event, o outcome) {
	at, ok := j.byID[e.ID]
	if !ok {
		return // it was sent outside the window
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

// close ends the bodies and puts copies where they belong.
func (j *journal) close() error {
	if j.copies {
		slices.SortStableFunc(j.messages, func(a, b message) int { return cmp.Compare(a.sent, b.sent) })
	}
	j.byID = nil
	return j.zip.Close()
}

// A budget bounds the text that a page has, but leaves something of each.
type budget struct {
	left int
	cuts int // texts that were
}

const (
	longText  = 16 << 10 // bytes of any text
	shortText = 128      // once the budget is used up
)

// cut returns what is kept of a text of so many bytes, which may itself be only its beginning, and what is said of the rest.
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
