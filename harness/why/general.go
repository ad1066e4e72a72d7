package why

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/internal/wording"
)

// general explains, for every workload, the operations that did not succeed: all of them if that was not to be, those of functions that
// never succeeded, and those whose reply was malformed.
func general(r *Run) []Cause {
	var causes []Cause
	told := make(map[[2]string]bool) // by kind and pattern
	for i, inv := range r.Ops {
		if inv.Process == history.Nemesis || inv.Type != history.Invoke {
			continue
		}
		done, ended := r.Completion(i)
		name, parts := failure(done)
		crashed := ended && done.Type == history.Info && len(done.Error) == 0 // on purpose
		if done.Type == history.OK || crashed {
			continue
		}
		dead := r.Found.Stats.Verdict() != check.Valid && r.Found.Stats.ByF[inv.F].Valid != check.Valid
		if !dead && r.Found.Availability.Verdict() == check.Valid && name != check.Malformed {
			continue
		}
		c := r.unsuccessful(inv, done, name, parts, dead)
		if kind := [2]string{c.Kind, c.Pattern}; told[kind] {
			c = Cause{Kind: c.Kind, Pattern: c.Pattern} // it only counts: there may be many
		} else {
			told[kind] = true
		}
		causes = append(causes, c)
	}
	return causes
}

func pattern(f, name string, parts []string) string {
	if name == check.Malformed && len(parts) > 0 {
		name += " " + parts[0]
	}
	return f + " " + name
}

// failure takes the Error of a completion apart: a name, alone or with details.
func failure(done history.Op) (name string, parts []string) {
	if json.Unmarshal(done.Error, &name) == nil {
		return name, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(done.Error, &list) != nil || len(list) == 0 {
		return "", nil
	}
	for i, raw := range list {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		if i == 0 {
			name = text
		} else {
			parts = append(parts, text)
		}
	}
	return name, parts
}

// unsuccessful explains an operation without an ok. The name and the parts are those of its error.
func (r *Run) unsuccessful(inv, done history.Op, name string, parts []string, dead bool) Cause {
	c := Cause{Pattern: pattern(inv.F, name, parts)}
	request := r.request(inv)
	ask := fmt.Sprintf("%s asks %s: %s", client(inv), inv.Node, asked(inv, request))
	c.Story = []Step{r.asks(inv, ask)}
	var reply *Sent
	if request != nil {
		reply = r.answer(request)
	}
	switch {
	case name == check.Malformed && len(parts) > 1:
		wantType, problem, _ := strings.Cut(parts[0], ": ")
		c.Kind = "malformed"
		c.Headline = fmt.Sprintf("the reply to %s is malformed: %s", inv.F, problem)
		text := fmt.Sprintf("%s replies %s", inv.Node, wording.ClipCounted(parts[1], 200))
		if reply != nil {
			c.Story = append(c.Story, passes(reply, text))
		} else {
			c.Story = append(c.Story, note(done.Time, inv.Node, text))
		}
		c.So = fmt.Sprintf("%s sends a reply of another form than the workload's protocol has (%s: %s), and a client does not take that for an answer", inv.Node, wantType, problem)
	case done.Type == "" || name == "net-timeout" || name == "client-error":
		r.unanswered(&c, inv, done, request, reply)
	default:
		c.Kind = "refused"
		text := name
		if len(parts) > 0 && parts[0] != "" {
			text += ", " + wording.Clip(parts[0], 120)
		}
		c.Headline = fmt.Sprintf("%s does not carry out %s: %s", inv.Node, inv.F, name)
		if reply != nil {
			c.Story = append(c.Story, passes(reply, fmt.Sprintf("%s replies with an error: %s", inv.Node, quoted(reply.Body))))
		} else {
			c.Story = append(c.Story, note(done.Time, inv.Node, fmt.Sprintf("%s replies with an error: %s", inv.Node, text)))
		}
		c.So = fmt.Sprintf("%s answered with the error %s, which is no success", inv.Node, text)
	}
	if dead {
		c.So += fmt.Sprintf("; no %s succeeded in the whole run", inv.F)
	}
	return c
}

// asked quotes a request as it was sent or, if the journal does not have it, as the history has it.
func asked(inv history.Op, request *Sent) string {
	if request != nil {
		return quoted(request.Body)
	}
	return inv.F + " " + quoted(inv.Value)
}

// unanswered completes the cause of an operation that got no reply in time.
func (r *Run) unanswered(c *Cause, inv, done history.Op, request, reply *Sent) {
	end, node := r.End, inv.Node
	if done.Type != "" {
		end = done.Time
		c.Story = append(c.Story, note(end, "", fmt.Sprintf("the client stops waiting, after %s", wording.Duration(time.Duration(end-inv.Time)))))
	}
	c.Kind, c.Headline = "unanswered", fmt.Sprintf("%s does not answer %s", node, inv.F)
	if request == nil {
		c.Pattern += " no request"
		c.So = "the journal does not have the request" + r.unlessWhole()
		return
	}
	at, arrived := request.Arrival()
	if !arrived {
		c.Pattern += " lost"
		c.So = fmt.Sprintf("the request never reached %s", node)
		return
	}
	for _, kind := range []string{"kill", "pause"} {
		if fs := r.hit(kind, node, inv.Time, end); len(fs) > 0 {
			c.Pattern += " " + kind
			c.Story = inOrder(append(c.Story, begins(fs[0], fmt.Sprintf("%s hits %s, until %s", kind, node, seconds(fs[0].End)))))
			c.So = fmt.Sprintf("%s was hit by %s while the client waited", node, kind)
			return
		}
	}
	if reply != nil {
		c.Pattern += " late"
		c.Kind, c.Headline = "late", fmt.Sprintf("%s answers a request for %s too late", node, inv.F)
		took := wording.Duration(time.Duration(reply.At - at))
		c.Story = inOrder(append(c.Story, passes(reply, fmt.Sprintf("%s replies %s, %s after the request arrived", node, quoted(reply.Body), took))))
		c.So = fmt.Sprintf("%s answered, but only %s after it got the request, when the client had given up", node, took)
		if n := r.answeredBetween(node, at, min(end, reply.At)); n > 0 {
			c.So += fmt.Sprintf("; meanwhile it answered %s of others, so it was neither stopped nor cut off from its clients", wording.Plural(n, "request"))
		}
		return
	}
	c.Story = inOrder(append(c.Story, note(at, node, fmt.Sprintf("%s gets the request, and sends this client no reply until the end of the run", node))))
	c.So = fmt.Sprintf("the request arrived at %s, and the record shows no reply", node) + r.unlessWhole()
	if to, lost := r.lostFrom(node, at, end); lost > 0 {
		c.Pattern += " cut off"
		c.So += fmt.Sprintf("; meanwhile %s of %s got lost, the first of them to %s", wording.Plural(lost, "message"), node, to)
	} else if r.End-end < int64(5*time.Second) {
		c.Pattern += " end"
		c.So += ", but the run ended soon: it may have been late"
	} else if n := r.answeredBetween(node, at, end); n > 0 {
		c.Pattern += " forgotten"
		c.So += fmt.Sprintf("; meanwhile it answered %s of others, so it was up", wording.Plural(n, "request"))
	}
}

// unlessWhole qualifies a conclusion from the absence of a message.
func (r *Run) unlessWhole() string {
	if r.Whole {
		return ""
	}
	return ", but the journal is not complete"
}

// answeredBetween returns how many replies a node sent to clients in a period.
func (r *Run) answeredBetween(node string, from, until int64) int {
	n := 0
	for _, m := range r.sentBetween(node, from, until) {
		if r.isClient(m.Dest) && member(m.Body, "in_reply_to") != nil {
			n++
		}
	}
	return n
}

// lostFrom returns how many messages of a node were lost that it sent in a period, and the receiver of the first.
func (r *Run) lostFrom(node string, from, until int64) (to string, lost int) {
	for _, m := range r.sentBetween(node, from, until) {
		if _, ok := m.Arrival(); ok || len(m.Ends) == 0 || r.isClient(m.Dest) {
			continue
		}
		if lost++; lost == 1 {
			to = m.Dest
		}
	}
	return to, lost
}
