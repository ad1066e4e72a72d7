package suite

import (
	"fmt"
	"strings"
)

// Annotations returns workflow commands of GitHub: an error for each case that is failed or broken, and a warning for each of the
// others that has warnings. A job that prints the lines shows them at its top.
func (s Suite) Annotations() []byte {
	var b strings.Builder
	for _, c := range s.Cases {
		kind := "error"
		switch {
		case c.Status == Skipped, c.Status == Passed && len(c.Warnings) == 0:
			continue
		case c.Status == Passed:
			kind = "warning"
		}
		fmt.Fprintf(&b, "::%s title=%s::%s\n", kind, property.Replace(visible(c.Name+": "+c.Verdict)), message.Replace(c.explanation()))
	}
	return []byte(b.String())
}

// The escapes of a workflow command's message and of its properties.
var (
	message  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
