package export

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/record"
)

// shiviz writes two lines for each event: what it is, and the party with its vector clock (Fidge 1988, Mattern 1989). ShiViz's default expression,
// (?<event>.*)\n(?<host>\S*) (?<clock>{.*}), reads them. An event is that a party sends or receives a message; so what is lost has no second event.
type shiviz struct {
	w      *writer
	clocks map[string]map[string]int
	sent   map[int64]map[string]int // the clocks that messages under way carry, by id
}

func newShiViz(w *writer) format {
	return &shiviz{w: w, clocks: make(map[string]map[string]int), sent: make(map[int64]map[string]int)}
}

func (s *shiviz) begin(record.Meta)    {}
func (s *shiviz) operation(operation)  {}
func (s *shiviz) fault(*history.Fault) {}
func (s *shiviz) end(time.Duration)    {}

func (s *shiviz) event(e record.Event) {
	src, dest := host(e.Src), host(e.Dest)
	switch string(e.Kind) {
	case network.Sent:
		s.sent[e.ID] = s.happens(src, nil, "send "+oneLine(nameOf(e))+" to "+dest+", message "+strconv.FormatInt(e.ID, 10))
	case network.Received: // without a clock if it is a copy, or was sent before the part that is exported
		s.happens(dest, s.sent[e.ID], "receive "+oneLine(nameOf(e))+" from "+src+", message "+strconv.FormatInt(e.ID, 10))
		delete(s.sent, e.ID)
	default:
		delete(s.sent, e.ID)
	}
}

// happens writes an event at a party, to which a message with a clock may have come, and returns the party's clock, which nobody changes.
func (s *shiviz) happens(at string, came map[string]int, text string) map[string]int {
	clock := make(map[string]int, len(s.clocks[at])+1)
	for party, n := range s.clocks[at] {
		clock[party] = n
	}
	for party, n := range came {
		clock[party] = max(clock[party], n)
	}
	clock[at]++
	s.clocks[at] = clock
	names, _ := json.Marshal(clock) // cannot fail: it sorts the names
	s.w.text("%s\n%s %s\n", text, at, names)
	return clock
}

// host returns an id as a word of the format.
func host(id []byte) string {
	name := oneLine(string(id))
	if name == "" || strings.ContainsAny(name, " \t") {
		return strings.ReplaceAll(strconv.QuoteToASCII(name), " ", "_")
	}
	return name
}

// oneLine returns a text that has no line breaks or other control characters.
func oneLine(text string) string {
	quoted := strconv.QuoteToGraphic(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
