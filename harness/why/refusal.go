package why

import "time"

// refusals are the errors that nodes and services answered each other, by the parties and the id of the request.
type refusals map[[3]string][]*Sent

func (r *Run) refusals() refusals {
	all := make(refusals)
	for i := range r.Messages {
		if m := &r.Messages[i]; m.Type == "error" && !r.isClient(m.Dest) {
			key := [3]string{m.Src, m.Dest, string(member(m.Body, "in_reply_to"))}
			all[key] = append(all[key], m)
		}
	}
	return all
}

// of reports whether a request was refused. A node that is started again may use its ids again, so a refusal has to come soon.
func (all refusals) of(request *Sent) bool {
	id := string(member(request.Body, "msg_id"))
	if id == "" {
		return false
	}
	for _, m := range all[[3]string{request.Dest, request.Src, id}] {
		if m.ID > request.ID && m.At-request.At <= int64(10*time.Second) {
			return true
		}
	}
	return false
}
