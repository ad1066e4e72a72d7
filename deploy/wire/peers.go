package wire

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
)

// Peers are the addresses at which nodes listen, by id, and the ids in the order of the file.
type Peers struct {
	IDs       []string
	Addresses map[string]string
}

// ReadPeers reads a list of nodes: a line for each, with its id and its address, as in "n1 127.0.0.1:7001". Empty lines and lines that begin with # do not count.
func ReadPeers(r io.Reader) (Peers, error) {
	p := Peers{Addresses: make(map[string]string)}
	in := bufio.NewScanner(r)
	for number := 1; in.Scan(); number++ {
		fields := strings.Fields(in.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("line %d: "+format+`: want an id and an address, as in "n1 127.0.0.1:7001"`, append([]any{number}, args...)...)
		}
		if len(fields) != 2 {
			return Peers{}, wrong("%d words", len(fields))
		}
		id, address := fields[0], fields[1]
		if err := CheckID(id); err != nil {
			return Peers{}, wrong("id %q: %w", id, err)
		}
		if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
			return Peers{}, wrong("address %q", address)
		}
		if p.Addresses[id] != "" {
			return Peers{}, wrong("%s is there twice", id)
		}
		for other, taken := range p.Addresses {
			if taken == address {
				return Peers{}, wrong("%s and %s have the same address", other, id)
			}
		}
		p.IDs, p.Addresses[id] = append(p.IDs, id), address
	}
	if err := in.Err(); err != nil {
		return Peers{}, fmt.Errorf("line %d: %w", len(p.IDs)+1, err)
	}
	if len(p.IDs) == 0 {
		return Peers{}, fmt.Errorf(`there is no node in it: want a line for each, as in "n1 127.0.0.1:7001"`)
	}
	return p, nil
}
