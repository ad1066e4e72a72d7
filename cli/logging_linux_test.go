package cli

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// An escape sequence in a readable form does not turn into a real one, wherever it stands in a line.
func TestWrittenOutEscapes(t *testing.T) {
	t.Parallel()
	const text = `a b \x1b[2J \\x1b]0;title` + "\x1b[31m\a"
	var b bytes.Buffer
	newLog(&b, true).With(text, text).WithGroup(text).Info(text, text, text, "error", errors.New(text))
	requireTame(t, b.String())
	require.Contains(t, b.String(), `\\u001b[2J`)
}
