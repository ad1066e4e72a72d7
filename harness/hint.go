package harness

import (
	"bytes"
	"encoding/json"
	"fmt"

	"glomers/internal/wording"
)

// stdoutHint guesses what a line on stdout is that is no message, and says what to do about it; "" if it cannot tell. It begins with
// a semicolon.
func stdoutHint(line []byte) string {
	trimmed := bytes.TrimSpace(line)
	switch {
	case bytes.HasPrefix(line, []byte("\xef\xbb\xbf")):
		return "; it begins with a byte-order mark, which JSON does not have"
	case bytes.HasPrefix(line, []byte("\xff\xfe")), bytes.HasPrefix(line, []byte("\xfe\xff")), bytes.IndexByte(line, 0) >= 0:
		return "; it looks like UTF-16, and stdout must be UTF-8"
	case json.Valid(trimmed) || len(trimmed) == 0:
		return "" // what is wrong has been said
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
		return "" // it means to be JSON
	}
	return "; stdout is for messages only: prompts and logs belong on stderr"
}
