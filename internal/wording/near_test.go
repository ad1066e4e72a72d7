package wording

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWant(t *testing.T) {
	workloads := []string{"broadcast", "echo", "g-counter", "pn-counter", "txn-list-append", "txn-rw-register"}
	for word, want := range map[string]string{
		"ecko":       "did you mean echo?",
		"ehco":       "did you mean echo?", // a swap is one difference
		"ECHO":       "did you mean echo?",
		"brodcasst":  "did you mean broadcast?",
		"counter":    "did you mean g-counter?", // two differences, where the other has three
		"txn":        "did you mean txn-list-append or txn-rw-register?",
		"register":   "did you mean txn-rw-register?",
		"x":          "want " + Or(workloads),
		"":           "want " + Or(workloads),
		"something":  "want " + Or(workloads),
		"\xff\xfe\n": "want " + Or(workloads),

		strings.Repeat("echo", 1000): "want " + Or(workloads),
	} {
		require.Equal(t, want, Want(word, workloads), word)
	}
}

func TestNear(t *testing.T) {
	require.Empty(t, Near("x", []string{"c"}), "nothing of the word would be left")
	require.Empty(t, Near("9a", []string{"1a", "2a", "3a", "4a"}), "a list is no guess")
	require.Equal(t, []string{"3a", "5a"}, Near("9a", []string{"3a", "3b", "5a"}))
	require.Equal(t, []string{"ü1"}, Near("Ü2", []string{"ü1", "y22"}), "characters are counted, not bytes")
}

func TestDifferences(t *testing.T) {
	for _, c := range []struct {
		a, b string
		n    int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"kitten", "sitting", 3}, {"abcd", "acbd", 1}, {"ca", "abc", 3}} {
		require.Equal(t, c.n, differences([]rune(c.a), []rune(c.b)), "%s %s", c.a, c.b)
		require.Equal(t, c.n, differences([]rune(c.b), []rune(c.a)), "%s %s", c.b, c.a)
	}
}
