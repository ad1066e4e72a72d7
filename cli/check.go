package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/history"
	"glomers/harness/record"
	"glomers/harness/workload"
	"glomers/internal/disk"
	"glomers/internal/program"
	"glomers/internal/wording"
)

func (c *cli) checkCommand() *cobra.Command {
	flags := testFlags{kinds: c.kinds, faults: c.faults}
	var (
		out      string
		asJSON   bool
		tolerate []string
	)
	cmd := &cobra.Command{
		Use:   "check FILE [flags]",
		Short: "Judge a saved history",
		Long: `Judge a saved history with the checker of a workload, without running anything.

FILE is a history.jsonl of this program, a history.edn of Maelstrom or Jepsen, or a JSON
array of operations, perhaps packed with gzip; what it is shows in its content. - is
standard input. FILE may also be the directory of a run, which has a history. A directory
also says what the workload was: in its test.json, or by its place,
store/WORKLOAD/TIME. Flags override that.

A history that cannot have happened is refused, with the line: fields of wrong types,
names or numbers, a process with two operations at a time, completions of what was not
invoked, times and indexes that go back. --tolerate accepts what known tools do:

  fields   fields that nobody knows; no index, time or value
  gaps     indexes with gaps: a part of a history. Operations are numbered anew
  orphans  completions without invocations
  reuse    a process goes on after an info
  times    times that go back
  cut      lines that end within an operation

An operation has at most 64 MiB and two million values in it, a history 512 MiB, unpacked. The formats in full:
docs/history-format.md.

A history of another workload is unknown. A history does not say whether the run broke,
whether a fault was ever in force, nor whether a property of a node was violated. Of a run that was killed, or goes on, what it has
recorded is judged: operations without an outcome count as info, and the verdict is unknown
unless no later operation could change it.

Nothing is written beside FILE. With --out, a violation is also drawn.`,
		Example: `  glomers check store/latest
  glomers check maelstrom/store/broadcast/latest
  glomers check -w broadcast history.edn --tolerate gaps,orphans
  glomers check -w txn-rw-register history.jsonl --consistency-models snapshot-isolation
  glomers check -w lin-kv history.jsonl.gz --out pictures
  jq -c '.[]' log.json | glomers check -w lin-kv -
  glomers check store/latest --availability total --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%d files given: want one history, the directory of a run, or - for stdin", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o := checkOptions{path: args[0], out: out, asJSON: asJSON, reader: history.Reader{Tolerate: deviations(tolerate)}}
			return c.check(cmd, &flags, o)
		},
	}
	flags.registerVerdict(cmd)
	cmd.Flags().StringVar(&out, "out", "", "`directory` for the pictures of a violation; without it, none are drawn")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the judgement as JSON, and nothing else, on stdout")
	names := deviationNames()
	define(cmd, "tolerate", "", "names", "", "deviations of known tools to accept: "+wording.Or(names), someOf(&tolerate, names))
	suggest(cmd, "tolerate", names)
	return cmd
}

// deviationNames returns the values that --tolerate accepts.
func deviationNames() []string {
	var names []string
	for _, d := range history.Deviations() {
		names = append(names, string(d))
	}
	return append(names, "all")
}

func deviations(names []string) []history.Deviation {
	var ds []history.Deviation
	for _, name := range names {
		if name == "all" {
			return history.Deviations()
		}
		ds = append(ds, history.Deviation(name))
	}
	return ds
}

// checkOptions are the options of check that a test does not have.
type checkOptions struct {
	path   string
	reader history.Reader
	out    string // the directory for pictures; "" for none
	asJSON bool
}

// check judges a history as the flags ask.
func (c *cli) check(cmd *cobra.Command, f *testFlags, o checkOptions) error {
	if o.path != stdin {
		if err := c.noFileOfRun(o.path, record.HistoryNames()...); err != nil {
			return err
		}
	}
	file, about, err := findHistory(c.kinds, o.path)
	if err != nil {
		return err
	}
	if err := about.override(cmd, f); err != nil {
		return err
	}
	j, err := c.judgeFile(cmd.Context(), file, about, o.reader)
	if err != nil {
		return err
	}
	c.worsen(statusOf(j.Valid))
	var pictures []string
	if o.out != "" {
		if pictures, err = writePictures(o.out, j.Workload); err != nil {
			return err
		}
	}
	if o.asJSON {
		return writeJSON(c.stdout, j.Judgement)
	}
	return writeJudgement(c.stdout, about.Workload, j.Judgement, pictures)
}

// A judgedHistory is a judgement, and the history as it was judged.
type judgedHistory struct {
	harness.Judgement
	history []history.Op
}

// judgeFile reads and judges the history in a file or on stdin, and shows its progress.
func (c *cli) judgeFile(ctx context.Context, file string, r subject, reader history.Reader) (judgedHistory, error) {
	in, size := os.Stdin, int64(0)
	if file == stdin {
		file = "standard input"
	} else {
		f, err := openFile(file, r.inRun)
		if err != nil {
			return judgedHistory{}, err
		}
		defer f.Close()
		if r.cut != nil {
			r.cut.look(f)
			reader.Tolerate = append(slices.Clone(reader.Tolerate), history.Cut)
		}
		info, err := f.Stat()
		if err != nil {
			return judgedHistory{}, err
		}
		in, size = f, info.Size()
	}
	w := c.newWatch(size)
	defer w.close()
	w.begin("reading")
	h, err := await(ctx, func() ([]history.Op, error) { return reader.Read(w.of(in)) })
	if d, ok := errors.AsType[*history.DeviationError](err); ok {
		return judgedHistory{}, fmt.Errorf("%s: %w\nIf the tool that wrote it does that, --tolerate %s accepts it", file, err, d.Deviation)
	}
	if errors.Is(err, program.ErrInterrupted) {
		return judgedHistory{}, err
	}
	if err != nil && len(h) == 0 { // it may be something else
		err = fmt.Errorf("%w\nA history has operations, one a line, such as\n  %s\nThe formats are in docs/history-format.md", err, exampleOp)
	}
	if err != nil {
		return judgedHistory{}, fmt.Errorf("%s: %w", file, err)
	}
	w.begin("judging")
	return await(ctx, func() (judgedHistory, error) { return r.judge(c.kinds, file, h) })
}

// exampleOp is an operation as a history has it.
const exampleOp = `{"index":0,"time":1000000,"type":"invoke","process":0,"f":"read","value":null}`

// judge judges a history from a file with the help of the facts known about its run.
func (r subject) judge(kinds workload.Kinds, file string, h []history.Op) (judgedHistory, error) {
	if r.Workload == "" {
		if len(h) == 0 {
			return judgedHistory{}, fmt.Errorf("%s has no operation, so it does not show what it is of: want a history, such as the history.jsonl of a run; "+
				"with --workload an empty one is judged, too", file)
		}
		hint := ""
		if likely := kinds.Recognize(h); len(likely) > 0 && len(likely) < len(kinds) {
			hint = fmt.Sprintf("; it looks like a history of %s", wording.Or(likely))
		}
		return judgedHistory{}, fmt.Errorf("no workload given, and %s does not say: want --workload %s%s", file, wording.Or(kinds.Names()), hint)
	}
	kind, err := kinds.Find(r.Workload)
	if err != nil {
		return judgedHistory{}, err
	}
	w, err := r.workload(kind)
	if err != nil {
		return judgedHistory{}, err
	}
	if kind.Native != nil {
		h = kind.Native(h)
	}
	if r.cut != nil {
		h = r.cut.finish(h)
	}
	j := judgedHistory{history: h}
	if j.Judgement, err = harness.Judge(w, h, r.Availability); err != nil {
		return j, err
	}
	switch why, entirely := kinds.Foreign(kind, h); {
	case entirely: // anything that the checker says is a consequence of this
		j.Valid, j.Reasons = check.Unknown, []string{why}
	case why != "":
		j.Valid, j.Reasons = check.Worst(j.Valid, check.Unknown), append([]string{why}, j.Reasons...)
	}
	if r.cut != nil {
		r.cut.qualify(r, w, h, &j.Judgement)
	}
	return j, nil
}

// writePictures writes the pictures of a result, if it has any, to dir and returns their paths. It creates dir if necessary.
func writePictures(dir string, r check.Result) ([]string, error) {
	illustrated, ok := r.(check.Illustrated)
	if !ok {
		return nil, nil
	}
	artifacts := illustrated.Artifacts()
	if len(artifacts) == 0 {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	defer root.Close() // every file is complete by then
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(artifacts)) {
		if err := disk.ReplaceBytes(root, name, artifacts[name]); err != nil {
			return nil, fmt.Errorf("--out: %w", err)
		}
		paths = append(paths, filepath.Join(dir, name))
	}
	return paths, nil
}

// writeJudgement prints a judgement, and either the paths of the pictures or the way to get pictures.
func writeJudgement(w io.Writer, workload string, j harness.Judgement, pictures []string) error {
	var b strings.Builder
	writeFindings(&b, fmt.Sprintf("%s: %s", j.Valid, workload), j)
	rows := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	writeFigures(rows, j)
	illustrated, drawable := j.Workload.(check.Illustrated)
	switch {
	case len(pictures) > 0:
		writeRow(rows, "pictures", "%s", strings.Join(pictures, ", "))
	case drawable && len(illustrated.Pictures()) > 0:
		writeRow(rows, "pictures", "none: --out DIR would draw the violation")
	}
	_ = rows.Flush() // writing to a strings.Builder cannot fail
	_, err := io.WriteString(w, b.String())
	return err
}
