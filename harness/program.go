package harness

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"glomers/harness/record"
	"glomers/internal/proc"
	"glomers/node"
)

// A Program starts the nodes of a test. Binary and InProcess return Programs; another implementation may run a node in a
// container or on another host. The goroutine of Run calls all methods of a Program and of its Processes, one at a time, except
// for Wait. During such a call the whole run waits, so a method should not wait for the node.
type Program interface {
	// Describe describes the program for test.json. It is called before any node is started, possibly more than once.
	Describe() ProgramInfo
	// Start starts the node to which p belongs. It is called once for each node, in the order of their ids, and again, with a
	// new Port, when a killed node is restarted. The node gets its id, and the ids of all nodes, in the first delivered line,
	// init. An error breaks the test.
	Start(p *Port) (Process, error)
}

// A Process is a running node. Its output goes to its Port.
type Process interface {
	// Deliver hands a line, which ends in a newline, to the node's input. The Process may keep the line, and must queue it if the
	// node does not read. Deliver returns the number of queued bytes, or 0 if that is unknown. The run ends if the number is too
	// large.
	Deliver(line []byte) (waiting int)
	// Pause stops the node, including its timers, and Resume continues it. An error breaks the test, so a program that cannot be
	// paused must be tested without the fault pause.
	Pause() error
	Resume() error
	// Kill ends the node and everything that it has started, at once and without a clean shutdown. The node may be paused. Kill
	// is called once: by the fault kill, or at the end of the run.
	Kill()
	// Wait returns when no part of a killed node that could use its Port is left. It is called once, after Kill, in a separate
	// goroutine.
	Wait()
}

// A Skewer is a Process whose wall clock can be set, as the fault skew does; see ProgramInfo.Skews.
type Skewer interface {
	Process
	// Skew sets the node's wall clock ahead of the true time by the given duration. The goroutine of Run calls it.
	Skew(ahead time.Duration)
}

// Binary returns the Program that runs an executable with these arguments, one process per node. The process exchanges lines on
// stdin and stdout; its stderr is its log. Test.Env and Test.Cwd set its environment and its working directory. The variable
// GLOMERS_SEED holds a different seed for each node, GLOMERS_PROPERTIES is 1 (see docs/properties.md), and GLOMERS_DATA names a directory
// of the node alone: it is empty when the run begins, and a node that is killed and restarted finds there what it has written. Without
// Test.Cwd, that is also its working directory.
//
// A relative path is relative to the working directory of this process, not of the node. Arguments that are paths are treated
// in the same way: nodes get an absolute path for an argument that contains a slash and exists, or that contains a dot and is
// the name of a file. With Test.Cwd, arguments stay as they are.
//
// All processes that a node starts end with the run, or with this process, however it ends. Processes that have left the
// process group of their node are named in the warnings of the result; on systems other than Linux they are not found.
func Binary(path string, args ...string) Program {
	return &binary{path: path, args: args}
}

// InProcess returns the Program that runs each node in this process. register is called once for each start of a node, to
// register handlers on n. It must not call n.Run, and nodes must not share state. A node in this process cannot be killed by
// force: if a handler never returns, its goroutine is left behind.
func InProcess(register func(n *node.Node)) Program {
	return &inProcess{register: register}
}

// ProgramInfo describes a Program in the run's record.
type ProgramInfo = record.Program

// workDir is the subdirectory of a run's directory that holds the directories of nodes.
const workDir = "work"

// newPlace returns the environment and the directories of nodes; nil if nodes are not processes.
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

// surround adds the environment and the working directory of processes.
func surround(i *ProgramInfo, place *proc.Place) {
	i.Args = place.Args(i.Args)
	i.Cwd = cmp.Or(place.Dir(), path.Join(workDir, "NODE"))
	i.Env = append(place.Variables(), "GLOMERS_SEED", propertiesEnv, proc.DataVariable)
	slices.Sort(i.Env)
	i.Env = slices.Compact(i.Env)
}
