package record

import (
	"time"

	"glomers/harness/choice"
	"glomers/harness/network"
	"glomers/harness/workload"
)

// Meta is what test.json says of a run: enough to repeat it, and who takes part. The nodes and the services are there from the beginning; all
// parties that come later are clients. So a reader that follows a run knows the role of everybody before the first line of the journal, which has
// nothing but events: the hash of a run is that of the file.
type Meta struct {
	Workload        string       `json:"workload"`
	Program         Program      `json:"program"`
	Nodes           []string     `json:"nodes"`
	Services        []string     `json:"services"`
	Concurrency     int          `json:"concurrency"`
	Rate            float64      `json:"rate"`
	TimeLimit       string       `json:"time-limit"`
	Latency         string       `json:"latency"`
	LatencyDist     network.Dist `json:"latency-dist"`
	InitTimeout     string       `json:"init-timeout"`
	Nemesis         []string     `json:"nemesis"`
	NemesisInterval string       `json:"nemesis-interval"`
	Recovery        string       `json:"recovery,omitempty"` // if it was chosen
	Virtual         bool         `json:"virtual,omitempty"`
	Faithful        bool         `json:"faithful"`
	Availability    string       `json:"availability"`
	Attach          []string     `json:"attach,omitempty"` // the nodes that are debugged
	workload.Options
	Excerpt *Excerpt         `json:"excerpt,omitempty"` // what of the run was carried out; nil means all
	Seed    uint64           `json:"seed"`
	Choices choice.Overrides `json:"choices,omitempty"` // decisions that differ from those of the seed
	Started time.Time        `json:"started"`
	Go      string           `json:"go"`
	Glomers string           `json:"glomers"`
	OS      string           `json:"os"`
	CPUs    int              `json:"cpus"`
}

// A Program says what the nodes of a run are.
type Program struct {
	Kind   string   `json:"kind"` // "binary" or "in-process", or a word for one of your own
	Path   string   `json:"path,omitempty"`
	Args   []string `json:"args,omitempty"`
	SHA256 string   `json:"sha256,omitempty"` // of the file at Path
	Cwd    string   `json:"cwd,omitempty"`    // where each node runs; a relative one is in the run's directory
	Env    []string `json:"env,omitempty"`    // the names of the variables that nodes have

	Skews bool `json:"-"` // each process of the program is a harness.Skewer
	Disks bool `json:"-"` // the harness has the disks of the nodes
}

// The roles of parties.
const (
	Node    = "node"
	Service = "service"
	Client  = "client"
)

// Roles returns a function that tells the role of a party.
func (m Meta) Roles() func(id string) string {
	known := make(map[string]string, len(m.Nodes)+len(m.Services))
	for _, id := range m.Services {
		known[id] = Service
	}
	for _, id := range m.Nodes {
		known[id] = Node
	}
	return func(id string) string {
		switch role := known[id]; {
		case role != "":
			return role
		case m.Services == nil:
			return guessRole(m, id)
		}
		return Client
	}
}
