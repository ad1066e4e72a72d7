package suite

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the template and the style sheet
	"encoding/base64"
	"html/template"
	"time"

	"glomers/internal/svg"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// A run is a case as the page shows it.
type run struct {
	Name, Verdict, State string
	Report               string // its address; "" if there is none
	Reason, Again        string
	Why                  []reason
	Warnings             []string
}

// A reason is a cause of a failure, and the address of the place to look at.
type reason struct{ Text, Address string }

// Page returns a page in HTML with the figures, and for each case the verdict, the first reason, the causes and a link to its report.
func (s Suite) Page() []byte {
	style := svg.Palette + pageStyle
	sum := sha256.Sum256([]byte(style))
	data := struct {
		Name, Tally, Start string
		Style              template.CSS
		StyleHash          string
		Heading            []string
		Rows               [][]string
		Notes              []string
		Runs               []run
	}{
		Name: line(s.Name), Tally: s.tally(), Start: s.Start.Format(time.RFC1123),
		Style: template.CSS(style), StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
		Notes: lines(s.Notes),
	}
	for i, row := range s.Table {
		if i == 0 {
			data.Heading = lines(row)
			continue
		}
		data.Rows = append(data.Rows, lines(row))
	}
	for _, c := range s.Cases {
		data.Runs = append(data.Runs, c.run(s.Dir))
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, data); err != nil {
		panic("suite: " + err.Error()) // the template is tested, and writing to a buffer cannot fail
	}
	return b.Bytes()
}

// run returns the case as the page in dir shows it.
func (c Case) run(dir string) run {
	r := run{Name: line(c.Name), Verdict: line(c.Verdict), Warnings: lines(c.Warnings)}
	r.State = map[Status]string{Skipped: "skipped", Passed: "passed", Broken: "broken", Failed: "failed"}[c.Status]
	if len(c.Reasons) > 0 {
		r.Reason = line(c.headline())
	}
	for _, n := range c.Notes {
		switch n.Name {
		case "again":
			r.Again = line(n.Text)
		case "report":
			r.Report = Link{Path: n.Text}.address(dir)
		}
	}
	for _, l := range c.Links {
		r.Why = append(r.Why, reason{line(l.Text), l.address(dir)})
	}
	return r
}

func lines(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, line(text))
	}
	return all
}
