package harness

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"

	"glomers/harness/internal/proc"
	"glomers/node"
)

// A Program is what every node of a test runs: see Binary and InProcess.
type Program interface {
	// start runs the program as the node that p belongs to.
	start(p *port) (process, error)
	// describe says for test.json what runs.
	describe() programInfo
}

// A process is one running node. Its output goes to its port.
type process interface {
	// deliver queues a line, which ends in a newline and is the process's to keep, and never waits. It returns
	// how many bytes wait to be read by the node.
	deliver(line []byte) (waiting int)
	// idle looks at how far the node has read its input, and returns whether there is input that it does
	// not read, how many bytes, and since when, as far as earlier calls can tell.
	idle() (waiting int, since stamp)
	// pause makes the process stand still, resume lets it go on.
	pause() error
	resume() error
	// kill ends the process and all that it started, at once. It may be paused.
	kill()
	// wait returns when nothing of a killed process is left that could use its port.
	wait()
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

// programInfo says what a Program is, for the run's record.
type programInfo struct {
	Kind   string   `json:"kind"` // "binary" or "in-process"
	Path   string   `json:"path,omitempty"`
	Args   []string `json:"args,omitempty"`
	SHA256 string   `json:"sha256,omitempty"` // of the file at Path
	Cwd    string   `json:"cwd,omitempty"`    // where each node runs; a relative one is in the run's directory
	Env    []string `json:"env,omitempty"`    // the names of the variables that nodes have
}

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
func (i *programInfo) surround(place *proc.Place) {
	i.Args = place.Args(i.Args)
	i.Cwd = cmp.Or(place.Dir(), path.Join(workDir, "NODE"))
	i.Env = append(place.Variables(), "GLOMERS_SEED")
	slices.Sort(i.Env)
	i.Env = slices.Compact(i.Env)
}
