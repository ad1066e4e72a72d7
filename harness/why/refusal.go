package why

import "time"

// refusals are the errors that nodes and services answered each other, by the parties and by the id of the request.
type refusals map[[2]string]map[string][]*Sent

func (r *Run) refusals() refusals {
	all := make(refusals)
	for i := range r.Messages {
		m := &r.Messages[i]
		if m.Type != "error" || r.isClient(m.Dest) {
			continue
		}
		parties, id := [2]string{m.Src, m.Dest}, string(member(m.Body, "in_reply_to"))
		if all[parties] == nil {
			all[parties] = make(map[string][]*Sent)
		}
		all[parties][id] = append(all[parties][id], m)
	}
	return all
}

// of reports whether a request was refused. A node that is started again may use its ids again, so a refusal has to come soon.
func (all refusals) of(request *Sent) bool {
	byID := all[[2]string{request.Dest, request.Src}]
	if byID == nil {
		return false
	}
	for _, m := range byID[string(member(request.Body, "msg_id"))] {
		if m.ID > request.ID && m.At-request.At <= int64(10*time.Second) {
			return true
		}
	}
	return false
}
