package harness

import (
	"bytes"
	"encoding/json"
	"fmt"

	"glomers/internal/wording"
)

// stdoutHint guesses the nature of a line of stdout that is not a message, and returns advice, which begins with a semicolon;
// "" if it has no guess.
func stdoutHint(line []byte) string {
	trimmed := bytes.TrimSpace(line)
	switch {
	case bytes.HasPrefix(line, []byte("\xef\xbb\xbf")):
		return "; it begins with a byte-order mark, which JSON does not have"
	case bytes.HasPrefix(line, []byte("\xff\xfe")), bytes.HasPrefix(line, []byte("\xfe\xff")), bytes.IndexByte(line, 0) >= 0:
		return "; it looks like UTF-16, and stdout must be UTF-8"
	case json.Valid(trimmed) || len(trimmed) == 0:
		return "" // the error itself says what is wrong
	case bytes.HasPrefix(trimmed, []byte("{'")):
		return "; it looks like Python's own notation: json.dumps makes JSON of it"
	case bytes.HasPrefix(trimmed, []byte("[object ")):
		return "; it looks like an object of JavaScript: JSON.stringify makes JSON of it"
	case bytes.HasPrefix(trimmed, []byte("map[")), bytes.HasPrefix(trimmed, []byte("&{")):
		return "; it looks like Go's own notation: json.Marshal makes JSON of it"
	case bytes.HasPrefix(trimmed, []byte("{:")), bytes.HasPrefix(trimmed, []byte(`{"`)) && bytes.Contains(trimmed, []byte(`"=>`)):
		return "; it looks like the notation of Ruby or Clojure, not JSON"
	}
	if i := bytes.IndexByte(trimmed, '{'); i > 0 && json.Valid(trimmed[i:]) {
		return fmt.Sprintf("; there is a message behind %q: prompts and logs belong on stderr", wording.ClipCounted(trimmed[:i], 40))
	}
	if trimmed[0] == '{' {
		return "" // it is an attempt at JSON
	}
	return "; stdout is for messages only: prompts and logs belong on stderr"
}
