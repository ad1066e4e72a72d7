package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"glomers/harness"
	"glomers/harness/check"
	"glomers/harness/conform"
	"glomers/internal/challenge"
	"glomers/internal/program"
	"glomers/internal/terminal"
	"glomers/internal/watching"
	"glomers/internal/wording"
)

// A watcher carries out the rounds of the watch command.
type watcher struct {
	c       *cli
	contest challenge.Contest // what the user chose; its challenges are those that the node serves if the user named none
	given   harness.Test      // the user's settings for every run
	target  watching.Target   // without Bin, the solutions of this repository
	once    bool
	every   time.Duration

	agenda  *watching.Agenda
	sensed  bool             // it is known, or the user has said, whether the node is made for virtual time
	checked map[string]bool  // by identity and workload: whether the node speaks the protocol
	whole   string           // the identity of the last node that all checks of level must were made on
	builder *program.Builder // has built what runs
	tree    watching.Tree
	made    map[string]made // in this round, by the directory of the program
}

// made is what a round runs.
type made struct {
	path, identity string
	err            error
}

func (w *watcher) close() {
	if w.builder != nil {
		w.builder.Close()
	}
}

// round builds the node and runs what the agenda has, up to the first failure.
func (w *watcher) round(ctx context.Context, tree watching.Tree, changed []string) error {
	if len(changed) > 0 {
		w.c.say("\n%s %s\n", time.Now().Format(time.TimeOnly), changedWords(changed))
	}
	old := w.builder
	w.builder, w.tree, w.made = &program.Builder{Quick: true}, tree, make(map[string]made)
	if old != nil {
		defer old.Close()
	}
	if w.checked == nil {
		w.checked = make(map[string]bool)
	}
	if w.target.Bin != "" {
		if err := w.build(ctx); err != nil {
			return err
		}
	}
	if err := w.sense(ctx); err != nil {
		return err
	}
	if len(w.contest.Challenges) == 0 {
		if ok, err := w.recognise(ctx); err != nil || !ok {
			return err
		}
	}
	if w.agenda == nil {
		var names []string
		for _, ch := range w.contest.Challenges {
			names = append(names, ch.Title())
		}
		w.agenda = watching.NewAgenda(names)
	}
	return w.runAll(ctx)
}

// changedWords names the files that have changed.
func changedWords(changed []string) string {
	const most = 3
	if more := len(changed) - most; more > 0 {
		return fmt.Sprintf("%s and %s changed", strings.Join(changed[:most], ", "), wording.Plural(more, "more file"))
	}
	return wording.And(changed) + " changed"
}

// runAll runs challenges until one fails, or all are passed.
func (w *watcher) runAll(ctx context.Context) error {
	for ran := 0; ; ran++ {
		name, ok, err := w.agenda.Next(func(name string) (string, error) {
			m := w.program(ctx, w.find(name))
			return m.identity, m.err
		})
		switch {
		case err != nil:
			return err
		case ok:
			ok, err := w.runOne(ctx, w.find(name))
			if err != nil || !ok {
				return err
			}
			continue
		}
		failed, any := w.agenda.Failed()
		switch {
		case any:
			w.c.say("What runs has not changed: %s still fails.\n", failed)
			w.c.worsen(statusInvalid)
		case ran == 0:
			w.c.say("What runs has not changed: all is passed.\n")
		default:
			return w.checkWhole(ctx)
		}
		return nil
	}
}

// find returns the challenge with a title.
func (w *watcher) find(title string) challenge.Challenge {
	i := slices.IndexFunc(w.contest.Challenges, func(ch challenge.Challenge) bool { return ch.Title() == title })
	return w.contest.Challenges[i]
}

// build runs the build command of the target.
func (w *watcher) build(ctx context.Context) error {
	words := w.target.Build
	if len(words) == 0 {
		return nil
	}
	var out program.Tail
	if _, err := program.Run(ctx, w.target.Root, &out, words[0], words[1:]); err != nil {
		if ctx.Err() != nil {
			return program.ErrInterrupted
		}
		return fmt.Errorf("%s in %s: %w\n%s", strings.Join(words, " "), w.target.Root, err, strings.TrimRight(out.String(), "\n"))
	}
	return nil
}

// program returns the program that is to solve a challenge. It is built at most once in each round.
func (w *watcher) program(ctx context.Context, ch challenge.Challenge) made {
	from := w.target.Bin
	if from == "" {
		from = filepath.Join(w.target.Root, ch.Dir)
	}
	m, ok := w.made[from]
	if !ok {
		if m.path, m.err = w.builder.Program(ctx, from); m.err == nil {
			m.identity, m.err = w.target.Identity(m.path, w.tree)
		}
		w.made[from] = m
	}
	return m
}

// runOne checks the protocol of a program, and runs a challenge on it. It reports whether the program passed.
func (w *watcher) runOne(ctx context.Context, ch challenge.Challenge) (passed bool, err error) {
	m := w.program(ctx, ch) // which is there: the agenda has asked for it
	if passed, err = w.speaks(ctx, ch, m); err != nil || !passed {
		w.c.worsen(statusInvalid)
		return false, err
	}
	contest := w.contest
	if !w.given.Virtual && contest.TimeLimit == 0 && contest.Command(ch, m.path).Get("--nemesis") == "" {
		contest.TimeLimit = shortly
	}
	o, err := contest.Once(ctx, ch, m.path, w.contest.Seed)
	if err != nil {
		return false, err
	}
	w.agenda.Done(ch.Title(), m.identity, o.Passed())
	w.c.worsen(outcomeStatus(o))
	text := terminal.NewText(w.c.stdout)
	verdict, style := "passed", terminal.Plain
	if !o.Passed() {
		verdict, style = o.Verdict(), terminal.Alarm
	}
	fmt.Fprintf(text, "%-35s  ", ch.Title())
	text.Add(style, fmt.Sprintf("%-13s", verdict))
	fmt.Fprintf(text, "  %s\n", w.figures(o))
	o.WriteWhy(text)
	if !o.Passed() {
		fmt.Fprintf(text, "  hint: %s\n", w.hintCommand(ch, o))
	}
	if err := text.Print(w.c.stdout); err != nil {
		return false, err
	}
	w.c.note(&contest, o, w.given.Virtual)
	return o.Passed(), nil
}

// figures returns the figures of a run and the real time that it took.
func (w *watcher) figures(o challenge.Outcome) string {
	if o.Broken != "" {
		return ""
	}
	return fmt.Sprintf("%s  (%.1f s)", o.Figures(), o.Took.Seconds())
}

// hintCommand returns the command for a hint about a failure.
func (w *watcher) hintCommand(ch challenge.Challenge, o challenge.Outcome) string {
	words := []string{w.c.name, "hint"}
	if o.Valid == check.Valid && len(o.Reasons) == 0 && o.Broken == "" { // only a target was missed
		words = append(words, ch.ID)
	}
	if w.contest.Store != "store" {
		words = append(words, "--store", program.Quote(w.contest.Store))
	}
	return strings.Join(words, " ")
}

// options returns the options of checks of the protocol.
func (w *watcher) options(path string) conform.Options {
	return conform.Options{Path: path, Args: w.contest.Args, Env: slices.Clone(w.given.Env), Cwd: w.given.Cwd, Kinds: w.c.kinds}
}

// speaks checks the protocol quickly, once for each program and workload.
func (w *watcher) speaks(ctx context.Context, ch challenge.Challenge, m made) (bool, error) {
	o := w.options(m.path)
	o.Workload = w.contest.Command(ch, m.path).Get("-w")
	key := m.identity + " " + o.Workload
	if spoke, known := w.checked[key]; known && spoke {
		return true, nil
	}
	results, err := conform.Quick(ctx, o)
	if err != nil {
		return false, err
	}
	w.checked[key] = w.tell(results)
	return w.checked[key], nil
}

// tell explains the checks that failed. It reports whether none did.
func (w *watcher) tell(results []conform.Result) (passed bool) {
	passed = true
	for _, r := range results {
		if r.Status == conform.Failed && r.Level == conform.Must {
			w.c.say("%s", r.Explanation())
			passed = false
		}
	}
	return passed
}

// checkWhole makes all checks of level must, when all challenges are passed.
func (w *watcher) checkWhole(ctx context.Context) error {
	if w.target.Bin == "" {
		return nil
	}
	m := w.program(ctx, w.contest.Challenges[0])
	if m.identity == w.whole {
		return nil
	}
	o := w.options(m.path)
	o.Workload = w.contest.Command(w.contest.Challenges[0], m.path).Get("-w")
	for _, check := range conform.Checks() {
		if check.Level == conform.Must {
			o.Checks = append(o.Checks, check.Name)
		}
	}
	report, err := conform.Run(ctx, o)
	if err != nil {
		return err
	}
	w.whole = m.identity
	if !w.tell(report.Results) {
		w.c.worsen(statusInvalid)
		return nil
	}
	w.c.say("All is passed, and all %d checks of level must (%s conform has more).\n", len(report.Results), w.c.name)
	return nil
}

// sense finds out whether the node is made for virtual time, and says so once if it is not.
func (w *watcher) sense(ctx context.Context) error {
	if w.sensed {
		return nil
	}
	if w.target.Bin == "" {
		w.sensed, w.given.Virtual = true, true
		return nil
	}
	m := w.program(ctx, challenge.Challenge{})
	if m.err != nil {
		return m.err
	}
	sense, err := conform.SenseOf(ctx, w.options(m.path))
	if err != nil {
		return err
	}
	w.sensed, w.given.Virtual = true, sense == conform.SenseOfRest
	if !w.given.Virtual {
		w.c.say("%s\n", wording.Wrap(unvirtual[sense], 80, ""))
	}
	return nil
}

// unvirtual says why runs take real time.
var unvirtual = map[conform.Sense]string{
	conform.SenseUnaware: "Real time: the node answers the request idle with an error, so it does not take its time from the harness (docs/virtual-time.md). " +
		"If it has no timers at all, use --virtual.",
	conform.SenseNone: "Real time: the node does not answer the request idle, so it does not take its time from the harness (docs/virtual-time.md).",
}

// recognise chooses the challenges whose requests the node serves.
func (w *watcher) recognise(ctx context.Context) (ok bool, err error) {
	m := w.program(ctx, challenge.Challenge{})
	if m.err != nil {
		return false, m.err
	}
	o := w.options(m.path)
	o.Checks = []string{"init", "request"}
	report, err := conform.Run(ctx, o)
	if err != nil {
		return false, err
	}
	served := append(report.Others, report.Workload)
	for _, ch := range challenge.Every() {
		if slices.Contains(served, contestWorkload(ch)) {
			w.contest.Challenges = append(w.contest.Challenges, ch)
		}
	}
	if len(w.contest.Challenges) > 0 {
		return true, nil
	}
	w.c.worsen(statusInvalid)
	if w.tell(report.Results) {
		w.c.say("The node serves no requests of a challenge. To have a certain one run, name it: %s watch 3b\n", w.c.name)
	}
	return false, nil
}

// contestWorkload returns the workload of a challenge.
func contestWorkload(ch challenge.Challenge) string {
	return ch.Command("", challenge.Changes{}).Get("-w")
}
