package elle

import (
	"fmt"
	"strings"

	"glomers/harness/check/weak"
)

// maxTold is how many edges of a cycle or of a path a text describes.
const maxTold = 12

// describeViolation says why a weak level does not hold.
func (r *registers) describeViolation(v *weak.Violation) Case {
	tell := newTeller(r.log)
	if v.Kind == weak.Cycle {
		var parts []string
		var edges []Edge
		for i, e := range v.Edges {
			edges = append(edges, r.weakEdge(e))
			if i == maxTold {
				parts = append(parts, fmt.Sprintf("… and %d more, back to the first", len(v.Edges)-i))
				break
			}
			parts = append(parts, r.tellWeakEdge(tell, e))
		}
		return tell.end(strings.Join(parts, "; "), edges...)
	}
	reader := tell.name(v.Reader)
	text := fmt.Sprintf("%s read %s from key %s, ", reader, r.weakValue(v.Version), r.weakKey(v.Key))
	switch v.Kind {
	case weak.ThinAir:
		text += "which nobody wrote"
	case weak.OwnWrite:
		text += fmt.Sprintf("to which it had written %s itself", r.weakValue(v.Own))
	case weak.FutureRead:
		text += "which it wrote itself only later"
	case weak.AbortedRead:
		text += fmt.Sprintf("a write of %s, which failed", tell.name(v.Writer))
	case weak.IntermediateRead:
		text += fmt.Sprintf("a write of %s, which overwrote it itself", tell.name(v.Writer))
	}
	read := Edge{Kind: Wrote, From: None, To: r.op(v.Reader).Index, Key: r.keys.values[v.Key], Old: "null", Reader: None}
	if v.Version != weak.Null {
		read.Old = r.versions[v.Version].value
	}
	if v.Writer != weak.Initial {
		read.From = r.op(v.Writer).Index
	}
	return tell.end(text, read)
}

func (r *registers) tellWeakEdge(tell *teller, e weak.Edge) string {
	if e.Kind != weak.Commit {
		from := tell.name(e.From)
		if e.Kind == weak.Session {
			return fmt.Sprintf("%s ran %s before %s", r.op(e.From).Who(), from, tell.name(e.To))
		}
		return fmt.Sprintf("%s wrote %s to key %s, which %s read", from, r.weakValue(e.Version), r.weakKey(e.Key), tell.name(e.To))
	}
	text := fmt.Sprintf("%s knew of %s, which wrote key %s (", tell.name(e.Reader), tell.name(e.From), r.weakKey(e.Key))
	for i, p := range e.Path {
		if i > 0 {
			text += ", "
		}
		if i == maxTold {
			text += "…"
			break
		}
		text += r.tellWeakEdge(tell, p)
	}
	text += fmt.Sprintf("), but read %s from the key", r.weakValue(e.Version))
	if e.To == weak.Initial {
		return text
	}
	to := tell.name(e.To)
	return text + fmt.Sprintf(", a write of %s: so %s precedes %s", to, tell.name(e.From), tell.name(e.To))
}

func (r *registers) describeAmbiguity(a *weak.Ambiguity) string {
	tell := newTeller(r.log)
	what := fmt.Sprintf("%s read %s from key %s, ", tell.name(a.Reader), r.weakValue(a.Version), r.weakKey(a.Key))
	switch {
	case a.Writers[0] == weak.Initial:
		return what + fmt.Sprintf("which may be what %s wrote, or no value at all", tell.name(a.Writers[1]))
	case a.Writers[0] == a.Writers[1]:
		return what + fmt.Sprintf("which %s wrote twice", tell.name(a.Writers[0]))
	}
	return what + fmt.Sprintf("which both %s and %s wrote", tell.name(a.Writers[0]), tell.name(a.Writers[1]))
}

func (r *registers) weakKey(key int32) string { return clip(r.keys.values[key]) }

func (r *registers) weakValue(version int32) string {
	if version == weak.Null {
		return "null"
	}
	return clip(r.versions[version].value)
}
