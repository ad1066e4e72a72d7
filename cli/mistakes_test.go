package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"glomers/internal/challenge"
)

// What somebody who mistypes a command is told.
func TestMistakes(t *testing.T) {
	for line, says := range map[string]string{
		"chalenge 3a":        `no command is called "chalenge": did you mean challenge?`,
		"3c":                 `no command is called "3c": it is a challenge: glomers challenge 3c runs it, glomers help 3c says`,
		"help nosuch":        `no help on "nosuch": want a command: bench, challenge, `,
		"help tets":          `no help on "tets": did you mean test?`,
		"help brodcast":      `did you mean broadcast?`,
		"help 3":             `no help on "3": want one of its parts, 3a, 3b, 3c, 3d or 3e`,
		"help test x":        `no help on "test x": glomers help test says all`,
		"completion":         "no shell given: want bash, fish, powershell or zsh",
		"completion zhs":     "did you mean zsh?",
		"challenge":          "glomers challenge --list says what they ask for",
		"challenge 3":        `no challenge is called "3": want one of its parts, 3a, 3b, 3c, 3d or 3e, or several`,
		"challenge 3a,3b":    "want spaces between them: 3a 3b",
		"challenge kafka":    "did you mean 5a, 5b or 5c?",
		"hint 3":             "want one of its parts",
		"hint lots":          "did you mean lost?",
		"hint nosuch":        "glomers hint --help lists the kinds",
		"node floding":       "did you mean flooding?",
		"explore":            "no node given: want the name of one that glomers node lists, or --bin with a program",
		"explore floding":    "did you mean flooding?",
		"explore flooding x": `the word "x" belongs to no flag: nodes of this program have no arguments`,
		"node a b":           "2 words given: want glomers node [NAME]",
		"doc a b":            "2 words given: want glomers doc [DIR|-]",
		"bench kafka-design": "did you mean kafka-designs?",
		"demo x":             `the word "x" belongs to no flag: glomers demo takes only flags`,
		"serve x":            `the word "x" belongs to no flag`,
		"version x":          `the word "x" belongs to no flag`,

		"test -w ecko":                       "did you mean echo?",
		"test -nemesis loss":                 "-nemesis: did you mean --nemesis?", // which is -n emesis
		"test -workload x":                   "-workload: did you mean --workload?",
		"test -bin x":                        "-bin: did you mean --bin?",
		"test -rate=5":                       "-rate: did you mean --rate?",
		"test --nemsis x":                    "unknown flag: --nemsis: did you mean --nemesis?",
		"test --bin":                         "--bin: the argument is missing: want PATH: path of the node",
		"test --nemesis partition,pasue":     `"pasue": did you mean pause?`,
		"test --topology lines":              "did you mean line?",
		"test --json=maybe":                  `--json takes no argument such as "maybe": want --json, or --json=false`,
		"test –-nemesis partition":           "–-nemesis begins with a typographic dash: want --nemesis",
		"explore flooding --strategy rnadom": "did you mean random?",
		"explore flooding --strategy pct:0":  "did you mean pct:3?",
		"explore flooding --losses -1":       "want a whole number from 0",
		"explore flooding --decisions 1-2":   `pair 1 of the list, "1"`,
		"explore flooding --decisions 0.99":  "decision 0 is 99, but there are",
		"explore flooding --cwd .":           "Env and Cwd are for a Command",
		"serve --port abc":                   "want the number of a port, from 0 to 65535",
		"serve --port 65536":                 "want the number of a port, from 0 to 65535",
		"init x --lang pyhton":               "did you mean python?",
	} {
		status, stdout, stderr := execute(words(line)...)
		require.Equal(t, statusBroken, status, line)
		require.Contains(t, stderr, says, line)
		require.Empty(t, stdout, line)
	}
}

func TestHelpOnAWord(t *testing.T) {
	for word, says := range map[string]string{
		"3C":        "  glomers challenge 3c --bin PATH",
		"6b":        "6b the same, totally available",
		"echo":      "\nECHO\n",
		"Partition": "\n* partition: links between nodes are cut",
		"lin-tso":   "\nLIN-TSO\n",
		"serve":     "glomers serve [flags]",
	} {
		status, stdout, stderr := execute("help", word)
		require.Equal(t, statusValid, status, stderr)
		require.Contains(t, stdout, says)
		require.NotContains(t, stdout, "LIN-KV")
	}
	_, all, _ := execute("help")
	_, flag, _ := execute("--help")
	require.Equal(t, flag, all)
	_, offered, _ := execute("__complete", "help", "")
	require.Subset(t, strings.Split(offered, "\n"), []string{"test", "faults", "3c", "kafka", "partition", "lin-kv"})
}

func TestChallengeList(t *testing.T) {
	status, stdout, stderr := execute("challenge", "--list")
	require.Equal(t, statusValid, status, stderr)
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	require.Len(t, lines, len(challenge.Every()))
	for i, line := range lines {
		require.True(t, strings.HasPrefix(line, challenge.Every()[i].ID+" "), line)
		require.LessOrEqual(t, utf8.RuneCountInString(line), 80, line)
	}
	require.Contains(t, stdout, "3d  25 nodes: few messages, and little delay     < 30 msgs/op, < 400 / 600 ms\n")
	require.Contains(t, stdout, "2   give out ids that are never given out twice  valid, totally available\n")

	_, some, _ := execute(words("challenge 1 3E --list")...)
	require.Equal(t, 2, strings.Count(some, "\n"))
}
