package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"glomers/internal/svg"
)

const (
	manyParties  = 12 // with more, clients are left out
	fewArrows    = 40 // up to this number, arrows have room for their types
	lifeDistance = 30 // px
	pictureWidth = 1200
)

// drawMessages draws the first messages of the window as arrows between the parties' lifelines. This is a space-time diagram
// after Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System" (1978).
func (r *contents) drawMessages(w io.Writer) error {
	parties, places := arrange(r.journal.parties.list, r.setup.Roles())
	messages, about := r.pictured(parties, places)
	rows, lives := rowsOf(parties, places, messages)
	begin, end := r.options.From.Seconds(), 0.0
	if len(messages) > 0 {
		begin = seconds(messages[0].sent)
	}
	for _, m := range messages {
		end = math.Max(end, seconds(max(m.sent, m.done)))
	}
	end = math.Max(end, begin+1e-3)

	const margin, top, right = 90, 84, pictureWidth - 20
	bottom := top + lifeDistance*math.Max(1, float64(lives))
	title := fmt.Sprintf("messages from %.3f s to %.3f s", begin, end)
	pic := svg.New(pictureWidth, bottom+44, title)
	pic.Text(12, 20, "start", svg.Bold, title)
	x := svg.Linear(begin, end, margin, right, 10)
	pic.Bands(x, top-14, bottom, r.bands())
	pic.TicksX(x, top-8, bottom)
	pic.Text((margin+pictureWidth)/2, bottom+34, "middle", svg.Small, "time, s"+about)
	y := func(place int) float64 { return top + lifeDistance*float64(rows[place]) + 8 }
	for place, p := range parties {
		if rows[place] >= 0 {
			pic.Line(margin, y(place), right, y(place), svg.Colour("lane"))
			pic.Text(margin-8, y(place)+4, "end", "", svg.Clip(p.ID, 60))
		}
	}
	r.drawArrows(pic, messages, func(m message) (x1, y1, x2, y2 float64) {
		x1, y1, y2 = x.At(seconds(m.sent)), y(places[m.src]), y(places[m.dest])
		if m.outcome == underWay {
			return x1, y1, math.Min(x1+20, right), y1 + (y2-y1)/4
		}
		return x1, y1, x.At(seconds(m.done)), y2
	})
	if len(messages) == 0 {
		pic.Text((margin+pictureWidth)/2, (top+bottom)/2, "middle", svg.Small, "no messages")
	}
	_, err := w.Write(pic.Bytes())
	return err
}

// rowsOf assigns a row to every node, and to other parties that send or receive a message; the rest get -1.
func rowsOf(parties []party, places []int, messages []message) (rows []int, count int) {
	takesPart := make([]bool, len(parties))
	for _, m := range messages {
		takesPart[places[m.src]], takesPart[places[m.dest]] = true, true
	}
	for place, p := range parties {
		if p.Role != "node" && !takesPart[place] {
			rows = append(rows, -1)
			continue
		}
		rows = append(rows, count)
		count++
	}
	return rows, count
}

// pictured returns the messages to draw. If there are many parties, it leaves out the messages of clients; about says so.
func (r *contents) pictured(parties []party, places []int) (messages []message, about string) {
	ofClient := func(m message) bool {
		return parties[places[m.src]].Role == "client" || parties[places[m.dest]].Role == "client"
	}
	choose := func(holds func(m message) bool) []message {
		var chosen []message
		for _, m := range r.journal.messages {
			if len(chosen) < maxPicture && r.options.has(m.sent) && holds(m) {
				chosen = append(chosen, m)
			}
		}
		return chosen
	}
	all := choose(func(message) bool { return true })
	taking := make(map[int]bool)
	for _, m := range all {
		taking[m.src], taking[m.dest] = true, true
	}
	if len(taking) <= manyParties {
		return all, ""
	}
	if servers := choose(func(m message) bool { return !ofClient(m) }); len(servers) > 0 {
		return servers, " (without the messages of clients)"
	}
	return all, ""
}

// drawArrows draws the messages in a colour for each type; a reply has the colour of its request. The arrows of lost
// messages end in a cross, those of messages under way without a head.
func (r *contents) drawArrows(pic *svg.File, messages []message, ends func(m message) (x1, y1, x2, y2 float64)) {
	shafts := make(map[string]*strings.Builder) // by the type of the request
	var order []string
	var crosses strings.Builder
	var taken labels
	for _, m := range messages {
		name := r.journal.types.list[m.kind]
		request := cmp.Or(strings.TrimSuffix(name, "_ok"), "no type")
		d := shafts[request]
		if d == nil {
			d = new(strings.Builder)
			shafts[request] = d
			order = append(order, request)
		}
		x1, y1, x2, y2 := ends(m)
		if m.outcome == dropped || m.outcome == gone {
			x2, y2 = x1+(x2-x1)*0.7, y1+(y2-y1)*0.7
			fmt.Fprintf(&crosses, "M%.1f %.1fl6 6m0 -6l-6 6", x2-3, y2-3)
		}
		fmt.Fprintf(d, "M%.1f %.1fL%.1f %.1f", x1, y1, x2, y2)
		if m.outcome == received {
			d.WriteString(head(x1, y1, x2, y2))
		}
		if len(messages) <= fewArrows {
			anchor, at := "start", (x1+x2)/2+3
			if at > pictureWidth-100 {
				anchor, at = "end", at-6
			}
			if m.as != m.src {
				name += " as " + r.journal.parties.list[m.as]
			}
			name = svg.Clip(name, 60)
			if y, ok := taken.place(at, (y1+y2)/2, anchor, name); ok {
				pic.Text(at, y, anchor, svg.Small, name)
			}
		}
	}
	at := 20.0
	for i, request := range order {
		pic.Path(shafts[request].String(), svg.Hue(i), 1, ` stroke-opacity=".75"`)
		pic.Path(fmt.Sprintf("M%s 36h0", svg.Px(at)), svg.Hue(i), 9, "")
		request = svg.Clip(request, 60)
		pic.Text(at+10, 40, "start", svg.Small, request)
		at += 30 + svg.Width(request, 12)
	}
	if crosses.Len() > 0 {
		pic.Path(crosses.String(), svg.Colour("bad"), 1.6, "")
		pic.Path(fmt.Sprintf("M%s 33l6 6m0 -6l-6 6", svg.Px(at-3)), svg.Colour("bad"), 1.6, "")
		pic.Text(at+10, 40, "start", svg.Small, "lost")
	}
}

// head returns the path of an arrow's head, which has two strokes.
func head(x1, y1, x2, y2 float64) string {
	length := math.Hypot(x2-x1, y2-y1)
	if length < 8 {
		return ""
	}
	const size, spread = 6, 0.4
	var d strings.Builder
	angle := math.Atan2(y2-y1, x2-x1)
	for _, side := range []float64{-spread, spread} {
		fmt.Fprintf(&d, "M%.1f %.1fL%.1f %.1f", x2, y2, x2-size*math.Cos(angle+side), y2-size*math.Sin(angle+side))
	}
	return d.String()
}

// labels are the places of texts, recorded so that other texts do not overlap them.
type labels []label

// A label is the place of a horizontal line of text; y is its middle.
type label struct{ left, right, y float64 }

// place finds room for a text anchored at (x, y): there, or a little below or above. If there is none, the text is left out.
func (l *labels) place(x, y float64, anchor, text string) (float64, bool) {
	const height = 11
	width := svg.Width(text, height)
	if anchor == "end" {
		x -= width
	}
	for _, at := range []float64{y, y + height, y - height} {
		free := !slices.ContainsFunc(*l, func(o label) bool {
			return x < o.right && o.left < x+width && math.Abs(at-o.y) < height
		})
		if free {
			*l = append(*l, label{x, x + width, at})
			return at, true
		}
	}
	return 0, false
}
