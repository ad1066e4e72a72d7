package bench

import (
	"math"
	"slices"
	"strconv"

	"glomers/internal/chart"
	"glomers/internal/results"
	"glomers/internal/svg"
)

// drawings returns the functions that draw sets, by the name of the set. A chart leaves out points without a figure.
func drawings() map[string]func(results.Set) chart.Chart {
	return map[string]func(results.Set) chart.Chart{
		"broadcast-frontier": frontierChart,
		"broadcast-size":     sizeChart,
		"g-counter-rate":     rateChart,
		"kafka-log-rate":     rateChart,
		"txn-kv-rate":        rateChart,
		"kafka-designs":      kafkaChart,
	}
}

// plot returns the point with two metrics as its coordinates; none if one of them has no figure.
func plot(p results.Point, x, y, label string) []chart.Point {
	fx, err := p.Summary(x)
	fy, err2 := p.Summary(y)
	if err != nil || err2 != nil {
		return nil
	}
	return []chart.Point{{
		X: fx.Median, Y: fy.Median, Label: label,
		XRange: [2]float64{fx.Min, fx.Max}, YRange: [2]float64{fy.Min, fy.Max},
	}}
}

// underPartition returns a series without points, whose name explains the rings in a legend.
func underPartition() chart.Series {
	return chart.Series{Name: "ring: with partitions", Colour: chart.Grey, Marker: chart.Ring}
}

// curve samples a function at equal steps of a logarithmic axis.
func curve(name string, line chart.Line, from, to float64, f func(float64) float64) chart.Series {
	s := chart.Series{Name: name, Colour: chart.Grey, Line: line}
	const steps = 60
	for i := range steps + 1 {
		x := from * math.Pow(to/from, float64(i)/steps)
		s.Points = append(s.Points, chart.Point{X: x, Y: f(x)})
	}
	return s
}

func frontierChart(s results.Set) chart.Chart {
	baselines := s
	baselines.Points = slices.DeleteFunc(slices.Clone(s.Points), func(p results.Point) bool { return p.Series == "broadcast" })
	panel := func(metric, title, label string, published []chart.Point, curves ...chart.Series) chart.Panel {
		p := chart.Panel{
			Title: title,
			X:     chart.Axis{Label: label, Log: true, Min: 50},
			Y:     chart.Axis{Label: "messages between servers per operation", Log: true},
		}
		ours := chart.Series{Name: "broadcast, by budget", Colour: svg.Hue(0), Marker: chart.Dot}
		cut := chart.Series{Colour: svg.Hue(0), Marker: chart.Ring}
		faithful := chart.Series{Name: "the same, as Maelstrom delivers", Colour: svg.Hue(0), Marker: chart.Diamond}
		for _, q := range s.Points {
			switch {
			case q.Series != "broadcast":
			case q.Params["faults"] == noFaults:
				ours.Points = append(ours.Points, plot(q, metric, msgsPerOp, q.Params["budget"])...)
				faithful.Points = append(faithful.Points, plot(q, "faithful-"+metric, faithfulMsgsPerOp, "")...)
			default:
				cut.Points = append(cut.Points, plot(q, metric, msgsPerOp, "")...)
			}
		}
		p.Series = append(append(p.Series, curves...), ours, faithful, cut)
		p.Series = append(p.Series, designSeries(baselines, 1, metric, msgsPerOp)...)
		p.Series = append(p.Series, chart.Series{Name: "best published (Maelstrom)", Colour: svg.Hue(5), Marker: chart.Diamond, Points: published}, underPartition())
		return p
	}
	return chart.Chart{
		About: "Broadcast: messages per operation against stable latency, 25 nodes, 100 ms per hop, 100 operations a second",
		Panels: []chart.Panel{
			panel(medianMS, "median", "median stable latency, ms",
				publishedPoints(func(p peer) float64 { return p.median })), // no bound speaks of a median
			panel(maxMS, "maximum", "maximum stable latency, ms",
				publishedPoints(func(p peer) float64 { return p.max }),
				curve("needed by any program (proven)", chart.Dashed, 100, 2000, provenAt),
				curve("best design known, with nothing lost", chart.Solid, 100, 2000, designAt)),
		},
	}
}

// designSeries returns two series for each design: without faults, and with. Their colours begin at the given one.
func designSeries(s results.Set, colour int, x, y string) []chart.Series {
	var all []chart.Series
	for i, q := range s.Where("faults", noFaults) {
		cut, _ := s.Find(q.Series, "faults", partitions) // without it there is nothing to plot
		c := svg.Hue(colour + i)
		all = append(all,
			chart.Series{Name: q.Series, Colour: c, Marker: chart.Dot, Points: plot(q, x, y, "")},
			chart.Series{Colour: c, Marker: chart.Ring, Points: plot(cut, x, y, "")})
	}
	return all
}

// numberParam returns the number in a parameter; NaN if it has no number.
func numberParam(p results.Point, name string) float64 {
	v, err := strconv.ParseFloat(p.Params[name], 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// distinct returns the different texts that a function has for points, in the order in which they appear.
func distinct(points []results.Point, text func(results.Point) string) []string {
	var all []string
	for _, p := range points {
		if t := text(p); !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

// paramValues returns the different values of a parameter.
func paramValues(s results.Set, name string) []string {
	return distinct(s.Points, func(p results.Point) string { return p.Params[name] })
}

// against returns points of a metric against a parameter.
func against(points []results.Point, param, metric string) []chart.Point {
	var all []chart.Point
	for _, p := range points {
		if f, err := p.Summary(metric); err == nil {
			all = append(all, chart.Point{X: numberParam(p, param), Y: f.Median, YRange: [2]float64{f.Min, f.Max}})
		}
	}
	return all
}

func sizeChart(s results.Set) chart.Chart {
	cost := chart.Panel{
		Title: "cost", X: chart.Axis{Label: "nodes", Log: true},
		Y: chart.Axis{Label: "messages between servers per operation", Log: true},
	}
	latency := chart.Panel{Title: "latency", X: cost.X, Y: chart.Axis{Label: "maximum stable latency, ms"}}
	for i, budget := range paramValues(s, "budget") {
		points, colour := s.Where("budget", budget), svg.Hue(i)
		line := chart.Series{Name: "budget " + budget, Colour: colour, Line: chart.Solid, Marker: chart.Dot}
		line.Points = against(points, "nodes", msgsPerOp)
		cost.Series = append(cost.Series, line, chart.Series{Colour: colour, Line: chart.Dashed, Points: against(points, "nodes", bestMsgsPerOp)})
		line.Points = against(points, "nodes", maxMS)
		latency.Series = append(latency.Series, line)
	}
	cost.Series = append(cost.Series, chart.Series{Name: "dashed: best design known, with nothing lost", Colour: chart.Grey, Line: chart.Dashed})
	return chart.Chart{About: s.About, Panels: []chart.Panel{cost, latency}}
}

// rateMode names the line that a point is on.
func rateMode(p results.Point) string {
	name := p.Params["nodes"] + " nodes"
	if copies := p.Params["copies"]; copies != "" {
		name += ", copies=" + copies
	}
	return name
}

func rateChart(s results.Set) chart.Chart {
	cost := chart.Panel{
		Title: "cost", X: chart.Axis{Label: "operations a second", Log: true},
		Y: chart.Axis{Label: "messages between servers per operation", Log: true},
	}
	sizes := chart.Panel{Title: "size", X: cost.X, Y: chart.Axis{Label: "bytes between servers per operation", Log: true}}
	stale := chart.Panel{Title: "staleness", X: cost.X, Y: chart.Axis{Label: "until other nodes show it, ms"}}
	for i, name := range distinct(s.Points, rateMode) {
		points, colour := slices.DeleteFunc(slices.Clone(s.Points), func(p results.Point) bool { return rateMode(p) != name }), svg.Hue(i)
		line := chart.Series{Name: name, Colour: colour, Line: chart.Solid, Marker: chart.Dot}
		line.Points = against(points, "rate", msgsPerOp)
		bound := chart.Series{Colour: colour, Line: chart.Dashed}
		for _, p := range points {
			if least, ok := rateBound(s, p); ok {
				bound.Points = append(bound.Points, chart.Point{X: numberParam(p, "rate"), Y: least})
			}
		}
		cost.Series = append(cost.Series, line, bound)
		if line.Points = against(points, "rate", bytesPerOp); len(line.Points) > 0 {
			sizes.Series = append(sizes.Series, line)
		}
		line.Points = against(points, "rate", "staleness-ms")
		most := chart.Series{Colour: colour, Line: chart.Dashed, Points: against(points, "rate", "staleness-max-ms")}
		stale.Series = append(stale.Series, line, most)
	}
	cost.Series = append(cost.Series, chart.Series{Name: "dashed, left: lower bound", Colour: chart.Grey, Line: chart.Dashed})
	stale.Series = append(stale.Series, chart.Series{Name: "dashed, right: maximum", Colour: chart.Grey, Line: chart.Dashed})
	panels := []chart.Panel{cost, stale}
	if len(sizes.Series) > 0 { // sets that were measured before bytes were counted have none
		panels = []chart.Panel{cost, sizes, stale} // a legend says left and right
	}
	return chart.Chart{About: s.About, Panels: panels}
}

func kafkaChart(s results.Set) chart.Chart {
	named := s // each setting is a design of its own
	named.Points = slices.Clone(s.Points)
	for i, p := range named.Points {
		named.Points[i].Series = kafkaDesign(p)
	}
	return chart.Chart{
		About: s.About,
		Panels: []chart.Panel{
			{
				Title: "cost", X: chart.Axis{Label: "latency of a send, median, ms", Log: true},
				Y:      chart.Axis{Label: "messages between servers per operation", Log: true},
				Series: append(designSeries(named, 0, "send-median-ms", msgsPerOp), underPartition()),
			},
			{
				Title: "availability", X: chart.Axis{Label: "latency of a send, 99 %, ms", Log: true},
				Y:      chart.Axis{Label: "operations answered a second"},
				Series: designSeries(named, 0, "send-p99-ms", answeredRate),
			},
		},
	}
}
