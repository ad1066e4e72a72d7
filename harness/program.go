package harness

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"glomers/harness/internal/proc"
	"glomers/harness/record"
	"glomers/node"
)

// A Program is what every node of a test runs. Binary and InProcess return two; a node may as well be a container or run on another
// host. All methods of a Program and of its processes are called by the goroutine of Run, one at a time, but for Wait. While one of them
// is under way nothing else happens in the run, so they should not wait for the node.
type Program interface {
	// Describe says for test.json what runs. It is called before any node is started, perhaps more than once.
	Describe() ProgramInfo
	// Start starts the program as the node that p belongs to: once for each node, in the order of their ids, and once more, with another
	// Port, after each Kill. The node gets its id, and those of the others, in the first line that is delivered: init. An error breaks the test.
	Start(p *Port) (Process, error)
}

// A Process is one running node. What it writes goes to its Port.
type Process interface {
	// Deliver takes a line to the node's input. The line ends in a newline, is the process's to keep, and waits in a queue if the node
	// does not read. It returns how many bytes wait so; the run ends if they are too many. A process that cannot tell returns 0.
	Deliver(line []byte) (waiting int)
	// Pause makes the node stand still, its timers too, and Resume lets it go on from there. An error breaks the test: a program that
	// cannot do that is one for tests without the fault pause.
	Pause() error
	Resume() error
	// Kill ends the node and everything that it has started, at once, without a chance to say goodbye. It may be paused. It is called
	// once: by the fault kill, or at the end of the run.
	Kill()
	// Wait returns when nothing of a killed node is left that could use its Port. It is called once, after Kill, in a goroutine of its
	// own.
	Wait()
}

// A Skewer is a Process whose wall clock can be set, as the fault skew does; see ProgramInfo.Skews.
type Skewer interface {
	Process
	// Skew sets how far the node's wall clock is ahead of the true time. It is called by the goroutine of Run.
	Skew(ahead time.Duration)
}

// Binary returns the Program that runs an executable with these arguments, one
// process per node. It talks in lines on stdin and stdout, and stderr is its log. Test.Env and Test.Cwd say what its environment is and where it
// runs; GLOMERS_SEED in its environment is a seed of its own for each node.
//
// A relative path leads from where this process is, not from where nodes run. So does an argument that has a slash in it and leads to
// something, or a dot in it and is the name of a file: nodes get an absolute path for it. With Test.Cwd, arguments stay as they are.
//
// All that a node starts ends with the run, or with this process, however that ends. What has left the process group of its node is named in the
// warnings of the result; on systems other than Linux it is not found.
func Binary(path string, args ...string) Program {
	return &binary{path: path, args: args}
}

// InProcess returns the Program that runs each node in this process. register is called once per
// node, to register handlers on n; it must not call n.Run, and nodes must not share state. A node made like this
// cannot be killed: one whose handler never returns leaves a goroutine behind.
func InProcess(register func(n *node.Node)) Program {
	return &inProcess{register: register}
}

// ProgramInfo says what a Program is, for the run's record.
type ProgramInfo = record.Program

// workDir is where, in a run's directory, each node has one of its own to run in.
const workDir = "work"

// newPlace returns what nodes find around them; nil if they are no processes.
func (t Test) newPlace() (*proc.Place, error) {
	if _, ok := t.Program.(*binary); !ok {
		if t.Cwd != "" || len(t.Env) > 0 {
			return nil, errors.New("harness: Env and Cwd are for nodes that are processes: those in this process have its environment and its directory")
		}
		return nil, nil
	}
	place, err := proc.NewPlace(t.Env, t.Cwd)
	if err != nil {
		return nil, fmt.Errorf("harness: %w", err)
	}
	return place, nil
}

// surround adds what processes find around them.
func surround(i *ProgramInfo, place *proc.Place) {
	i.Args = place.Args(i.Args)
	i.Cwd = cmp.Or(place.Dir(), path.Join(workDir, "NODE"))
	i.Env = append(place.Variables(), "GLOMERS_SEED")
	slices.Sort(i.Env)
	i.Env = slices.Compact(i.Env)
}
