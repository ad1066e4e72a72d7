package graveyard_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/graveyard"
)

const simulated = `# The value was sent once,
# and that message was lost.
test: TestSim/loss
seed: 7
decisions: network/n0/n1/loss:3.1
fails: is missing from the read: 5
commit: 1f2e3d4
`

const explored = `test: TestExplored
decisions: 12.3-17.1
fails: is missing
commit: 1f2e3d41f2e3d41f2e3d41f2e3d41f2e3d41f2e3
`

func TestText(t *testing.T) {
	g, err := graveyard.Parse(simulated)
	require.NoError(t, err)
	require.Equal(t, graveyard.Grave{
		Comment: "The value was sent once,\nand that message was lost.", Test: "TestSim/loss", Seed: 7,
		Decisions: "network/n0/n1/loss:3.1", Fails: "is missing from the read: 5", Commit: "1f2e3d4",
	}, g)
	require.Equal(t, simulated, g.String())

	g, err = graveyard.Parse("\n  " + strings.ReplaceAll(explored, "\n", "\r\n\n"))
	require.NoError(t, err)
	require.Zero(t, g.Seed)
	require.Equal(t, explored, g.String())
}

func TestErrors(t *testing.T) {
	for want, text := range map[string]string{
		`graveyard: line 1, "scope: 3": want # and a comment, or one of test, seed, decisions, fails and commit, a colon and its value`: "scope: 3\n" + explored,
		`graveyard: line 5, "12.3": want # and a comment, or one of`:                                                                    explored + "12.3",
		`graveyard: line 5: test is there twice`:                                                                                        explored + explored,
		`graveyard: test "": want the full name of a test, such as TestSim/loss`:                                                        strings.Replace(explored, "test", "#", 1),
		`graveyard: test "a b": want`:                                                                                                   strings.Replace(explored, "TestExplored", "a b", 1),
		`graveyard: fails is missing`:                                                                                                   strings.Replace(explored, "fails", "#", 1),
		`graveyard: commit "HEAD": want the last commit`:                                                                                strings.Replace(simulated, "1f2e3d4", "HEAD", 1),
		`graveyard: decisions: choice: no decisions`:                                                                                    strings.Replace(explored, "decisions", "#", 1),
		`graveyard: decisions: choice: "12.3-17.1": want STREAM:DECISION.OPTION`:                                                        "seed: 1\n" + explored,
		`graveyard: decisions: choice: pair 1 of the list, "network/n0/n1/loss:3.1": decision "network/n`:                               strings.Replace(simulated, "seed: 7", "", 1),
		`graveyard: seed "0": want a whole number from 1`:                                                                               strings.Replace(simulated, "seed: 7", "seed: 0", 1),
	} {
		_, err := graveyard.Parse(text)
		require.ErrorContains(t, err, want)
	}
}

func TestBury(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "testdata", "graveyard")
	none, err := graveyard.Read(dir)
	require.NoError(t, err)
	require.Empty(t, none)

	g, err := graveyard.Parse(simulated)
	require.NoError(t, err)
	path, err := graveyard.Bury(dir, g)
	require.NoError(t, err)
	require.Regexp(t, `^TestSim-loss-[0-9a-f]{8}\.txt$`, filepath.Base(path))
	g.Commit = "2222222"
	again, err := graveyard.Bury(dir, g)
	require.NoError(t, err)
	require.Equal(t, path, again, "the same run again")
	other := g
	other.Seed = 8
	second, err := graveyard.Bury(dir, other)
	require.NoError(t, err)
	require.NotEqual(t, path, second)

	all, err := graveyard.Read(dir)
	require.NoError(t, err)
	g.File, other.File = path, second
	require.ElementsMatch(t, []graveyard.Grave{g, other}, all)

	g.Decisions = "x"
	_, err = graveyard.Bury(dir, g)
	require.ErrorContains(t, err, "graveyard: decisions: ")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o644))
	_, err = graveyard.Read(dir)
	require.ErrorContains(t, err, path+": graveyard: line 1")
}

// A spy is a test that notes why it is failed.
type spy struct {
	testing.TB
	name   string
	failed string
}

func (s *spy) Helper()      {}
func (s *spy) Name() string { return s.name }

func (s *spy) Fatal(args ...any) {
	s.failed = args[0].(error).Error()
	panic(s)
}

func (s *spy) Fatalf(format string, args ...any) {
	s.failed = strings.ReplaceAll(format, "%s", "…")
	panic(s)
}

func TestOf(t *testing.T) {
	t.Chdir(t.TempDir())
	of := func(name string) (graves []graveyard.Grave, failed string) {
		s := &spy{name: name}
		defer func() {
			if p := recover(); p != nil {
				require.Equal(t, s, p)
				failed = s.failed
			}
		}()
		return graveyard.Of(s), ""
	}
	graves, failed := of("TestSim")
	require.Empty(t, failed)
	require.Empty(t, graves)

	g, err := graveyard.Parse(simulated)
	require.NoError(t, err)
	_, err = graveyard.Bury(graveyard.Dir, g)
	require.NoError(t, err)
	_, failed = of("TestSim/loss")
	require.Equal(t, "graveyard: …: there is no test … in this package", failed)

	require.NoError(t, os.WriteFile("sim_test.go", []byte("package p\n\nfunc TestSim(t *testing.T) {}\n"), 0o644))
	graves, failed = of("TestSim/loss")
	require.Empty(t, failed)
	require.Len(t, graves, 1)
	graves, failed = of("TestSim")
	require.Empty(t, failed)
	require.Empty(t, graves, "another name")

	require.NoError(t, os.WriteFile(graveyard.Dir+"/x.txt", nil, 0o644))
	_, failed = of("TestSim")
	require.Contains(t, failed, "graveyard: test \"\"")
}
