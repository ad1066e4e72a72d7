package suite

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// The elements of the format, as far as Ant's and Jenkins' schemas (junit-10.xsd of its xunit-plugin) agree: GitLab, Jenkins
// and the test reporters of GitHub read it. Text is in CDATA sections, which keep its lines readable.
type (
	junitRoot struct {
		XMLName xml.Name `xml:"testsuites"`
		junitCounts
		Suite junitSuite `xml:"testsuite"`
	}
	junitCounts struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Time     string `xml:"time,attr"` // seconds
	}
	junitSuite struct {
		junitCounts
		Skipped   int         `xml:"skipped,attr"`
		Timestamp string      `xml:"timestamp,attr"` // UTC, without a zone
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitOutcome `xml:"skipped"` // at most one of the three
		Error   *junitOutcome `xml:"error"`
		Failure *junitOutcome `xml:"failure"`
		Out     *junitText    `xml:"system-out"` // last, as in Ant's order
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",cdata"`
	}
	junitText struct {
		Text string `xml:",cdata"`
	}
)

// JUnit returns the suite as JUnit XML. A failed case has a failure, a broken one an error.
func (s Suite) JUnit() []byte {
	counts := junitCounts{unattached(line(s.Name)), len(s.Cases), s.Count(Failed), s.Count(Broken), seconds(s.took())}
	root := junitRoot{junitCounts: counts, Suite: junitSuite{junitCounts: counts, Skipped: s.Count(Skipped), Timestamp: s.Start.UTC().Format("2006-01-02T15:04:05")}}
	for _, c := range s.Cases {
		root.Suite.Cases = append(root.Suite.Cases, c.junit(strings.ReplaceAll(counts.Name, " ", ".")))
	}
	text, err := xml.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("suite: " + err.Error()) // the elements are of kinds that can be marshalled
	}
	return append([]byte(xml.Header), append(text, '\n')...)
}

func (c Case) junit(class string) junitCase {
	j := junitCase{Name: unattached(line(c.Name)), Class: class, Time: seconds(c.Took)}
	outcome := &junitOutcome{unattached(line(c.headline())), unattached(line(c.Verdict)), unattached(visible(strings.Join(c.Reasons, "\n")))}
	switch c.Status {
	case Skipped:
		j.Skipped = outcome
	case Broken:
		j.Error = outcome
	case Failed:
		j.Failure = outcome
	}
	if out := c.more(); out != "" {
		j.Out = &junitText{unattached(visible(out))}
	}
	return j
}

// unattached returns a text without commands to attach a file of the CI machine to the results. Jenkins and GitLab obey such
// commands, and only nodes would write one.
func unattached(text string) string { return attachment.ReplaceAllString(text, "[ [$1") }

var attachment = regexp.MustCompile(`(?i)\[\[(attachment)`)

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
