package harness

import "glomers/node"

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
// process per node. It talks in lines on stdin and stdout, and stderr is its log. GLOMERS_SEED in its environment is a
// seed of its own for each node.
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
}
