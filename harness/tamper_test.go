//go:build unix

package harness

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/harness/record"
	"glomers/node"
)

// finals are the names of the files that are written at the end of a run.
var finals = []string{"results.json", "results.edn", "history.edn", "history.txt", "report.html", "latency.svg", "rate.svg", "messages.svg"}

// forged is a history without errors. Its operation never happened.
const forged = `{"index":0,"time":1,"type":"invoke","process":0,"f":"generate","value":null}
{"index":1,"time":2,"type":"ok","process":0,"f":"generate","value":"forged"}
`

// tamper is an echo node that does something to the directory of the run, which it knows. The first process that runs does it,
// before it answers init. store is the path of the store, and precious the path of a file that does not belong to the harness.
func tamper(n *node.Node, how, store, precious string) {
	registerEcho(n)
	if f, err := os.OpenFile(filepath.Join(store, "once"), os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return
	} else if err := f.Close(); err != nil {
		panic(err)
	}
	link, err := os.Readlink(filepath.Join(store, "current"))
	must(err)
	dir := filepath.Join(store, link)
	at := func(name string) string { return filepath.Join(dir, name) }
	switch how {
	case "links":
		for i, name := range finals {
			if i%2 == 0 {
				must(os.Symlink(precious, at(name)))
			} else {
				must(os.Link(precious, at(name)))
			}
		}
		must(os.Symlink(precious, at("cycle-0.svg")))
	case "pipes":
		for _, name := range []string{"test.json", "history.jsonl", "journal.jsonl"} {
			must(os.Remove(at(name)))
		}
		for _, name := range append([]string{"test.json", "history.jsonl", "journal.jsonl", "cycle-0.svg", "nodes/n9.log"}, finals...) {
			must(syscall.Mkfifo(at(name), 0o600))
		}
	case "directories":
		for _, name := range []string{"test.json", "history.jsonl", "journal.jsonl"} {
			must(os.Rename(at(name), at("my-"+name)))
		}
		for _, name := range append([]string{"test.json", "history.jsonl", "journal.jsonl"}, finals...) {
			must(os.MkdirAll(at(name+"/x"), 0o755))
		}
	case "forge": // its own files in the place of the harness's
		for name, text := range map[string]string{
			"results.json": `{"valid":true,"forged":true}`, "test.json": `{"workload":"unique-ids"}`, "history.jsonl": forged, "journal.jsonl": "",
		} {
			must(os.WriteFile(at("forged"), []byte(text), 0o600))
			must(os.Rename(at("forged"), at(name)))
		}
	case "edit": // the harness's own files
		for name, text := range map[string]string{"test.json": `{"workload":"unique-ids"}`, "history.jsonl": forged, "journal.jsonl": "rubbish\n"} {
			f, err := os.OpenFile(at(name), os.O_WRONLY, 0)
			must(err)
			_, err = f.WriteAt([]byte(text), 1<<20) // behind what will be written
			must(err)
			must(f.Close())
		}
	case "move": // the whole directory
		must(os.Rename(dir, dir+"-moved"))
		must(os.Mkdir(dir, 0o755))
		must(os.WriteFile(at("results.json"), []byte(`{"valid":true,"forged":true}`), 0o600))
	default:
		panic(how)
	}
}

// runTampered runs such nodes and looks whether the precious file is as it was.
func runTampered(t *testing.T, how string) (res Result, err error) {
	t.Helper()
	store, precious := t.TempDir(), filepath.Join(t.TempDir(), "precious")
	require.NoError(t, os.WriteFile(precious, []byte("precious"), 0o600))
	test := quick("echo", program(t, "tamper", how, store, precious))
	test.Store, test.NodeCount = store, 1 // one that starts later would need the directory
	res, err = Run(t.Context(), test)
	require.FileExists(t, filepath.Join(store, "once"))
	text, readErr := os.ReadFile(precious)
	require.NoError(t, readErr)
	require.Equal(t, "precious", string(text))
	return res, err
}

// A node may put anything under the names of a run's files: in the end, the harness's files are there.
func TestTampering(t *testing.T) {
	t.Parallel()
	for how, changed := range map[string][]string{
		"links":       nil,
		"pipes":       {"test.json", "history.jsonl", "journal.jsonl"},
		"directories": {"test.json", "history.jsonl", "journal.jsonl"},
		"forge":       {"test.json", "history.jsonl", "journal.jsonl"},
		"edit":        {"test.json", "history.jsonl", "journal.jsonl"},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			res, err := runTampered(t, how)
			require.NoError(t, err)
			for _, name := range append([]string{"test.json", "history.jsonl", "journal.jsonl"}, finals...) {
				info, err := os.Lstat(filepath.Join(res.Dir, name))
				require.NoError(t, err)
				require.True(t, info.Mode().IsRegular(), name)
				require.EqualValues(t, 1, info.Sys().(*syscall.Stat_t).Nlink, name)
			}
			var results map[string]any
			readJSON(t, res.Dir, "results.json", &results)
			require.Equal(t, true, results["valid"])
			require.Equal(t, res.Hash, results["hash"])
			var meta record.Meta
			readJSON(t, res.Dir, "test.json", &meta)
			require.Equal(t, "echo", meta.Workload)

			ops := readHistory(t, res)
			require.Len(t, ops, 2*res.Stats.Count)
			require.Equal(t, "echo", ops[0].F)

			var warned []string
			for _, w := range res.Warnings {
				for _, name := range changed {
					var said string
					if n, err := fmt.Sscanf(w, "somebody else than the harness, a node perhaps, changed or replaced %s during", &said); n == 1 && err == nil && said == name {
						warned = append(warned, name)
					}
				}
			}
			require.ElementsMatch(t, changed, warned, "%q", res.Warnings)
			text, err := json.Marshal(results["warnings"])
			require.NoError(t, err)
			for _, name := range changed {
				require.Contains(t, string(text), name, "it is in the file, too")
			}
			journal, err := os.ReadFile(filepath.Join(res.Dir, "journal.jsonl"))
			require.NoError(t, err)
			if how != "edit" { // then it is lost
				require.Equal(t, res.Hash, hashFile(filepath.Join(res.Dir, "journal.jsonl")), string(journal[:min(len(journal), 200)]))
			}
			left, err := filepath.Glob(filepath.Join(res.Dir, ".*"))
			require.NoError(t, err)
			require.Empty(t, left)
		})
	}
}

// A directory that replaces the run's directory is detected: the run ends with an error, and no forged verdict counts.
func TestTheDirectoryIsReplaced(t *testing.T) {
	t.Parallel()
	res, err := runTampered(t, "move")
	require.ErrorContains(t, err, "the directory of the run was replaced during it")
	require.Contains(t, res.Error, "is not from the harness")
	var results map[string]any
	readJSON(t, res.Dir+"-moved", "results.json", &results)
	require.Equal(t, true, results["valid"], "its own are where it was moved to")
	names, err := os.ReadDir(res.Dir)
	require.NoError(t, err)
	require.Len(t, names, 1, "nothing was written to the other one")
}

// A run whose directory cannot be prepared leaves no directory behind.
func TestStoreThatCannotBegin(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(store, "current", "x"), 0o755)) // where the link should be
	test := quick("echo", InProcess(registerEcho))
	test.Store = store
	_, err := Run(t.Context(), test)
	require.ErrorContains(t, err, "harness: store: current: ")
	entries, err := os.ReadDir(filepath.Join(store, "echo"))
	require.NoError(t, err)
	require.Empty(t, entries)
}
